"""What is told on standard error of a program that ran with an emulator of its own."""

from collections import Counter
from typing import TYPE_CHECKING

import click

from legacygrid.migration.run_hints import in_words_of_a_run
from legacygrid.wsgi.values import spell_out

if TYPE_CHECKING:
    from legacygrid.harness.calls import Call
    from legacygrid.harness.journal import Journal


def print_summary(journal: "Journal | None", refused: Counter[str]) -> None:
    """List the calls of a program, with hints for those that were refused, and the other hosts.

    :param journal: has the calls; none if they are not to be listed.
    :param refused: how often each host was, to which the program sends nothing.
    """
    for line in [*([] if journal is None else _list_calls(journal)), *_list_refusals(refused)]:
        click.echo(f"legacygrid: {spell_out(line)}", err=True)


def _list_calls(journal: "Journal") -> list[str]:
    from legacygrid.harness.call_filters import CallFilter

    found = journal.find(CallFilter())
    if not found:
        return ["no call came"]
    counts = Counter((_name(call), _outcome(call)) for call in found)
    said = dict.fromkeys(call.refusal.hint for call in found if call.refusal and call.refusal.hint)
    hints = map(in_words_of_a_run, said)
    title = f"the last {journal.size} calls:" if len(found) == journal.size else "calls:"
    return [
        title,
        *(f"{count:>6}  {name}  {outcome}" for (name, outcome), count in sorted(counts.items())),
    ] + [f"hint: {hint}" for hint in list(hints)[:5]]


def _name(call: "Call") -> str:
    return (call.operation or call.shown_path) + (f" task={call.task}" if call.task else "")


def _outcome(call: "Call") -> str:
    if call.fault:
        return f"fault={call.fault.number}"
    return f"refused={type(call.refusal).__name__}" if call.refusal else "answered"


def _list_refusals(refused: Counter[str]) -> list[str]:
    if not refused:
        return []
    return [
        "refused hosts, to which nothing was sent:",
        *(f"{count:>6}  {host}" for host, count in sorted(refused.items())),
    ]
