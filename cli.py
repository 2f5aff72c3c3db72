"""The `legacygrid` command: a table of its commands, each imported when it runs."""

import click

from legacygrid.commands.lazy_group import LazyGroup

#: By its name: where the command is, and what `legacygrid --help` says of it.
COMMANDS = {
    "account": ("accounts:account", "Manage primary accounts."),
    "backup": ("backup:backup", "Copy the store to FILE, also while a server writes to it."),
    "ca": ("ca:ca", "Print the certificate that clients of `serve --tls` must trust."),
    "completion": (
        "completion:completion",
        "Print what makes SHELL complete commands and options.",
    ),
    "config": ("show_config:show_config", "Print the settings that hold, and whence each comes."),
    "copy": ("copy:copy", "Copy the store FROM to TO, also from SQLite to PostgreSQL or back."),
    "credits": (
        "credits:group",
        "Manage the credits of subusers: how many recipients their mail may have.",
    ),
    "domain": ("accounts:domain", "Manage mail domains, which are whitelabel records."),
    "export": ("seeding:export", "Print the whole database as a seed, with secrets as hashes."),
    "fidelity": ("reference:fidelity", "Print docs/fidelity.md: the evidence for each answer."),
    "health": (
        "health:health",
        "Ask a server whether it is ready: one line, and exit status 0 if it is, 1 if not.",
    ),
    "ip": ("ip_addresses:ip", "Manage the IP addresses of accounts."),
    "key": ("accounts:key", "Manage API keys."),
    "login": ("logins:login", "Manage further logins: credentials, API users, SMTP users."),
    "man": ("manual:manual", "Print the manual page; read it by `legacygrid man | man -l -`."),
    "migrate": ("migrate:migrate", "Leave SendGrid's Web API v2 for v3."),
    "relay": ("relay:relay", "Pass one message of the outbox on to a real mailbox."),
    "replay": ("replay:replay", "Make the requests of FILE once more, and compare the answers."),
    "openapi": ("reference:openapi", "Print an OpenAPI document of what is answered."),
    "routes": ("reference:routes", "List all operations, and who may call them."),
    "run": ("run:run", "Run COMMAND and answer its calls to the emulated systems."),
    "seed": (
        "seeding:seed",
        "Add the new entries of a seed FILE, all or nothing.",
    ),
    "serve": ("serve:serve", "Answer calls until stopped."),
    "suppression": (
        "suppressions:suppression",
        "Manage the lists of addresses that get no more mail of an account.",
    ),
}


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="legacygrid")
def main() -> None:
    """Emulate SendGrid's retired Web API v2, its v3, SMTP2GO, Customers Mail Cloud and
    dotmailer.
    """
