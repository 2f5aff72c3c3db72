"""The `legacygrid` command: a table of its commands, each imported when it runs."""

from importlib import import_module

import click

#: By its name: where the command is, and what `legacygrid --help` says of it.
COMMANDS = {
    "account": ("accounts:account", "Manage primary accounts."),
    "ca": ("ca:ca", "Print the certificate that clients of `serve --tls` must trust."),
    "credits": ("credits:group", "Manage the credits of subusers."),
    "domain": ("accounts:domain", "Manage mail domains, which are whitelabel records."),
    "export": ("seeding:export", "Print the whole database as a seed, with secrets as hashes."),
    "fidelity": ("reference:fidelity", "Print docs/fidelity.md: the evidence for each answer."),
    "ip": ("ip_addresses:ip", "Manage the IP addresses of accounts."),
    "key": ("accounts:key", "Manage API keys."),
    "login": ("logins:login", "Manage further logins: credentials, API users, SMTP users."),
    "relay": ("relay:relay", "Pass one message of the outbox on to a real mailbox."),
    "routes": ("reference:routes", "List all operations, and who may call them."),
    "run": ("run:run", "Run COMMAND and answer its calls to the four systems."),
    "seed": (
        "seeding:seed",
        "Add the new entries of a seed FILE, all or nothing.",
    ),
    "serve": ("serve:serve", "Answer calls until stopped."),
    "suppression": ("suppressions:suppression", "Manage lists of addresses that get no mail."),
}


class _LazyGroup(click.Group):
    """Imports a command when it is called; its own help needs the table alone."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
        from legacygrid.commands.collection import collect_rarely

        collect_rarely()
        command: click.Command = getattr(import_module(f"legacygrid.commands.{module}"), attribute)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands as click does."""
        click.Group(commands=self.commands).format_commands(ctx, formatter)


@click.group(
    cls=_LazyGroup,
    commands={name: click.Command(name, help=text) for name, (_, text) in COMMANDS.items()},
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="legacygrid")
def main() -> None:
    """Emulate SendGrid's retired Web API v2, SMTP2GO, Customers Mail Cloud and dotmailer."""
