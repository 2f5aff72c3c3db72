"""How each of SendGrid's back ends answers, in words for docs/fidelity.md."""

from legacygrid.registry.evidence import client, documented, inferred, recorded
from legacygrid.registry.evidence import sources as e
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

#: That of an account's own lists of suppressed addresses.
LISTS: Traits = (
    ("JSON has a space after colon and comma", recorded(f"{e.GEM_2012}, exact bytes")),
    (
        "JSON and XML come as `text/html`, with nothing about caching",
        recorded(f"{e.GEM_2012}, JSON; none of the XML is recorded"),
    ),
    ("A count is a number", recorded(f"{e.GEM_2014}; the manual prints a text")),
    ("Lists are oldest first", inferred("as those of customer.*")),
    (
        "Times are Pacific time, or of the account's own time zone",
        documented("sendgrid/docs, of all timestamps, and its page on time zones"),
    ),
    (
        "Without `date=1`, no entry tells since when it is there",
        documented(f"{e.MANUAL_LISTS}, its samples"),
    ),
    (
        "An address may be deleted in any case of its letters",
        inferred("mail to it is kept back in any case"),
    ),
    (
        "delete_all of an empty list, and a deletion by dates that finds nothing, succeed",
        inferred("only an address that is named was recorded as refused"),
    ),
)

#: The Python back end of timezone/*.
TIME_ZONES: Traits = (
    ("JSON has a space after colon and comma", documented(e.MANUAL_TIME_ZONES)),
    (
        "JSON and XML come as `text/html`; refusals are those of its siblings",
        inferred("the back end of credentials/*, by the style of the path"),
    ),
    (
        "`offset` is in seconds behind Greenwich, `display` the same for people; neither is that of"
        " summer",
        documented(f"{e.MANUAL_TIME_ZONES}, its sample of New York"),
    ),
    (
        "`name` of a zone that the manual does not print is that of its place",
        inferred("no source lists them"),
    ),
    (
        "XML is `<timezone>` with the same values, in a list within `<timezones>`",
        inferred("no source prints it"),
    ),
)

#: That of stats.*.
STATS: Traits = (
    (
        "JSON has a space after colon and comma, and comes as `text/html`",
        recorded(f"{e.GEM_2012}, exact bytes"),
    ),
    ("The keys of stats.get have this order", recorded(f"{e.GEM_2012}, exact bytes")),
    ("Without dates, it is about today", recorded(e.GEM_2012)),
    ("`days` is 1 to 1095", documented(e.MANUAL_STATS)),
    ("The last of so many days is today", inferred("a day that is not over counts, too")),
    ("Days are those of the account's time zone", inferred("as of all dates of an account")),
    (
        "stats.getAdvanced leaves out what is 0, and has the XML declaration of lxml",
        documented(e.MANUAL_STATS),
    ),
    (
        "stats.getAdvanced of parts: an object of their names and numbers under each metric",
        inferred("no source shows one; links are followed in browsers, mail is opened in clients"),
    ),
    (
        "An account's statistics are those of its own mail, without its subusers'",
        inferred("customer.stats has those"),
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
        "`headers` takes any name; what other parameters say, and how the mail is built, stay",
        client(
            "django-anymail issue 108 and the vendor's Perl library: a Message-ID with each mail"
        ),
    ),
    ("Of `replyto` with a name the address counts", client("django-anymail, tried in March 2016")),
    ("A `replyto` that is no address is left out", inferred("no mail is lost over a part of it")),
    (
        "A file may have any name and any content type",
        client("sendgrid-php 1.1 and 2.2 send the bare extension"),
    ),
    (
        "Names of files that are no UTF-8 are read as Windows-1252",
        inferred(
            "sendgrid-csharp issue 54: refused in 2014; issue 296: the mail went without the file"
            " in 2016; no mail is lost over a part of it"
        ),
    ),
    (
        "A file that is none of `files` is left out, and the mail goes",
        recorded("sendgrid-csharp issue 296, 2016"),
    ),
    (
        "Values of a substitution tag go by index over to, then cc, then bcc; past their end,"
        " nothing stands in its place",
        recorded(
            "the vendor's staff: sendgrid-nodejs issues 192, 203 and 215, sendgrid-php issue 228,"
            " sendgrid-python issues 105 and 117"
        ),
    ),
    (
        "A recipient in X-SMTPAPI that is no address is dropped as `Invalid`, the others get it",
        recorded("sendgrid-csharp issue 210, an event log"),
    ),
    (
        "So is one among several of `to`, `cc` and `bcc`",
        inferred("as of X-SMTPAPI; no mail is lost over a part of it"),
    ),
    (
        "Mail with an X-SMTPAPI that is no JSON object is dropped as `Invalid SMTPAPI header`",
        inferred("sendgrid-php-ng issue 23 and sendgrid-nodejs issue 640 saw such drops"),
    ),
    (
        "By SMTP, a notice of that comes to its sender",
        documented("the manual of the SMTP API; its wording is inferred"),
    ),
    (
        "Of another repeated name the last value counts",
        inferred("as of the other back ends, by PHP's rule"),
    ),
)
