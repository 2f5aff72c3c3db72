"""How each of SendGrid's back ends answers, in words for docs/fidelity.md."""

from legacygrid.evidence import client, documented, inferred, recorded
from legacygrid.evidence import sources as e
from legacygrid.serializers.dialects import Traits

#: The PHP front end: customer.*, profile.* and password.set.
CUSTOMER: Traits = (
    (
        "JSON is compact, `/` is written `\\/`, no newline at the end",
        recorded(f"{e.GEM_2012}, exact bytes"),
    ),
    (
        "JSON is ASCII, other characters as `\\uXXXX`",
        inferred("json_encode of PHP 5.3, which the recorded headers name"),
    ),
    ("JSON comes as `application/json` without charset", recorded(f"{e.GEM_2012}; {e.GEM_2014}")),
    ("`Cache-Control: no-cache, must-revalidate` and `Expires: 0`", recorded(e.GEM_2014)),
    (
        "XML comes as `text/xml` without charset",
        inferred("an early client parsed it by its type; none is recorded"),
    ),
    (
        "XML has no declaration and no whitespace",
        documented("sendgrid/docs of December 2012, nearest to the wire"),
    ),
    (
        "XML of an error object is `<result><message>...`",
        documented("sendgrid/docs, ip_management, January 2014"),
    ),
    (
        "XML of `errors` is `<errors><error>...` beside the message",
        documented("sendgrid/docs, Web_API, January 2014"),
    ),
    ("Lists are oldest first and have no pages", recorded(e.GEM_2012)),
)
#: The Python back end of credentials/*.
CREDENTIALS: Traits = (
    (
        "JSON has a space after colon and comma",
        recorded(f"{e.GEM_2012}, by siblings of the same back end"),
    ),
    (
        "JSON and XML come as `text/html`, with nothing about caching",
        recorded(f"{e.GEM_2014}, JSON of siblings"),
    ),
    ("XML of success is `<result><count>N</count></result>`", documented(e.MANUAL_CREDENTIALS)),
    (
        "N is the number of the account's credentials after the call",
        inferred("the manual does not say of what"),
    ),
    ("Times are Pacific time", documented("sendgrid/docs, of all timestamps")),
    (
        "A permission that was not given is granted and not shown",
        documented(f"{e.MANUAL_CREDENTIALS}, its samples"),
    ),
)

#: The back end of mail.send.
MAIL: Traits = (
    (
        "JSON is compact, `/` is written as it is, the keys of a refusal are sorted",
        recorded("sendgrid/docs issues 5235 and 6559"),
    ),
    (
        "Refusals come with HTTP 400",
        client("sendgrid-csharp's TestErrorChecker; clients of all languages expect 4xx"),
    ),
    (
        "JSON comes as `application/json`, XML as `text/xml`",
        inferred("as of the other back ends; none is recorded"),
    ),
    (
        "XML of a refusal is `<result><message>error</message><errors><error>...`",
        client("sendgrid-csharp's TestErrorChecker, exact bytes"),
    ),
    (
        "Of a repeated plain name (`to`, `toname`, `cc`, `ccname`, `bcc`, `bccname`) all values"
        " count",
        client("sendgrid-nodejs issue 69 and pull request 100; django-anymail 0.7's live tests"),
    ),
    (
        "Of another repeated name the last value counts",
        inferred("as of the other back ends, by PHP's rule"),
    ),
)
