"""The options of commands that store a password."""

import click

from legacygrid import config
from legacygrid.serializers.sources.options import SettingOption

password_stdin = click.option(
    "--password-stdin", is_flag=True, help="Read the password from standard input."
)
bcrypt_cost = click.option(
    "--bcrypt-cost",
    cls=SettingOption,
    envvar="LEGACYGRID_BCRYPT_COST",
    type=click.IntRange(4, 31),
    default=config.BCRYPT_COST,
    show_default=True,
    help="Cost of the password hash; each step doubles the time.",
)
