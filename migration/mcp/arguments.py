"""What is said of a tool that there is not, and of arguments that do not fit a tool."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from difflib import get_close_matches
from typing import Any

from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.server.mcpserver.tools import Tool
from pydantic import Field, ValidationError

from legacygrid.wsgi.values import spell_out

#: Letters of a name that is repeated.
_SHOWN = 64
#: How near another name is: `lang` to `language`, `path` to `paths`.
_NEAR = 0.6
#: What a type of JSON Schema is called.
_TYPES = {
    "string": "a string",
    "integer": "an integer",
    "number": "a number",
    "boolean": "true or false",
    "array": "an array",
    "object": "an object",
    "null": "null",
}


class ExplainingTool(Tool):
    """A tool that tells in plain words what is wrong with its arguments; values are not repeated,
    as they may hold secrets.

    :ivar clean: takes secrets out of a name that there is not.
    """

    clean: Callable[[str], str] = Field(default=spell_out, exclude=True)

    async def run(
        self,
        arguments: dict[str, Any],
        context: Context[Any, Any],
        convert_result: bool = False,
    ) -> Any:
        """Run with these arguments.

        :raises ToolError: they do not fit, or the tool refuses.
        """
        try:
            self.fn_metadata.validate_arguments(arguments)
        except ValidationError as error:
            raise ToolError("\n".join(self._explain(error))) from None
        return await super().run(arguments, context, convert_result)

    def _explain(self, error: ValidationError) -> Iterator[str]:
        """A line for each argument that is wrong; if one is missing or unknown, what there are."""
        known: Mapping[str, Any] = self.parameters["properties"]
        kinds = {str(each["loc"][0]): each["type"] for each in error.errors()}
        for name, kind in kinds.items():
            if name not in known:
                shown = self.clean(name)[:_SHOWN]
                yield f"{self.name} has no argument {shown}{_suggest(shown, known)}"
            elif kind == "missing":
                yield f"{name} is missing: {_describe(known[name])}"
            else:
                yield f"{name} has to be {_describe(known[name])}"
        if kinds.keys() - known or "missing" in kinds.values():
            yield f"{self.name} takes {', '.join(known)}"


def explain_no_tool(name: str, known: Sequence[str], clean: Callable[[str], str]) -> str:
    """What is said of a tool that there is not.

    :param known: the names of those that there are.
    :param clean: takes secrets out of a name.
    """
    shown = clean(name)[:_SHOWN]
    return f"There is no tool {shown}{_suggest(shown, known)}\nThe tools are {', '.join(known)}"


def _suggest(name: str, known: Iterable[str]) -> str:
    near = get_close_matches(name.lower(), known, 1, _NEAR)
    return f"; did you mean {near[0]}?" if near else ""


def _describe(schema: Mapping[str, Any]) -> str:
    """What a schema takes, in a few words."""
    if "anyOf" in schema:
        return " or ".join(map(_describe, schema["anyOf"]))
    if "enum" in schema:
        return f"one of {', '.join(filter(None, schema['enum']))}"
    text = _TYPES[schema["type"]]
    if "items" in schema:
        text += f" of {schema['items']['type']}s"
    if schema.get("minItems") or schema.get("minLength"):
        text += " that is not empty"
    return text + _describe_range(schema)


def _describe_range(schema: Mapping[str, Any]) -> str:
    words = {"minimum": "from {}", "exclusiveMinimum": "above {}", "maximum": "up to {}"}
    found = [text.format(schema[name]) for name, text in words.items() if name in schema]
    return "".join(f" {each}" for each in found)
