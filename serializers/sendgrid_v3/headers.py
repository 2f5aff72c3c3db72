"""Headers of v3's answers for pages in browsers, as seen; none unless a switch says so."""

from collections.abc import Mapping

from legacygrid.serializers.profiles import Profile

_MANAGEMENT: Mapping[str, str] = {
    "Access-Control-Max-Age": "21600",
    "Access-Control-Expose-Headers": "Link",
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Allow-Headers": "AUTHORIZATION, Content-Type, On-behalf-of, x-sg-elas-acl",
    "Content-Security-Policy": (
        "default-src https://api.sendgrid.com; frame-src 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
}
#: The back end of mail/send named the one website that may call it, and no OPTIONS.
_MAIL: Mapping[str, str] = {
    "Access-Control-Allow-Origin": "https://sendgrid.api-docs.io",
    "Access-Control-Allow-Methods": "POST",
    "Access-Control-Allow-Headers": "Authorization, Content-Type, On-behalf-of, x-sg-elas-acl",
    "Access-Control-Max-Age": "600",
}


def management(profile: Profile) -> Mapping[str, str]:
    """Those of the management calls, of 2016; each path tells its verbs beside."""
    return _MANAGEMENT if profile.v3_headers == "as_seen" else {}


def mail(profile: Profile) -> Mapping[str, str]:
    """Those of mail/send, of 2017 to 2022."""
    return _MAIL if profile.v3_headers == "as_seen" else {}
