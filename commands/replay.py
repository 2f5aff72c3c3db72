"""`legacygrid replay`: recorded requests once more, and whether the answers are the same."""

import json
import sys
from collections import Counter
from urllib.parse import urlsplit

import click

from legacygrid.commands.given_path import GivenPath
from legacygrid.commands.terminal import CommandError
from legacygrid.option_types import PairType
from legacygrid.wsgi.hosts import is_loopback
from legacygrid.wsgi.values import spell_out


@click.command()
@click.option(
    "--to",
    "url",
    default="http://127.0.0.1:8026",
    show_default=True,
    metavar="URL",
    help="Server on this machine that is asked.",
)
@click.option(
    "--login",
    "logins",
    multiple=True,
    type=PairType("NAME:SECRET"),
    help="Password or key of a caller, which no journal has; may repeat. The secret - is read from "
    "standard input.",
)
@click.option("--json", "as_json", is_flag=True, help="Print an object of JSON for each request.")
@click.argument("file", type=GivenPath())
def replay(file: str, url: str, logins: tuple[tuple[str, str], ...], as_json: bool) -> None:
    """Make the requests of FILE once more, and compare the answers.

    FILE is a HAR file, or a journal in JSON or JSON Lines, as /__admin/requests.har and .jsonl have
    it; its requests are made in their order. A journal has no bodies of answers: then the status
    alone is compared.

    The exit status is 1 if an answer differs, or a request could not be sent.
    """
    _check(url)
    import urllib3

    from legacygrid.endpoints import SYSTEMS
    from legacygrid.migration.replay.entries import read_requests
    from legacygrid.migration.replay.player import SAME, Player
    from legacygrid.migration.report.files import SourceError
    from legacygrid.registry.route_table import build_table
    from legacygrid.serializers import profiles

    operations = build_table(SYSTEMS, profiles.profile("recorded"))
    player, counts = Player(url, logins, operations), Counter[str]()
    try:
        for played in player.play(read_requests(file, operations)):
            counts[played.outcome] += 1
            what = f"{played.request.method} {played.request.path.partition('?')[0]}"
            if as_json:
                fields = ("number", "outcome", "why")
                told = {name: getattr(played, name) for name in fields} | {"request": what}
                click.echo(json.dumps(told))
            elif played.outcome != SAME:
                click.echo(spell_out(f"{played.number}. {what}: {played.outcome}: {played.why}"))
    except SourceError as error:
        raise CommandError(str(error), 2) from None
    except urllib3.exceptions.HTTPError as error:
        raise CommandError(f"{url} does not answer: {type(error).__name__}", 2) from None
    if not as_json:
        parts = [f"{count:,} {outcome}" for outcome, count in counts.items()]
        click.echo(f"{counts.total():,} requests: {', '.join(parts) or 'none'}")
    sys.exit(1 if counts.total() > counts[SAME] else 0)


def _check(url: str) -> None:
    """See that it is a server of this machine: recorded requests are carried out.

    :raises UsageError: it is none.
    """
    try:
        split = urlsplit(url)
        is_own = split.scheme in ("http", "https") and is_loopback(split.hostname or "")
    except ValueError:
        is_own = False
    if not is_own:
        raise click.UsageError(
            f"--to: {spell_out(url)} is no server of this machine; write a URL such as"
            " http://127.0.0.1:8026"
        )
