"""How much a mail looks like spam, as SpamAssassin says it: the Parse Webhook told its report."""

#: Every filter takes a mail with this text for spam, so that filters can be tested.
GTUBE = b"XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X"
#: SpamAssassin's own.
_GTUBE_SCORE, _REQUIRED = 1000.0, 5.0


def score_of(raw: bytes) -> str:
    """The score of a mail: that of GTUBE where it has that, else none."""
    return str(_GTUBE_SCORE if GTUBE in raw else 0.0)


def report_of(raw: bytes, score: str) -> str:
    """The report about a mail, in the layout of SpamAssassin."""
    lines = [
        f"Content analysis details:   ({score} points, {_REQUIRED} required)",
        "",
        " pts rule name              description",
        "---- ---------------------- --------------------------------------------------",
    ]
    if GTUBE in raw:
        lines.append("1000 GTUBE                  BODY: Generic Test for Unsolicited Bulk Email")
    return "\n".join([*lines, ""])
