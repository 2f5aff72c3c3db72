"""The server: its tools, and what it tells an assistant of itself."""

import inspect
import traceback
from collections.abc import Callable, Mapping
from functools import partial, wraps
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any, NamedTuple, cast

from anyio import to_thread
from mcp.server.mcpserver import Context, MCPServer
from mcp.server.mcpserver.exceptions import ToolError, UnexpectedToolError
from mcp.server.mcpserver.tools import Tool
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import ConfigDict

from legacygrid.migration.baseline import BaselineError
from legacygrid.migration.control_api import ControlApiError
from legacygrid.migration.given_params import WrongParameterError
from legacygrid.migration.inputs import MissingParameter
from legacygrid.migration.lookup import UnknownCallError
from legacygrid.migration.mcp.answers import Discretion, RefusedError, ToolAnswer
from legacygrid.migration.mcp.arguments import ExplainingTool, explain_no_tool
from legacygrid.migration.mcp.checking import Checking
from legacygrid.migration.mcp.documents import (
    CheckDocument,
    JournalDocument,
    OutboxDocument,
    RecipesDocument,
    ReportDocument,
    ScanDocument,
)
from legacygrid.migration.mcp.emulator_questions import EmulatorQuestions
from legacygrid.migration.mcp.source_questions import SourceQuestions
from legacygrid.migration.report.files import SourceError
from legacygrid.migration.scan.parsers import MissingParserError

#: Why a tool does not answer, where it is no mistake of ours.
_EXPECTED = (
    BaselineError,
    ControlApiError,
    MissingParameter,
    MissingParserError,
    RefusedError,
    SourceError,
    UnknownCallError,
    WrongParameterError,
)
_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)
_RUNS = ToolAnnotations(read_only_hint=False, destructive_hint=True, open_world_hint=True)
_INSTRUCTIONS = """\
Tools to port a program from SendGrid's retired Web API v2 to v3. Begin with `scan` (where does the
source call v2?) or `report` (what do logs or a running emulator say was called?); `show` has the v3
requests and the code of each call; `journal` and `outbox` tell what a program that ran against the
emulator did. {check}"""
_WITH_CHECK = "`check` runs the old program and its port, and tells whether they do the same."
_WITHOUT_CHECK = (
    "`check`, which runs the old program and its port, is off; a person can start"
    " `legacygrid migrate mcp --allow-writes`, or run `legacygrid migrate check`."
)


class Questions(NamedTuple):
    """What the tools go by.

    :param checking: none if no program may be run.
    """

    sources: SourceQuestions
    emulator: EmulatorQuestions
    checking: Checking | None

    def end(self) -> None:
        """End all programs that are run for somebody."""
        if self.checking:
            self.checking.end()


class _ExplainingServer(MCPServer[Any]):
    """A server that tells its tools to who asks for another.

    :ivar clean: takes secrets out of the name of that.
    """

    clean: Callable[[str], str]

    async def call_tool(
        self,
        name: str,
        arguments: dict[str, Any],
        context: Context[Any, Any] | None = None,
    ) -> Any:
        """Run a tool.

        :raises ToolError: there is none of that name, or it refuses.
        """
        known = [each.name for each in await self.list_tools()]
        if name not in known:
            raise ToolError(explain_no_tool(name, known, self.clean))
        try:
            return await super().call_tool(name, arguments, context)
        except UnexpectedToolError as error:
            # The SDK would write its traceback, with values, on standard error.
            raise ToolError(_tell_failure(name, error.__cause__ or error)) from None


def make_server(questions: Questions, discretion: Discretion) -> MCPServer:
    """A server with a tool for each question."""
    sources, emulator, checking = questions
    reading: Mapping[Callable[..., ToolAnswer], type] = {
        sources.report: ReportDocument,
        sources.show: RecipesDocument,
        sources.scan: ScanDocument,
        emulator.journal: JournalDocument,
        emulator.outbox: OutboxDocument,
    }
    tools: list[Tool] = [
        _make_tool(_guard(each, document, discretion), _READS, discretion)
        for each, document in reading.items()
    ]
    if checking:
        check_tool = _guard(checking.check, CheckDocument, discretion)
        tools.append(_make_tool(check_tool, _RUNS, discretion))
    check = _WITH_CHECK if checking else _WITHOUT_CHECK
    server = _ExplainingServer(
        "legacygrid",
        instructions=_INSTRUCTIONS.format(check=check),
        version=version("legacygrid"),
        tools=tools,
        log_level="WARNING",
    )
    server.clean = discretion.clean_lines
    return server


def _make_tool(
    function: Callable[..., Any], annotations: ToolAnnotations, discretion: Discretion
) -> Tool:
    """A tool that refuses arguments that it does not have, and repeats none."""
    description = " ".join((inspect.getdoc(function) or "").split())
    made = ExplainingTool.from_function(function, description=description, annotations=annotations)
    tool = cast(ExplainingTool, made)
    tool.clean = discretion.clean_lines
    model = tool.fn_metadata.arg_model
    model.model_config |= ConfigDict(extra="forbid", hide_input_in_errors=True)
    model.model_rebuild(force=True)
    tool.parameters = model.model_json_schema(by_alias=True)
    return tool


def _guard(
    function: Callable[..., Any], document: type, discretion: Discretion
) -> Callable[..., Any]:
    """A function whose answers and refusals are the protocol's.

    :param function: where it cannot be waited for, it is called on a thread, which is left alone
        once nobody wants the answer: an emulator may take a minute not to answer.
    :param document: the type of its structured values.
    """

    @wraps(function)
    async def answer(**arguments: Any) -> CallToolResult:
        call = partial(function, **arguments)
        try:
            if inspect.iscoroutinefunction(function):
                return _to_result(await call(), discretion)
            return _to_result(await to_thread.run_sync(call, abandon_on_cancel=True), discretion)
        except _EXPECTED as error:
            raise ToolError(discretion.clean_lines(str(error))) from None

    return _with_result(answer, document)


def _tell_failure(tool: str, error: BaseException) -> str:
    """A line on an error that nobody foresaw: its kind and place alone, as its text may hold what
    was given.
    """
    *_, last = traceback.extract_tb(error.__traceback__)
    place = f"{Path(last.filename).name}:{last.lineno}"
    return f"{tool} failed: {type(error).__name__} at {place}; this is a mistake of Legacygrid"


def _with_result(answer: Callable[..., Any], document: type) -> Callable[..., Any]:
    """A function that is known to answer a document of that type."""
    # That of the function that it wraps.
    signature = inspect.signature(answer, eval_str=True)
    known: Any = answer
    known.__signature__ = signature.replace(return_annotation=Annotated[CallToolResult, document])
    return answer


def _to_result(answer: ToolAnswer, discretion: Discretion) -> CallToolResult:
    text = TextContent(type="text", text=discretion.clean_lines(answer.text))
    return CallToolResult(content=[text], structured_content=discretion.clean(answer.data))
