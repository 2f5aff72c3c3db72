"""The sections of the page "API users": one for each system whose screens had them."""

from dataclasses import dataclass

from markupsafe import Markup

from legacygrid.console.table_texts import translate
from legacygrid.grid import current_grid
from legacygrid.models.login import Login
from legacygrid.registry.system import System


@dataclass(frozen=True)
class Section:
    """A page of the logins of one system.

    :param older: the URL of the next page, `newer` that of the first; none if there is no such
        page.
    """

    system: System
    logins: list[Login]
    older: str | None
    newer: str | None


def list_systems() -> dict[str, System]:
    """The systems whose logins stand on the page, by kind, in its order."""
    systems = current_grid().systems.with_own_logins
    placed = [each for each in systems if each.logins.screen.place is not None]
    placed.sort(key=lambda each: each.logins.screen.place or 0)
    return {each.logins.name: each for each in placed}


def summarise(system: System, login: Login) -> Markup:
    """What a login may use and what is set of it, in the language of the page."""
    return Markup(", ").join(map(translate, system.logins.summarise(login)))
