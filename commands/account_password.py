"""`legacygrid account password`: another password for an account that is there."""

import click

from legacygrid import config
from legacygrid.commands.terminal import ask_secret, database, find_account, open_grid, refusing
from legacygrid.serializers.sources.options import SettingOption


@click.command("password")
@click.argument("name")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input.")
@click.option(
    "--bcrypt-cost",
    cls=SettingOption,
    envvar="LEGACYGRID_BCRYPT_COST",
    type=click.IntRange(4, 31),
    default=config.BCRYPT_COST,
    show_default=True,
    help="Cost of the password hash; each step doubles the time.",
)
@database
def account_password(name: str, password_stdin: bool, bcrypt_cost: int, database: str) -> None:
    """Give the account NAME another password; the old one stops working at once."""
    from legacygrid.harness import seeds
    from legacygrid.models.login import Login
    from legacygrid.serializers.seeds import schema

    secret = ask_secret(password_stdin, "Password")
    with open_grid(config.Settings(database=database, bcrypt_cost=bcrypt_cost)) as grid:
        owner = find_account(name)
        with refusing():
            # The rules are those of a new one.
            schema(grid.profile, grid.systems.kinds).load(seeds.of_accounts((name, secret)))
        hashed = grid.secrets.hash(secret)
        with grid.store.writing():
            Login.owner_of(owner).change(secret=hashed)
    click.echo(f"{name} has that password from now on")
