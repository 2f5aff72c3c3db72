"""SendGrid's Python back ends: spaced JSON under `text/html`, and real 4xx."""

from legacygrid import reasons
from legacygrid.registry.evidence import client, documented, inferred, recorded
from legacygrid.registry.evidence import sources as e
from legacygrid.serializers.dialects import Dialect, Saying, Sayings, Traits, transport_by
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.sendgrid import traits, words
from legacygrid.serializers.sendgrid.shapes import NOT_ON_LIST, declaration, error_text
from legacygrid.serializers.writers import python_json

_WHO: Sayings = {
    reasons.WrongCredentials: Saying(
        403,
        "Bad username / password",
        recorded(f"{e.GEM_2014}, of bounces.get"),
        error_text,
    ),
    reasons.NotAuthorised: Saying(
        400, "Permission denied, not authorized", inferred("the words of customer.*"), error_text
    ),
    reasons.NotPermitted: Saying(400, "Permission denied, not authorized", NOT_ON_LIST, error_text),
    reasons.UnknownTask: Saying(404, "Not found", inferred("the words of customer.*"), error_text),
}

_CREDENTIALS: Sayings = {
    **_WHO,
    reasons.WrongCredentials: _WHO[reasons.WrongCredentials]._replace(
        evidence=recorded(f"{e.GEM_2014}, by a sibling of the same back end")
    ),
    reasons.BadParameters: Saying(
        400, None, documented(f"{e.MANUAL_CREDENTIALS}: the shape"), error_text
    ),
    reasons.NameTaken: Saying(
        400,
        "Username already exists",
        inferred("a support article's words: already exists"),
        error_text,
    ),
    reasons.UnknownCredential: Saying(
        400,
        "Credential does not exist",
        inferred(f"the words of customer.*; shape of {e.MANUAL_CREDENTIALS}"),
        error_text,
    ),
    ("credentials/get", reasons.UnknownCredential): Saying(
        404,
        "Credential does not exist",
        inferred("org.cobbzilla.sendgrid takes a 404 for `no such user`; the words are ours"),
        error_text,
    ),
}

_OWN_ACCOUNT: Sayings = {
    **_WHO,
    reasons.BadParameters: Saying(
        400, None, inferred("the shape and status of stats.get, the same back end"), error_text
    ),
    reasons.UnknownSubuser: Saying(
        403,
        "Bad username / password",
        inferred("the account was deleted while it called"),
        error_text,
    ),
}

_LISTS: Sayings = {
    **_OWN_ACCOUNT,
    reasons.NotListed: words.NOT_LISTED,
    reasons.AlreadyListed: words.ALREADY_LISTED,
}

_STATS: Sayings = {
    **_WHO,
    reasons.BadParameters: Saying(
        400, None, client("sendgrid-toolkit's fixture: `error in end_date: ...`"), error_text
    ),
}


def _make(name: str, title: str, sayings: Sayings, how: Traits, profile: Profile) -> Dialect:
    # Recorded: even JSON came as text/html, and nothing about caching.
    html = {"Content-Type": "text/html"}
    return Dialect(
        name=name,
        title=title,
        write_json=python_json,
        separator=", ",
        json_headers=html,
        xml_headers=html,
        sayings={**transport_by(error_text), **sayings},
        refusals_are_ok=False,
        declaration=declaration(profile),
        root="result",
        traits=how,
    )


def credentials(profile: Profile) -> Dialect:
    """The back end of credentials/*."""
    return _make("credentials", "credentials/*", _CREDENTIALS, traits.CREDENTIALS, profile)


def lists(profile: Profile) -> Dialect:
    """The back end of an account's own lists of suppressed addresses."""
    title = "bounces.*, invalidemails.*, spamreports.*, unsubscribes.* and blocks.count"
    return _make("lists", title, _LISTS, traits.LISTS, profile)


def blocks(profile: Profile) -> Dialect:
    """That of blocks.get and blocks.delete, which moved from one back end to the other."""
    return lists(profile) if profile.blocks == "2014" else words.customer(profile)


def time_zones(profile: Profile) -> Dialect:
    """The back end of timezone/*."""
    return _make("timezone", "timezone/*", _OWN_ACCOUNT, traits.TIME_ZONES, profile)


def stats(profile: Profile) -> Dialect:
    """That of stats.*."""
    return _make("stats", "stats.*", _STATS, traits.STATS, profile)
