"""What stands beside a call and works no longer with v3's answers."""

import re
from collections.abc import Iterator
from typing import NamedTuple

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


class Trap(NamedTuple):
    """Something beside a call that works no longer.

    :param begin: its place in the code that was looked at.
    """

    begin: int
    rule: ScanRule


def find_traps(code: str) -> Iterator[Trap]:
    """What is wrong with the code around a call.

    :param code: the function that makes the call, or some lines, with comments blank.
    """
    for rule, pattern in ((SUCCESS, _SUCCESS), (ACTIVE, _ACTIVE), (XML, _XML)):
        yield from (Trap(match.start(), rule) for match in pattern.finditer(code))
    body = _BODY.search(code)
    if body and _REQUEST.search(code) and not _STATUS.search(code):
        yield Trap(body.start(), STATUS)
