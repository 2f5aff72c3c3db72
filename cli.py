"""The `legacygrid` command: a table of its commands, each imported when it runs."""

from importlib import import_module

import click

#: By its name: where the command is, and what `legacygrid --help` says of it.
COMMANDS = {
    "account": ("accounts:account", "Primary accounts."),
    "ca": (
        "ca:ca",
        "Print the certificate of the authority under which `serve --tls` answers, for your client "
        "to trust.",
    ),
    "domain": ("accounts:domain", "Whitelabel records, which mail_domain names."),
    "export": ("seeding:export", "Print everything in the store as a seed; secrets as hashes."),
    "fidelity": (
        "reference:fidelity",
        "Print docs/fidelity.md: how well each answer is known, and where the profiles differ.",
    ),
    "key": ("accounts:key", "API keys."),
    "login": ("logins:login", "Further logins: credentials, API users, SMTP users."),
    "routes": ("reference:routes", "List every operation that answers."),
    "run": (
        "run:run",
        "Run COMMAND, and answer what it sends to the hosts of the four systems; others are "
        "refused.",
    ),
    "seed": ("seeding:seed", "Add what is missing of a seed FILE; all of it, or nothing."),
    "serve": ("serve:serve", "Answer calls until stopped."),
}


class _LazyGroup(click.Group):
    """Imports a command when it is called; its own help needs the table alone."""

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command of that name."""
        if cmd_name not in COMMANDS:
            return None
        module, _, attribute = COMMANDS[cmd_name][0].partition(":")
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
    """Keep SendGrid's retired Web API v2 answering, and SMTP2GO, Customers Mail Cloud, dotmailer
    and SMTP beside it.
    """
