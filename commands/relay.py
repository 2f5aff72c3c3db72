"""`legacygrid relay`: one message of the outbox on to a real mailbox."""

import click

from legacygrid.commands.terminal import CommandError, database, open_store
from legacygrid.harness import AUTO, TLS_MODES
from legacygrid.option_types import HostPortType, SecretType
from legacygrid.serializers.sources.options import ListOption, SettingOption


@click.command()
@click.argument("message", type=click.IntRange(min=1))
@click.option(
    "--to",
    "recipients",
    multiple=True,
    metavar="ADDRESS",
    help="Address to send it to; may repeat.",
)
@click.option(
    "--original-recipients",
    is_flag=True,
    help="Send it to all recipients of the message, who may be real people.",
)
@click.option(
    "--from", "sender", metavar="ADDRESS", help="Sender of the envelope, in place of its own."
)
@click.option(
    "--smtp",
    "server",
    cls=SettingOption,
    envvar="LEGACYGRID_RELAY",
    type=HostPortType(),
    required=True,
    help="The SMTP server that delivers it.",
)
@click.option(
    "--tls",
    cls=SettingOption,
    envvar="LEGACYGRID_RELAY_TLS",
    type=click.Choice(TLS_MODES),
    default=AUTO,
    show_default=True,
    help="Encryption; auto is STARTTLS if the server offers it.",
)
@click.option(
    "--user",
    cls=SettingOption,
    envvar="LEGACYGRID_RELAY_USER",
    default="",
    help="User name for that server.",
)
@click.option(
    "--password",
    cls=SettingOption,
    envvar="LEGACYGRID_RELAY_PASSWORD",
    type=SecretType(),
    default=None,
    help="Password for that server; - reads it from standard input.",
)
@click.option(
    "--allow",
    envvar="LEGACYGRID_RELAY_ALLOW",
    cls=ListOption,
    multiple=True,
    metavar="PATTERN",
    help="Send only to addresses of this pattern, such as *@example.com; may repeat.",
)
@database
def relay(
    message: int,
    recipients: tuple[str, ...],
    original_recipients: bool,
    sender: str | None,
    server: tuple[str, int],
    tls: str,
    user: str,
    password: str | None,
    allow: tuple[str, ...],
    database: str,
) -> None:
    """Pass one message of the outbox on to a real mailbox.

    MESSAGE is its number. It goes to the addresses that you name, and to no others.
    """
    if user and not password:
        raise click.UsageError("--user needs a password: --password PASSWORD, or - to read it")
    from legacygrid.harness.relay import Relay, RelayError
    from legacygrid.models.message import Message
    from legacygrid.models.outbox import find_addresses

    with open_store(database) as store, store.reading():
        found = Message.find(message, None)
        if found is None:
            raise CommandError(f"there is no message {message}")
        addresses = list(recipients) + (find_addresses(found) if original_recipients else [])
        source = bytes(found.source)
    if not addresses:
        raise click.UsageError("name a recipient with --to, or pass --original-recipients")
    out = Relay(*server, tls, user, password or "", allow)
    try:
        replies = out.send(source, found.mail_from if sender is None else sender, addresses)
    except RelayError as error:
        raise CommandError(str(error)) from None
    for address, reply in replies.items():
        click.echo(f"{address}: {reply or 'passed on'}")
    if any(replies.values()):
        raise CommandError("some recipients were refused")
