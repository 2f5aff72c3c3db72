"""Every kind of further logins, without exception: what its declaration says fits together."""

from dataclasses import fields, replace

import pytest
from click.testing import CliRunner

from legacygrid.cli import main
from legacygrid.commands.logins import OPTIONS
from legacygrid.endpoints import SYSTEMS
from legacygrid.models.settings import settings_type, to_json
from legacygrid.serializers.login_kinds import DOORS, LoginKind
from legacygrid.serializers.login_settings import FormField, LoginSetting, Widget

every_kind = pytest.mark.parametrize("kind", [pytest.param(kind, id=kind.name) for kind in SYSTEMS.kinds])
every_setting = pytest.mark.parametrize(
    ("kind", "setting"),
    [pytest.param(kind, each, id=f"{kind.name}-{each.name}") for kind in SYSTEMS.kinds for each in kind.settings],
)


@every_kind
def test_a_kind_has_settings_of_its_own(kind: LoginKind) -> None:
    assert settings_type(kind.name).__mro__[1] is settings_type("owner")
    assert kind.blank().settings == settings_type(kind.name)()


@every_kind
def test_every_setting_that_is_stored_has_one_row_and_its_default_fits(kind: LoginKind) -> None:
    stored = [each.stored for each in kind.settings if each.stored]
    assert len(stored) == len(set(stored))
    assert set(stored) == to_json(kind.blank().settings).keys() == kind.schema.fields.keys()
    assert kind.schema.validate(to_json(kind.blank().settings)) == {}


def test_a_stored_setting_without_a_row_is_an_error() -> None:
    kind = SYSTEMS.kinds[0]
    with pytest.raises(KeyError, match="role"):
        replace(kind, settings=kind.settings[:-1]).schema  # noqa: B018


@every_kind
def test_what_the_screen_names_is_there(kind: LoginKind) -> None:
    screen = kind.screen
    named = [name for group in (*screen.above, *kind.groups) for name in group.names]
    on_form = [each.name for each in kind.settings if each.field]
    assert sorted(named) == sorted(on_form), "each field once"
    assert set(screen.summary) <= kind.by_name.keys() | {DOORS}
    assert set(screen.doors.values()) <= settings_type(kind.name).gates.keys()


@every_setting
def test_a_value_is_shown_as_it_was_read(kind: LoginKind, setting: LoginSetting) -> None:
    login = kind.blank()
    before = setting.show(login)
    entry = setting.read(before)
    assert len(entry) == 1
    if "settings" in entry:
        ((name, value),) = entry["settings"].items()
        assert getattr(login.settings, name) == value
        assert name in [each.name for each in fields(login.settings)]


@every_setting
def test_a_setting_can_be_set_somewhere(kind: LoginKind, setting: LoginSetting) -> None:
    assert setting.help or setting.field
    if setting.field and setting.field.widget is Widget.RADIO:
        assert set(setting.rule.validate.choices) == {value for value, _ in setting.field.choices}


def test_a_setting_that_no_group_names_comes_last() -> None:
    kind = SYSTEMS.kinds[0]
    more = LoginSetting("more", kind.settings[1].rule, field=FormField("More", widget=Widget.BOX))
    groups = replace(kind, settings=(*kind.settings, more)).groups
    assert groups == (*kind.groups, ("", ("more",)))


def test_an_option_that_several_systems_have_stands_with_the_last_of_them() -> None:
    options = list(OPTIONS.owners)
    places = [options.index(f"--{name}") for name in ("own-data-only/--no-own-data-only", "time-zone", "status")]
    assert options[:2] == ["--description", "--enabled/--disabled"]
    assert places == sorted(places)
    help = CliRunner().invoke(main, ["login", "add", "--help"]).output
    positions = [help.index(option.partition("/")[0] + " ") for option in options]
    assert positions == sorted(positions)
