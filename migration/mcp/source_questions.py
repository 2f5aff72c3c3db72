"""The tools that look at files, and at what is known of v2 and v3."""

from collections.abc import Mapping, Sequence
from typing import Annotated, Literal

from pydantic import Field

from legacygrid.migration.baseline import Baseline
from legacygrid.migration.control_api import AdminToken
from legacygrid.migration.formats.findings_as_json import to_json as verdict_to_json
from legacygrid.migration.lookup import MOST_WAYS, read_call
from legacygrid.migration.mcp.answers import (
    FindingLimit,
    RefusedError,
    ToolAnswer,
    in_short,
    limit_findings,
)
from legacygrid.migration.mcp.root_folder import RootFolder
from legacygrid.migration.recipes import make_recipe, write
from legacygrid.migration.recipes.recipes_as_json import to_json as recipe_to_json
from legacygrid.migration.report.files import list_files
from legacygrid.migration.report.migration_report import KEY as REPORT_KEY
from legacygrid.migration.report.migration_report import MigrationReport
from legacygrid.migration.report.migration_report import key_of as key_of_target
from legacygrid.migration.report.sources import read_sources
from legacygrid.migration.report.tally import Tally
from legacygrid.migration.scan.files import Selection
from legacygrid.migration.scan.scan_report import KEY as SCAN_KEY
from legacygrid.migration.scan.scan_report import ScanReport, to_verdict
from legacygrid.migration.scan.scan_report import key_of as key_of_occurrence
from legacygrid.migration.scan.scanner import scan

Languages = Literal["curl", "python", "node", "ruby", "php", "none"]
Path = Annotated[str, Field(description="a file or folder below the root folder")]
BaselinePath = Annotated[
    str, Field(description="a file of --write-baseline: tells what is new since; empty for none")
]
#: Of what was not looked at, so many paths are told.
_SKIPPED = 50


class SourceQuestions:
    """What source code, logs and recordings call, and what becomes of it.

    :param root: the folder that may be read.
    :param url: of the running emulator that a report without sources is of.
    """

    def __init__(self, root: RootFolder, url: str, token: AdminToken) -> None:
        self._root = root
        self._url = url
        self._token = token

    def show(
        self,
        operation: Annotated[
            str, Field(description="a name such as customer.add, or the path or URL of a call")
        ],
        task: Annotated[str, Field(description="the task, where the operation has several")] = "",
        params: Annotated[
            Mapping[str, str | list[str]] | None,
            Field(description="parameters of the call, which choose among several ways"),
        ] = None,
        language: Annotated[
            Languages, Field(description="of the code; commands call it --lang")
        ] = "python",
    ) -> ToolAnswer:
        """Tell what becomes of one call of SendGrid's Web API v2 in v3: its requests, its code,
        what is lost or turned around, and the scopes that it needs. Operations of many ways have no
        code until task or params choose one.
        """
        pairs = (
            (name, text)
            for name, value in (params or {}).items()
            for text in ([value] if isinstance(value, str) else value)
        )
        rows, given = read_call(operation, task, pairs)
        is_outline = len(rows) > MOST_WAYS
        languages = () if is_outline or language == "none" else (language,)
        recipes = [make_recipe(row, languages, given) for row in rows]
        text = write(recipes, "outline" if is_outline else "text")
        return ToolAnswer(text, {"recipes": list(map(recipe_to_json, recipes))})

    def scan(
        self,
        paths: Annotated[Sequence[Path], Field(min_length=1)] = (".",),
        exclude: Annotated[Sequence[str], Field(description="patterns such as */old/*")] = (),
        vendored: Annotated[bool, Field(description="also vendor, node_modules and such")] = False,
        baseline: BaselinePath = "",
        limit: FindingLimit = 200,
    ) -> ToolAnswer:
        """Find calls of SendGrid's Web API v2 in source code, and what beside them no longer works
        with v3's answers: each with its place, its class, and what to do. Changes nothing.
        """
        selection = Selection(with_vendored=vendored, excluded=tuple(exclude))
        known = self._read_baseline(baseline, "scan", SCAN_KEY)
        result, new = scan(list(self._root.find_all(paths)), selection), None
        if known:
            new = frozenset(known.find_new(result.active, key_of_occurrence))
        data = verdict_to_json(to_verdict(ScanReport(result, new)))
        data["skipped"] = data["skipped"][:_SKIPPED]
        lines = (
            f"{each['place']}: {each['title'].partition(': ')[2]}" for each in data["findings"]
        )
        return ToolAnswer(in_short(data["sentence"], lines), limit_findings(data, limit))

    def report(
        self,
        sources: Annotated[
            Sequence[Path],
            Field(
                description="access logs, HAR files, VCR cassettes, exports of a journal, folders"
                " of them; without any, the journal of the running emulator"
            ),
        ] = (),
        subusers: Annotated[int | None, Field(ge=0, description="how many the account has")] = None,
        baseline: BaselinePath = "",
        limit: Annotated[int, Field(ge=1, le=2000, description="most operations")] = 100,
    ) -> ToolAnswer:
        """Tell what was called of SendGrid's Web API v2, by whom and how often, what becomes of
        each call in v3, and how that compares with v3's limits. `show` has the code of each.
        """
        known = self._read_baseline(baseline, "report", REPORT_KEY)
        tally, new = Tally(), None
        tally.count(read_sources(self._list_sources(sources), self._token))
        if known:
            found = known.find_unknown(tally.targets, key_of_target)
            new = frozenset(target.title for target in found)
        made = MigrationReport(tally, sources or ["the running emulator"], (), subusers, new)
        data = made.to_json()
        del data["recipes"]
        uses = data["operations"]
        told = {"operations": uses[:limit], "more": max(0, len(uses) - limit)}
        lines = (
            f"{each['class'] or 'class not known'}: {each['title']}, {each['calls']:,} times"
            for each in uses
        )
        return ToolAnswer(in_short(data["sentence"], lines), data | told)

    def _read_baseline(self, path: str, of: str, names: tuple[str, ...]) -> Baseline | None:
        """The baseline in a file, before anything takes long; none if none is named."""
        return Baseline.read(self._root.find(path), of, names) if path else None

    def _list_sources(self, sources: Sequence[str]) -> list[str]:
        """The files of all sources, each of which may be read.

        :raises RefusedError: one may not.
        """
        if not sources and not self._url:
            raise RefusedError("name files, or start legacygrid migrate mcp with --url")
        found = [file for path in self._root.find_all(sources) for file in list_files(path)]
        if sources and not found:
            raise RefusedError("there is no log, recording or journal in these folders")
        # A link in a folder may lead anywhere.
        return list(self._root.find_all(found)) if sources else [self._url]
