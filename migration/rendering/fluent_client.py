"""What the vendor's clients of Python, Ruby and PHP have in common: a path is a chain of names."""

from legacygrid.migration.rendering.language import Language
from legacygrid.migration.steps import Ask
from legacygrid.migration.values import Value


class FluentClient(Language):
    """Writes requests as `client.subusers._(name).patch(...)`."""

    def path_value(self, value: Value) -> str:
        """A part of a path that the call or an answer gives."""
        raise NotImplementedError

    def path_word(self, word: str) -> str:
        """A part of a path that is always the same."""
        raise NotImplementedError

    def path(self, ask: Ask) -> str:
        """The path of a request, which follows the client."""
        links: list[str] = []
        for part in ask.parts:
            if isinstance(part, str):
                words = part.removeprefix("/v3").strip("/").split("/")
                links += map(self.path_word, filter(None, words))
            else:
                links.append(self.path_value(part))
        return "".join(links)

    def keywords(self, ask: Ask, room: int, pair: str) -> str:
        """The arguments of a request, by name; empty for none.

        :param room: characters that are left of the first line.
        :param pair: a name and what it is given.
        """
        given = {"request_body": ask.body, "query_params": ask.query or None}
        return ", ".join(
            pair.format(name, self.spell(each, room - len(name)))
            for name, each in given.items()
            if each is not None
        )
