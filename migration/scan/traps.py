"""What stands beside a call and works no longer with v3's answers."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from legacygrid.migration.scan.passages import Span, Spans
from legacygrid.migration.scan.rules import ACTIVE, STATUS, SUCCESS, XML, ScanRule

_EQUAL = r"(?:={1,3}|!==?|<>|\beq\b|\bne\b|\bis\b|-eq|=~|,)"
_SUCCESS = re.compile(
    rf"{_EQUAL}\s*(['\"]?)success\1(?![\w-])"
    rf"|(['\"])success\2\s*(?:{_EQUAL}|\.(?:equals|Equals|eql\?|localeCompare))"
    r"|(?:equals\w*|Equals|eql\?|assert\w*|includes?|contains|strpos|strstr|match|grep)\W{1,6}"
    r"(?:-\w+\s+)*['\"]?success\b",
)
_ACTIVE = re.compile(
    r"\b(?:active|website_access)\b['\"]?[\])]*\s*(?:={2,3}|!==?|\beq\b|\.equals\(|=>?)\s*"
    r"['\"](?:true|false|0|1)['\"]"
)
#: The member of v2's answers that says it: without a call beside it, a text alone says nothing.
_MESSAGE_BEFORE = re.compile(r"\bmessage\b['\"]?[\])]*\s*\.?$")
_MESSAGE_BEHIND = re.compile(r"\s*[\w$>.\[-]{0,60}['\"]?message\b")
_XML = re.compile(
    r"simplexml_load_\w+|SimpleXMLElement|DOMDocument|DOMParser|xml_parse\w*|Nokogiri|REXML|Hpricot"
    r"|Crack::XML|XmlSimple|ElementTree|\bminidom|\blxml\b|\bxmltodict|\bxml2js|parseString\("
    r"|DocumentBuilder|SAXParser|XMLReader|\bXDocument|XmlDocument|xml\.Unmarshal|xmllint"
    r"|from_xml|XmlMapper"
)
_BODY = re.compile(
    r"json_decode|\.json\(|JSON\.parse|json\.loads?\(|\bjson\.Unmarshal|NewDecoder|ObjectMapper"
    r"|JSONObject|JsonConvert|JsonSerializer|\bjq\b|from_json|" + _XML.pattern
)
_REQUEST = re.compile(
    r"curl|file_get_contents|requests\.|urlopen|httpx|urllib|aiohttp|Net::HTTP|HTTParty|RestClient"
    r"|Faraday|open-uri|fetch\(|axios|request\(|\.post\(|\.get\(|superagent|needle|got\("
    r"|HttpClient|HttpURLConnection|OkHttp|openStream|WebClient|HttpWebRequest|RestTemplate"
    r"|http\.(?:Get|Post|NewRequest)|PostForm|wget|Guzzle|Http::",
    re.IGNORECASE,
)
_STATUS = re.compile(
    r"status|http_?code|CURLINFO|\.code\b|responseCode|raise_for|\.ok\b|is_success|isSuccess"
    r"|http_errors|FAILONERROR|--fail|curl\s+(?:-\w+\s+)*-\w*f|HTTPSuccess|HTTPError|error_for",
    re.IGNORECASE,
)


class NamedCall(NamedTuple):
    """A call of a file.

    :param at: its place.
    """

    at: int
    name: str


class LocatedTrap(NamedTuple):
    """Something in a file that works no longer.

    :param name: the call whose answer it is about; empty if nothing tells which.
    """

    at: int
    rule: ScanRule
    name: str


class Trap(NamedTuple):
    """Something beside a call that works no longer.

    :param begin: its place in the code that was looked at.
    """

    begin: int
    rule: ScanRule


def _find_beside(code: str) -> Iterator[Trap]:
    """What is wrong with the code around a call.

    :param code: the function that makes the call, or some lines, with comments blank.
    """
    for rule, pattern in ((SUCCESS, _SUCCESS), (ACTIVE, _ACTIVE), (XML, _XML)):
        yield from (Trap(match.start(), rule) for match in pattern.finditer(code))
    body = _BODY.search(code)
    if body and _REQUEST.search(code) and not _STATUS.search(code):
        yield Trap(body.start(), STATUS)


def _find_in_answers(code: str) -> Iterator[Trap]:
    """What is wrong with code that looks at members of v2's answers, wherever the call is.

    :param code: that of a file that calls Web API v2, with comments blank.
    """
    for match in _SUCCESS.finditer(code):
        begin, end = match.span()
        is_before = _MESSAGE_BEFORE.search(code, max(0, begin - 40), begin)
        if (is_before or _MESSAGE_BEHIND.match(code, end)) and code[begin] != ",":
            yield Trap(begin, SUCCESS)
    yield from (Trap(match.start(), ACTIVE) for match in _ACTIVE.finditer(code))


def locate_traps(
    text: str,
    comments: Spans,
    regions: Iterable[Span],
    calls: Sequence[NamedCall],
    is_of_v2: bool,
) -> Iterator[LocatedTrap]:
    """What works no longer in a file; some of it more than once, first with the name of its call.

    :param regions: what the calls are in: functions, or some lines.
    :param calls: in the order of the file.
    :param is_of_v2: the file calls Web API v2, so that answers may be looked at anywhere in it.
    """
    for span in regions:
        for trap in _find_beside(_blank(text, span, comments)):
            at = span.begin + trap.begin
            yield LocatedTrap(at, trap.rule, _nearest(calls, span, at))
    if is_of_v2:
        # What a function hands on is looked at away from its call.
        for trap in _find_in_answers(_blank(text, Span(0, len(text)), comments)):
            yield LocatedTrap(trap.begin, trap.rule, "")


def _nearest(calls: Sequence[NamedCall], span: Span, place: int) -> str:
    """The call whose answer is looked at there: the last one before, else the first behind."""
    first = bisect_left(calls, span.begin, key=lambda call: call.at)
    last = bisect_right(calls, place, key=lambda call: call.at) - 1
    return calls[max(first, last)].name


def _blank(text: str, span: Span, comments: Spans) -> str:
    """A part of a file with its comments as blanks."""
    parts, at = [], span.begin
    for comment in comments.within(span):
        begin, end = comment.begin, min(comment.end, span.end)
        parts += [text[at:begin], re.sub(r"[^\n]", " ", text[begin:end])]
        at = end
    return "".join((*parts, text[at : span.end]))
