"""profile.* and password.set: the account itself."""

from legacygrid.migration import sources
from legacygrid.migration.calls.shared import profile_fields
from legacygrid.migration.rows import Kind, Row
from legacygrid.migration.steps import Ask
from legacygrid.migration.values import Kept, Need, Param

ROWS = (
    Row(
        "profile.get",
        "",
        Kind.FAN,
        sources.OAI,
        steps=(
            Ask("GET", "/v3/user/profile", keep="profile"),
            Ask("GET", "/v3/user/username", keep="name"),
            Ask("GET", "/v3/user/email", keep="address"),
        ),
        yields={
            "profile": Kept("profile"),
            "username": Kept("name", ("username",)),
            "email": Kept("address", ("email",)),
        },
        losses=(
            "v2 answered a list of one, v3 an object",
            "the requests for username and email are only needed where these are read",
            "active and website_access cannot be read in v3",
        ),
        example={},
    ),
    Row(
        "profile.set",
        "",
        Kind.EXACT,
        sources.OAI,
        steps=(Ask("PATCH", "/v3/user/profile", body=profile_fields(), unless_empty=True),),
        losses=("without a field v2 answered success; v3 must not be asked then",),
        example={"city": "Paris", "country": "FR"},
    ),
    Row(
        "profile.setUsername",
        "",
        Kind.EXACT,
        sources.OAI,
        steps=(Ask("PUT", "/v3/user/username", body={"username": Param("username")}),),
        example={"username": "engines"},
    ),
    Row(
        "profile.setEmail",
        "",
        Kind.EXACT,
        sources.OAI,
        steps=(Ask("PUT", "/v3/user/email", body={"email": Param("email")}),),
        example={"email": "engines@example.com"},
    ),
    Row(
        "password.set",
        "",
        Kind.LOSSY,
        sources.OLD_PASSWORD,
        steps=(
            Ask(
                "PUT",
                "/v3/user/password",
                body={
                    "new_password": Param("password"),
                    "old_password": Need(
                        "old_password", "analytical1", "the password that the account has now"
                    ),
                },
            ),
        ),
        losses=(
            "the password of now has to be known",
            "confirm_password does not exist: compare the two before",
        ),
        example={"password": "analytical2", "confirm_password": "analytical2"},
    ),
)
