"""What Customers Mail Cloud says: one table of codes with the sentences of both languages, and how
it is written.

Its pages end before the errors. The envelope is known from a client; a code has the form `NN-NNN`,
and all but one of these are ours.
"""

from collections.abc import Mapping
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from legacygrid import reasons
from legacygrid.reasons import Problem, Reason
from legacygrid.serializers.dialects import Dialect, Document, Refusal, Saying, Sayings, XmlDocument
from legacygrid.serializers.evidence import Evidence, client, documented, inferred
from legacygrid.serializers.profiles import Profile
from legacygrid.serializers.writers import compact_json

MANUAL_TE = "smtps.jp/docs-en/apiv2/te"
MANUAL_ES = "smtps.jp/docs-en/apiv2/es"
MANUAL_USERS = "smtps.jp/docs-en/userguide/api/user"
PHP_CLIENT = "goofmint/CustomersMailCloud-php"
PYTHON_CLIENT = "PyPI customersmailcloud 1.2.2"

_OURS = inferred("the manual's excerpts end before its errors: status, code and sentence are ours")


class Line(NamedTuple):
    """One refusal.

    :param status: of HTTP.
    :param code: `NN-NNN`: 01 who, 02 how it was called, 10 parameters, 11 lists, 13 sending, 90 the
        emulator itself.
    """

    status: int
    code: str
    en: str
    ja: str
    evidence: Evidence = _OURS


LINES: Mapping[type[Reason], Line] = {
    reasons.WrongCredentials: Line(
        401, "01-001", "Authentication failed. Please check api_user and api_key.",
        "認証に失敗しました。api_userとapi_keyを確認してください。",
    ),
    reasons.NotAuthorised: Line(
        403, "01-002", "You are not authorized to use this API.", "このAPIを利用する権限がありません。"
    ),
    reasons.NotPermitted: Line(
        403, "01-003", "You do not have permission for this data.", "このデータに対する操作権限がありません。"
    ),
    reasons.MailNotAllowed: Line(
        403, "01-004", "You are not authorized to send email.", "メールを送信する権限がありません。"
    ),
    reasons.UnknownMethod: Line(404, "02-001", "This API does not exist.", "指定されたAPIは存在しません。"),
    reasons.NotEmulated: Line(
        404, "02-002", "This API is not emulated.", "このAPIはエミュレートされていません。"
    ),
    reasons.VerbNotAllowed: Line(
        405, "02-003", "Only POST is allowed.", "POSTメソッドのみ利用できます。",
        inferred(f"{MANUAL_TE}: POST only; what else is answered is not told"),
    ),
    reasons.ForeignBody: Line(
        415, "02-004", "The body must be a form or JSON.", "リクエストボディはフォームまたはJSONで指定してください。"
    ),
    reasons.BadDocument: Line(400, "02-005", "The body is no JSON object.", "リクエストボディのJSONが不正です。"),
    reasons.UnreadableBody: Line(400, "02-006", "The body cannot be read.", "リクエストボディを読み取れません。"),
    reasons.BodyCutShort: Line(400, "02-007", "The body was cut short.", "リクエストボディが途中で切れています。"),
    reasons.BodyTooLarge: Line(413, "02-008", "The body is too large.", "リクエストボディが大きすぎます。"),
    reasons.TooManyFields: Line(413, "02-009", "Too many parameters.", "パラメータの数が多すぎます。"),
    reasons.BodyTooSlow: Line(
        408, "02-010", "The body did not arrive in time.", "リクエストボディの受信がタイムアウトしました。"
    ),
    reasons.BadParameters: Line(400, "10-000", "A parameter is wrong.", "パラメータが不正です。"),
    reasons.NotListed: Line(
        400, "11-001", "The address is not on the list.", "指定されたアドレスはリストにありません。"
    ),
    reasons.MailBlocked: Line(403, "13-001", "Sending is blocked.", "メールの送信は停止されています。"),
    reasons.LimitExceeded: Line(403, "13-002", "The sending limit is reached.", "送信数の上限に達しました。"),
    reasons.UnverifiedSender: Line(
        400, "13-006", "Can not send email with specified from address. Please set up DKIM.",
        "指定されたFromアドレスではメールを送信できません。DKIMを設定してください。",
        client(f"{PHP_CLIENT}: asserted by a test that is meant for the live service; the Japanese is ours"),
    ),
    reasons.Unwritable: Line(400, "13-003", "The email cannot be written.", "メールを作成できません。"),
    reasons.StoreUnavailable: Line(
        503, "90-001", "The emulator's store does not answer.", "エミュレータのストアが応答しません。"
    ),
    reasons.Fault: Line(
        500, "90-002", "The emulator failed; its log says where.", "エミュレータで障害が発生しました。"
    ),
}  # fmt: skip

REQUIRED = "This parameter is required."
FORMAT = "The format of this parameter is wrong."
RANGE = "The value of this parameter is out of range."
FUTURE = "A date in the future cannot be given."
PERIOD = "The period cannot be longer than 31 days."
ORDER = "The period ends before it starts."
NEEDS_DATE = "This parameter needs a date."
NEEDS_HOUR = "This parameter needs an hour."
TOO_MANY = "Too many addresses."
ATTACHMENTS = "The number of attached files is another one."
TWICE = "The same header is given more than once"
BODY = "Either text or html is required."
ENTRY = "Either id or email is required."

#: What is wrong with a parameter, by its sentence in English.
PARAMETERS: Mapping[str, tuple[str, str]] = {
    REQUIRED: ("10-001", "このパラメータは必須です。"),
    FORMAT: ("10-002", "パラメータの形式が正しくありません。"),
    RANGE: ("10-003", "パラメータの値が範囲外です。"),
    FUTURE: ("10-004", "未来の日付は指定できません。"),
    PERIOD: ("10-005", "期間は31日以内で指定してください。"),
    ORDER: ("10-006", "終了日は開始日以降を指定してください。"),
    NEEDS_DATE: ("10-007", "日付を指定してください。"),
    NEEDS_HOUR: ("10-008", "時間を指定してください。"),
    TOO_MANY: ("10-009", "宛先の数が上限を超えています。"),
    ATTACHMENTS: ("10-010", "添付ファイルの数が一致しません。"),
    BODY: ("10-011", "textまたはhtmlを指定してください。"),
    ENTRY: ("10-012", "idまたはemailを指定してください。"),
    # What it is follows after a colon.
    TWICE: ("10-013", "同じヘッダーが複数指定されています"),
}


def _parted(text: str) -> tuple[str, str]:
    """A sentence of the table, and what may follow it: the name of what is wrong."""
    return (TWICE, text.removeprefix(TWICE)) if text.startswith(f"{TWICE}: ") else (text, "")


def _errors(is_japanese: bool, refusal: Refusal) -> tuple[Document, XmlDocument]:
    """`{"errors":[{"code":"13-006","field":"","message":"..."}]}`."""
    errors: list[Document] = []
    for problem in refusal.problems or (Problem("", refusal.text or ""),):
        sentence, what = _parted(problem.text)
        code, japanese = PARAMETERS.get(sentence, (refusal.name, sentence))
        message = f"{japanese if is_japanese else sentence}{what}"
        errors.append({"code": code, "field": problem.field, "message": message})
    return {"errors": errors}, errors


def _sayings(is_japanese: bool) -> Sayings:
    shape = partial(_errors, is_japanese)
    return {
        reason: Saying(
            line.status,
            line.ja if is_japanese else line.en,
            line.evidence,
            shape,
            always=True,
            name=line.code,
        )
        for reason, line in LINES.items()
    }


_TRAITS = (
    ('Refusals are `{"errors":[{"code","field","message"}]}`', client(PHP_CLIENT)),
    (
        "HTTP 401 for identity, 403 for role, permission and gate, 400 for parameters",
        inferred("none was found"),
    ),
    (
        "`Accept-Language: en` or `ja` chooses the language of messages; others get English",
        documented(MANUAL_TE),
    ),
    ("The Japanese sentences", inferred("no source has one; worded after the English ones")),
    (
        "XML begins with a declaration that says `standalone`; the root is the plural",
        documented(MANUAL_TE),
    ),
    ("XML of refusals is `<errors><error>...`", inferred("the rule of lists: plural and singular")),
    ("JSON is compact and ASCII", inferred("every reader takes it")),
    (
        "JSON comes as `application/json`, XML as `application/xml`",
        inferred("no client looks at it"),
    ),
    ("Calls come by POST, as a form or as JSON", documented(MANUAL_TE)),
    (
        "Dates in requests are read in the caller's time zone, those in answers written in it",
        documented(MANUAL_USERS),
    ),
    ("An owner's time zone is UTC", inferred("the setting is an API user's")),
    (
        "Dates are `YYYY-MM-DD`, moments `YYYY-MM-DD HH:MM:SS`",
        inferred("no sample at hand shows another form"),
    ),
    ("`own_data_only` narrows bounces, deliveries and statistics alone", documented(MANUAL_USERS)),
    (
        "A changed API user is known at once, without `reflect on the mail server`",
        inferred("a test shall not wait"),
    ),
    (
        "Any `server_composition` names the one mail server there is",
        inferred("which there were was a contract's matter"),
    ),
    (
        "Lists are newest first; `p` counts pages from 0, `r` is 10, and 100 at most",
        documented(f"{MANUAL_TE}, of blocks"),
    ),
    (
        "`search_option` is exact, prefix, suffix or partial; exact unless given",
        inferred("the manual's excerpt is cut"),
    ),
    (
        "Downloads are the whole list as a file in the format of the path",
        inferred("their pages were not seen"),
    ),
    ("Each email of `bulk` goes to one address of `to`", inferred("what bulk is for")),
    (
        "API users of an account that has mail domains send from these alone, else 13-006",
        inferred("the sentence speaks of DKIM"),
    ),
)

#: Plurals of the XML of refusals.
_ERRORS = "errors"


def dialect(profile: Profile) -> Dialect:
    """Customers Mail Cloud, in English, which can be asked for in Japanese."""
    english = Dialect(
        name="cmc",
        write_json=compact_json,
        separator=",",
        json_headers={"Content-Type": "application/json"},
        xml_headers={"Content-Type": "application/xml"},
        sayings=_sayings(is_japanese=False),
        refusals_are_ok=False,
        declaration='<?xml version="1.0" encoding="UTF-8" standalone="yes"?>',
        root=_ERRORS,
        traits=_TRAITS,
        title="Customers Mail Cloud",
    )
    japanese = replace(english, sayings=_sayings(is_japanese=True))
    return replace(english, tongues={"en": english, "ja": japanese})
