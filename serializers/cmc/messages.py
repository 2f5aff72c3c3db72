"""What Customers Mail Cloud says of parameters that are wrong: an English sentence for each thing,
its code and its Japanese sentence.
"""

from collections.abc import Mapping

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

#: What the kinds of parameters say, by what is wrong.
MESSAGES: Mapping[str, str] = {
    "required": REQUIRED,
    "format": FORMAT,
    "range": RANGE,
    "many": TOO_MANY,
    "twice": f"{TWICE}: {{header}}",
}

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
