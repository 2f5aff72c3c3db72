"""The refusals of Customers Mail Cloud: one table of codes with the sentences of both languages.

Its pages end before the errors; a code has the form `NN-NNN`, and all but one of these are ours.
"""

from collections.abc import Mapping
from typing import NamedTuple

from legacygrid import reasons
from legacygrid.reasons import Reason
from legacygrid.registry.evidence import Evidence, client, inferred
from legacygrid.serializers.cmc.sources import MANUAL_TE, OURS, PHP_CLIENT
from legacygrid.wsgi.blocking import TooManyGuesses, TryLater


class Wording(NamedTuple):
    """One refusal, in both languages.

    :param status: of HTTP.
    :param code: `NN-NNN`: 01 who, 02 how it was called, 10 parameters, 11 lists, 13 sending, 90 the
        emulator itself.
    """

    status: int
    code: str
    en: str
    ja: str
    evidence: Evidence


REFUSALS: Mapping[type[Reason], Wording] = {
    reasons.WrongCredentials: Wording(
        401,
        "01-001",
        "Authentication failed. Please check api_user and api_key.",
        "認証に失敗しました。api_userとapi_keyを確認してください。",
        OURS,
    ),
    reasons.NotAuthorised: Wording(
        403,
        "01-002",
        "You are not authorized to use this API.",
        "このAPIを利用する権限がありません。",
        OURS,
    ),
    reasons.NotPermitted: Wording(
        403,
        "01-003",
        "You do not have permission for this data.",
        "このデータに対する操作権限がありません。",
        OURS,
    ),
    reasons.MailNotAllowed: Wording(
        403,
        "01-004",
        "You are not authorized to send email.",
        "メールを送信する権限がありません。",
        OURS,
    ),
    reasons.UnknownMethod: Wording(
        404, "02-001", "This API does not exist.", "指定されたAPIは存在しません。", OURS
    ),
    reasons.NotEmulated: Wording(
        404, "02-002", "This API is not emulated.", "このAPIはエミュレートされていません。", OURS
    ),
    reasons.VerbNotAllowed: Wording(
        405,
        "02-003",
        "Only POST is allowed.",
        "POSTメソッドのみ利用できます。",
        inferred(f"{MANUAL_TE}: POST only; what else is answered is not told"),
    ),
    reasons.ForeignBody: Wording(
        415,
        "02-004",
        "The body must be a form or JSON.",
        "リクエストボディはフォームまたはJSONで指定してください。",
        OURS,
    ),
    reasons.BadDocument: Wording(
        400, "02-005", "The body is no JSON object.", "リクエストボディのJSONが不正です。", OURS
    ),
    reasons.UnreadableBody: Wording(
        400, "02-006", "The body cannot be read.", "リクエストボディを読み取れません。", OURS
    ),
    reasons.BodyCutShort: Wording(
        400, "02-007", "The body was cut short.", "リクエストボディが途中で切れています。", OURS
    ),
    reasons.BodyTooLarge: Wording(
        413, "02-008", "The body is too large.", "リクエストボディが大きすぎます。", OURS
    ),
    reasons.TooManyFields: Wording(
        413, "02-009", "Too many parameters.", "パラメータの数が多すぎます。", OURS
    ),
    reasons.BodyTooSlow: Wording(
        408,
        "02-010",
        "The body did not arrive in time.",
        "リクエストボディの受信がタイムアウトしました。",
        OURS,
    ),
    reasons.UnknownCoding: Wording(
        415,
        "02-011",
        "The Content-Encoding is not supported.",
        "指定されたContent-Encodingには対応していません。",
        OURS,
    ),
    reasons.NoRoom: Wording(
        503,
        "02-012",
        "Too much is being sent at once; try again later.",
        "リクエストが集中しています。しばらくしてから再度お試しください。",
        OURS,
    ),
    reasons.BadParameters: Wording(
        400, "10-000", "A parameter is wrong.", "パラメータが不正です。", OURS
    ),
    reasons.NotListed: Wording(
        400,
        "11-001",
        "The address is not on the list.",
        "指定されたアドレスはリストにありません。",
        OURS,
    ),
    reasons.MailBlocked: Wording(
        403, "13-001", "Sending is blocked.", "メールの送信は停止されています。", OURS
    ),
    reasons.LimitExceeded: Wording(
        403, "13-002", "The sending limit is reached.", "送信数の上限に達しました。", OURS
    ),
    reasons.UnverifiedSender: Wording(
        400,
        "13-006",
        "Can not send email with specified from address. Please set up DKIM.",
        "指定されたFromアドレスではメールを送信できません。DKIMを設定してください。",
        client(
            f"{PHP_CLIENT}: asserted by a test that is meant for the live service;"
            " the Japanese is ours"
        ),
    ),
    reasons.Unwritable: Wording(
        400, "13-003", "The email cannot be written.", "メールを作成できません。", OURS
    ),
    TryLater: Wording(
        503,
        "90-003",
        "Too many log-ins at once. Please try again later.",
        "ログインが集中しています。しばらくしてから再度お試しください。",
        OURS,
    ),
    TooManyGuesses: Wording(
        429,
        "90-004",
        "Too many failed log-ins. Please try again later.",
        "ログインの失敗が多すぎます。しばらくしてから再度お試しください。",
        OURS,
    ),
    reasons.StoreUnavailable: Wording(
        503,
        "90-001",
        "The emulator's store does not answer.",
        "エミュレータのストアが応答しません。",
        OURS,
    ),
    reasons.StoreFull: Wording(
        503,
        "90-001",
        "The emulator cannot store anything: the disk is full.",
        "ディスクの空き容量がないため、エミュレータは何も保存できません。",
        OURS,
    ),
    reasons.Fault: Wording(
        500,
        "90-002",
        "The emulator failed; its log says where.",
        "エミュレータで障害が発生しました。",
        OURS,
    ),
}
