"""`legacygrid ca`: for clients that are to trust the certificate of `serve --tls`."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from legacygrid.commands.given_path import GivenPath
from legacygrid.commands.terminal import exit_on_errors
from legacygrid.serializers.sources.options import SettingOption

#: The option of a command that uses the certificate authority.
ca_dir = click.option(
    "--ca-dir",
    cls=SettingOption,
    envvar="LEGACYGRID_CA_DIR",
    type=GivenPath(file_okay=False, path_type=Path),
    help="Folder of the certificate authority.  [default: ~/.local/share/legacygrid]",
)


def folder(params: Mapping[str, Any]) -> Path:
    """The folder that `--ca-dir` names, or its default.

    :raises SetupError: the option is not given, and this user has no home.
    """
    from legacygrid.server.proxy import authority

    given: Path | None = params["ca_dir"]
    return given or authority.default_folder()


@click.command()
@ca_dir
@click.option(
    "--path", "wants_path", is_flag=True, help="Print the path of the certificate instead."
)
@click.option(
    "--how", "wants_how", is_flag=True, help="Print how to make each runtime trust it instead."
)
def ca(wants_path: bool, wants_how: bool, **params: Any) -> None:
    """Print the certificate that clients of `serve --tls` must trust.

    The certificate authority is made at first use. Its key stays in its folder, readable only by
    you.
    """
    if wants_path and wants_how:
        raise click.UsageError("--path and --how exclude each other")
    with exit_on_errors():
        from legacygrid.server.proxy import authority, trust_page

        place = folder(params)
        pem = authority.load(place).pem.decode("ascii")
        path = authority.certificate_path(place).absolute()
    if wants_how:
        click.echo(trust_page.page(path), nl=False)
    else:
        click.echo(f"{path}\n" if wants_path else pem, nl=False)
