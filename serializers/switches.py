"""What a profile is made of: switches, one for each thing that is not certain."""

from collections.abc import Mapping
from typing import NamedTuple


class Switch(NamedTuple):
    """One thing on which the wire and the manual, or two clients, do not agree."""

    values: tuple[str, ...]
    recorded: str
    documented: str
    why: str


SWITCHES: Mapping[str, Switch] = {
    "error_status": Switch(
        ("body", "http"),
        recorded="body",
        documented="http",
        why="Every recorded refusal of customer.* and profile.* came with HTTP 200 and its code in"
        " the body (20 responses, 2012 to 2016, and a client's trace of 2020); the manual's"
        " general page promises 4xx.",
    ),
    "unknown_user": Switch(
        ("error", "message"),
        recorded="error",
        documented="message",
        why="An unknown `user` was recorded as an error object, code 400; the manual printed a"
        " bare message, `User not found`, for enable, disable, website_enable and website_disable.",
    ),
    "profile_keys": Switch(
        ("14", "12"),
        recorded="14",
        documented="12",
        why="Recorded rows have address2 and website_access; every version of the manual leaves"
        " them out.",
    ),
    "website_scheme": Switch(
        ("add", "keep"),
        recorded="add",
        documented="keep",
        why="A website without a scheme was recorded as stored with http:// in front; the manual"
        " shows it as given.",
    ),
    "required": Switch(
        ("recorded", "documented"),
        recorded="recorded",
        documented="documented",
        why="The recorded customer.add calls that succeeded have no company, and clients leave"
        " state out; the manual requires both.",
    ),
    "password_policy": Switch(
        ("recorded", "2015", "2021"),
        recorded="recorded",
        documented="2015",
        why="`somepass` was accepted in 2012 and 2014, when six characters were enough; from 2015"
        " the manual wanted 8 to 128 with a letter and a digit, from 2021 at least 16.",
    ),
    "country": Switch(
        ("text", "iso"),
        recorded="text",
        documented="iso",
        why="Until December 2014 the manual took any text of up to 100 characters, and clients"
        " send such; later it wanted ISO 3166-1 alpha-2 codes.",
    ),
    "credentials_get": Switch(
        ("array", "object"),
        recorded="array",
        documented="object",
        why="A client reads the answer for one username as an array of one; the page of 2012"
        " prints an object.",
    ),
    "blocks": Switch(
        ("2012", "2014"),
        recorded="2012",
        documented="2014",
        why="blocks.get and blocks.delete were recorded in July 2012 in the compact JSON of the"
        " front end, in January 2014 in the spaced JSON of the other lists.",
    ),
    "unsubscribes_delete": Switch(
        ("named", "all"),
        recorded="named",
        documented="named",
        why="An older page of the manual says that unsubscribes.delete without parameters deletes"
        " the whole list; the last one wants delete_all=1 for that.",
    ),
    "ip_required": Switch(
        ("off", "on"),
        recorded="off",
        documented="off",
        why="The manual's guide to subusers makes assigning an IP address a step that has to be"
        " taken before one can send; recordings do not show what becomes of mail without it, and"
        " set-up scripts leave it out.",
    ),
    "parse_hosts": Switch(
        ("any", "whitelabel"),
        recorded="any",
        documented="any",
        why="The recordings of 2012 have hostnames that are in no whitelabel record; in later years"
        " the manual wanted the hostname's domain to be in one.",
    ),
    "limit_retrieve": Switch(
        ("array", "object"),
        recorded="array",
        documented="object",
        why="Eight recorded answers of customer.limit are an array of one; the manual prints the"
        " object.",
    ),
    "stats_totals": Switch(
        ("number", "text"),
        recorded="number",
        documented="text",
        why="The totals that customer.stats answers with aggregate=1 are numbers in the manual of"
        " 2012, and texts in the last one.",
    ),
    "verified_senders": Switch(
        ("off", "on"),
        recorded="off",
        documented="off",
        why="From 2020 on, mail/send refused mail that was not from a domain, or a single sender,"
        " that the account had verified (an answer of 2022); test suites send from any address.",
    ),
    "v3_limits": Switch(
        ("off", "as_seen"),
        recorded="off",
        documented="off",
        why="Clients of v3 met a 429 at about one creation of an API key every two seconds, and at"
        " creating and deleting subusers; `as_seen` allows one such call in 2 seconds, and 600"
        " others in a minute.",
    ),
    "v3_page": Switch(
        ("500", "10"),
        recorded="500",
        documented="500",
        why="An account with more than 1,000 subusers got 500 of them from GET /v3/subusers; a"
        " third party has 10 where no limit is sent. Code that reads one page alone fails with 10.",
    ),
    "v3_created": Switch(
        ("200", "201"),
        recorded="200",
        documented="200",
        why="The newest description of POST /v3/subusers has 200, that of 2017 had 201.",
    ),
    "v3_subuser": Switch(
        ("answer", "refuse"),
        recorded="answer",
        documented="refuse",
        why="No document has GET /v3/subusers/NAME; a maintained client calls it all the same.",
    ),
    "v3_usernames": Switch(
        ("equal", "prefix"),
        recorded="equal",
        documented="equal",
        why="Clients take the first subuser that ?username= finds, which is right where names have"
        " to be equal; `prefix` finds names that begin so, and shows who relies on it.",
    ),
    "v3_key": Switch(
        ("list", "object"),
        recorded="list",
        documented="list",
        why="The documents show a list under `result` for GET /v3/api_keys/ID; clients read one"
        " object.",
    ),
    "v3_teammates": Switch(
        ("results", "result"),
        recorded="results",
        documented="results",
        why="The example of GET /v3/teammates in the newest document has the list under `results`,"
        " its schema under `result`, as that of invitations is.",
    ),
    "v3_basic": Switch(
        ("refuse", "accept"),
        recorded="refuse",
        documented="refuse",
        why="Until the turn of 2020 to 2021, the calls of v3 but for mail/send also took an"
        " account's name and password by HTTP Basic, as guides and clients of that time send them.",
    ),
    "v3_headers": Switch(
        ("off", "as_seen"),
        recorded="off",
        documented="off",
        why="Answers of v3 had headers for pages in browsers: those of an answer of 2016, and of"
        " three of mail/send, 2017 to 2022. With `as_seen`, pages of any website may read v3's"
        " answers, if they have a key.",
    ),
    "xml_declaration": Switch(
        ("none", "UTF-8", "ISO-8859-1"),
        recorded="none",
        documented="none",
        why="The pages nearest to the wire print none; those of 2013 print ISO-8859-1, which one"
        " bulk re-indenting added. All XML is ASCII, so it is valid under each.",
    ),
}
