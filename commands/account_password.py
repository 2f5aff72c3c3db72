"""`legacygrid account password`: another password for an account that is there."""

import click

from legacygrid import config
from legacygrid.commands.password_options import bcrypt_cost, password_stdin
from legacygrid.commands.terminal import ask_secret, database, find_account, open_grid, refusing


@click.command("password")
@click.argument("name")
@password_stdin
@bcrypt_cost
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
