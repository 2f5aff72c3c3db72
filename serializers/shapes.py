"""How refusals are written: what is filled in, and the functions that do it, each with what its
JSON looks like.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

from legacygrid.reasons import Problem
from legacygrid.serializers.json_types import JsonType

Document = dict[str, Any]
#: A list is written under the plural of its items.
XmlDocument = Document | list[Any]


class RefusalContent(NamedTuple):
    """What a shape is filled with.

    :param code: the code of the saying; `name`, that code in the dialect's own letters, if it has
        such.
    :param text: the saying's own sentence, for a reason that brings no problems.
    """

    code: int | str
    text: str | None
    problems: tuple[Problem, ...] = ()
    name: str = ""

    @property
    def texts(self) -> list[str]:
        """What is wrong, one sentence at least."""
        # Writers look at what type a text is.
        return [str(problem.text) for problem in self.problems] or [self.text or ""]

    @property
    def first_text(self) -> str | None:
        """The first of them; null where the real service was recorded to have no sentence."""
        return str(self.problems[0].text) if self.problems else self.text


#: Makes the JSON and the XML document of a refusal.
WriteRefusal = Callable[[RefusalContent], tuple[Document, XmlDocument]]


@dataclass(frozen=True)
class Shape:
    """How a refusal is written.

    :param json_type: what its JSON looks like, without the envelope of a dialect.
    """

    write: WriteRefusal
    json_type: JsonType

    def __call__(self, content: RefusalContent) -> tuple[Document, XmlDocument]:
        """The JSON and the XML document."""
        return self.write(content)


def shaped(json_type: JsonType) -> Callable[[WriteRefusal], Shape]:
    """Declares what the JSON of a refusal looks like that a function writes."""
    return lambda write: Shape(write, json_type)


@shaped({"error": {"code": int, "message": (str, None)}})
def error_object(refusal: RefusalContent) -> tuple[Document, Document]:
    """What the PHP front end refuses before an action runs:
    `{"error":{"code":401,"message":"..."}}`.
    """
    message = {"message": refusal.first_text}
    return {"error": {"code": refusal.code, **message}}, message
