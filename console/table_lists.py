"""The texts of other layers that pages show, for the catalogues: `make translations` asks for them,
and no page does.
"""

import re
from collections.abc import Iterator
from typing import Any

from legacygrid.console.app_forms import LABELS
from legacygrid.endpoints import SYSTEMS
from legacygrid.endpoints.control.schemas import CODES, EVENTS, OUTCOMES
from legacygrid.migration.recipes import NOTE_TITLES
from legacygrid.migration.report.documents import NOT_KNOWN, SECTION_TITLES
from legacygrid.migration.rows import MEANINGS
from legacygrid.models import message, webhooks
from legacygrid.models.account import PROFILE
from legacygrid.models.credits import PERIODS
from legacygrid.models.settings import STATUSES, Gate
from legacygrid.registry.evidence import LEVELS
from legacygrid.serializers.login_kinds import LoginKind
from legacygrid.serializers.login_settings import FormField
from legacygrid.serializers.parameters import label
from legacygrid.serializers.sendgrid.app_kinds import KINDS

_WORD = re.compile("[A-Za-z]")
#: What Babel is given: the place, the function that would have marked it, the text, comments.
Extracted = tuple[int, str, str | tuple[str, str], list[str]]


def extract(file: Any, keywords: Any, comments: Any, options: Any) -> Iterator[Extracted]:
    """All of them, as a method of extraction of Babel."""
    for value in dict.fromkeys(_list_values()):
        yield 1, "pgettext", ("value", value), []
    for name in PROFILE:
        yield 1, "pgettext", ("profile", label(name)), []
    for text in dict.fromkeys(filter(_WORD.search, _list_texts())):
        yield 1, "gettext", text, []


def _list_values() -> Iterator[str]:
    yield from ("on", "off", "yes", "no")
    yield from (*OUTCOMES, *EVENTS, *LEVELS, *PERIODS, *STATUSES)
    yield from (*message.DISPOSITIONS, message.BOUNCED, message.BLOCKED, message.DEFERRED)
    yield from (*webhooks.STATES, *webhooks.KINDS)


def _list_texts() -> Iterator[str]:
    yield from LEVELS.values()
    yield from CODES.values()
    yield from (gate.value for gate in Gate)
    yield from (f"in the {place}" for place in ("query", "body", "header"))
    yield from (title for kind in KINDS for title in (kind.title, kind.description))
    names = (name for kind in KINDS for name in kind.settings)
    yield from (label(name) for name in names if name not in LABELS)
    yield from MEANINGS.values()
    yield from (f"{kind}: {meaning}" for kind, meaning in MEANINGS.items())
    yield from (NOT_KNOWN, *SECTION_TITLES, *NOTE_TITLES)
    for system in SYSTEMS:
        if system.keys:
            yield from (system.keys.noun, system.keys.looks, *system.keys.usage[::2])
        if system.logins:
            yield from _list_login_texts(system.logins)


def _list_login_texts(kind: LoginKind) -> Iterator[str]:
    screen = kind.screen
    yield from (kind.noun, kind.add, screen.confirmation, screen.change, screen.proof)
    yield from (*screen.states, *screen.doors, "no access")
    yield from (group.legend for group in (*screen.above, *kind.groups))
    for setting in kind.settings:
        if setting.field:
            yield from _list_field_texts(setting.field)
        if setting.words and setting.is_switch:
            yield setting.words(True)
    yield from _list_field_texts(screen.name)
    yield from _list_field_texts(screen.secret)


def _list_field_texts(field: FormField) -> Iterator[str]:
    yield from (field.label, field.description, *dict(field.choices).values())
