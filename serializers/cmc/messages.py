"""What Customers Mail Cloud says of parameters that are wrong: an English sentence for each thing,
its code and its Japanese sentence.
"""

from collections.abc import Mapping

from legacygrid.registry.evidence import Sentence
from legacygrid.serializers.cmc.sources import OURS

REQUIRED = Sentence("This parameter is required.", OURS)
FORMAT = Sentence("The format of this parameter is wrong.", OURS)
RANGE = Sentence("The value of this parameter is out of range.", OURS)
FUTURE = Sentence("A date in the future cannot be given.", OURS)
PERIOD = Sentence("The period cannot be longer than 31 days.", OURS)
ORDER = Sentence("The period ends before it starts.", OURS)
NEEDS_DATE = Sentence("This parameter needs a date.", OURS)
NEEDS_HOUR = Sentence("This parameter needs an hour.", OURS)
TOO_MANY = Sentence("Too many addresses.", OURS)
ATTACHMENTS = Sentence("The number of attached files is another one.", OURS)
TWICE = Sentence("The same header is given more than once", OURS)
BODY = Sentence("Either text or html is required.", OURS)
ENTRY = Sentence("Either id or email is required.", OURS)

#: What the kinds of parameters say, by what is wrong.
MESSAGES: Mapping[str, Sentence] = {
    "required": REQUIRED,
    "format": FORMAT,
    "range": RANGE,
    "many": TOO_MANY,
    "twice": Sentence(f"{TWICE}: {{header}}", OURS),
}

#: What is wrong with a parameter, by its sentence in English.
PARAMETERS: Mapping[Sentence, tuple[str, str]] = {
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
