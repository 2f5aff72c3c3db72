"""Each kind of odd mail in each of five languages: in the charsets that their mail was written in."""

# ruff: noqa: RUF001 - letters that look alike are the point

from collections.abc import Callable, Iterator
from typing import NamedTuple

from mail_corpus import GIF, Mail, b64, joined, mail, part, percent, picture, qp, word_b, word_q


class Language(NamedTuple):
    """How mail of a language was written.

    :param beyond: letters that its charset has by browsers' tables alone, with their bytes.
    :param labels: what its charset is called, too; `foreign` another charset of it.
    """

    name: str
    text: str
    charset: str
    codec: str
    beyond: tuple[str, bytes]
    labels: tuple[str, ...]
    foreign: tuple[str, str]


LANGUAGES = (
    Language("ja", "こんにちは、世界。", "iso-2022-jp", "iso2022_jp", ("①㈱ﾃｽﾄ", b"\x1b$B-!-j\x1b(I\x43\x3d\x44\x1b(B"), ("cp50220", "CP50221", "csISO2022JP", "ISO-2022-JP-MS", '"iso-2022-jp"'), ("shift_jis", "shift_jis")),
    Language("ja-sjis", "日本語の表示、能力", "shift_jis", "cp932", ("①㈱～髙", b"\x87\x40\x87\x8a\x81\x60\xfb\xfc"), ("windows-31j", "x-sjis", "MS932", "cp932", "Shift-JIS"), ("euc-jp", "euc_jp")),
    Language("zh", "你好，世界。", "gb2312", "gb2312", ("朱镕基", b"\xd6\xec\xe9F\xbb\xf9"), ("gbk", "cp936", "GB_2312-80", "x-gbk", "gb18030"), ("hz-gb-2312", "hz")),
    Language("zh-tw", "您好，世界。許功蓋", "big5", "big5", ("馬克‧吐溫～", b"\xb0\xa8\xa7J\xa1E\xa6R\xb7\xc5\xa1\xe3"), ("cp950", "Big5-HKSCS", "x-x-big5", "csBig5", "big5-eten"), ("utf-8", "utf-8")),
    Language("ko", "안녕하세요, 세계.", "euc-kr", "euc_kr", ("똠방각하 펲시", b"\x8cc\xb9\xe6\xb0\xa2\xc7\xcf \xbc\x84\xbd\xc3"), ("ks_c_5601-1987", "cp949", "UHC", "windows-949", "ksc5601"), ("iso-2022-kr", "iso2022_kr")),
    Language("ru", "Привет, мир! Ёж", "koi8-r", "koi8_r", ("Їжак", b"\xb7\xd6\xc1\xcb"), ("KOI8R", "koi8", "cskoi8r", "koi8_r", "cp20866"), ("windows-1251", "cp1251")),
    Language("he", "שלום עולם", "iso-8859-8-i", "iso8859_8", ("שלום “עולם”", b"\xf9\xec\xe5\xed \x93\xf2\xe5\xec\xed\x94"), ("iso-8859-8", "visual", "logical", "hebrew", "ISO-8859-8-E"), ("windows-1255", "cp1255")),
)  # fmt: skip
#: Labels of the letters beyond, where the charset itself has none of them.
BEYOND_LABELS = {"ru": "koi8-u", "he": "windows-1255"}

Kind = Callable[[Language], Iterator[Mail]]


def bodies_and_subjects(language: Language) -> Iterator[Mail]:
    """The plain case, by each encoding, with one part and with several."""
    text, charset = language.text, language.charset
    data = text.encode(language.codec)
    subject = b"Subject: " + word_b(data, charset)
    kind = f"text/plain; charset={charset}"
    for encoding, encoded in (("8bit", data), ("base64", b64(data)), ("quoted-printable", qp(data))):
        single = part(encoded, kind, f"Content-Transfer-Encoding: {encoding}")
        yield Mail(f"single-{encoding}", mail(subject) + single, text, text)
        html = part(b"<p>" + data, f"text/html; charset={charset}")
        several = mail(subject) + joined("mixed", joined("alternative", single, html, boundary="A"), picture())
        yield Mail(f"several-{encoding}", several, text, text, f"<p>{text}", (("dot.gif", "image/gif", GIF),))


def signed(language: Language) -> Iterator[Mail]:
    text = language.text
    body = part(text.encode(language.codec), f"text/plain; charset={language.charset}")
    html = part(f"<a href='http://e/'>{text}</a>", "text/html; charset=utf-8")
    pgp = mail("Content-Type: application/pgp-signature; name=signature.asc", "") + b"-----BEGIN PGP SIGNATURE-----"
    smime = mail(
        "Content-Type: application/pkcs7-signature; name=smime.p7s", "Content-Transfer-Encoding: base64", ""
    ) + b64(b"0\x80")
    yield Mail(
        "signed-pgp",
        joined("signed", body, pgp, more='; micalg=pgp-sha256; protocol="application/pgp-signature"'),
        "",
        text,
        "",
        (("signature.asc", "application/pgp-signature", b"-----BEGIN PGP SIGNATURE-----"),),
    )
    whole = joined("signed", joined("alternative", body, html, boundary="A"), smime)
    yield Mail(
        "signed-smime",
        whole,
        "",
        text,
        f"<a href='http://e/'>{text}</a>",
        (("smime.p7s", "application/pkcs7-signature", b"0\x80"),),
    )


def labels(language: Language) -> Iterator[Mail]:
    data = language.text.encode(language.codec)
    for label in language.labels:
        subject = b"Subject: " + word_b(data, label.strip('"'))
        yield Mail(
            f"label-{label}", mail(subject) + part(data, f"text/plain; charset={label}"), language.text, language.text
        )
    label, codec = language.foreign
    data = language.text.encode(codec)
    yield Mail(
        f"label-{label}",
        mail(b"Subject: " + word_q(data, label)) + part(data, f"text/html; charset={label}"),
        language.text,
        "",
        language.text,
    )


def beyond(language: Language) -> Iterator[Mail]:
    text, data = language.beyond
    label = BEYOND_LABELS.get(language.name, language.charset)
    yield Mail(
        "beyond", mail(b"Subject: " + word_b(data, label)) + part(data, f"text/plain; charset={label}"), text, text
    )
    inner = joined("alternative", part(data, f"text/plain; charset={label}"), part(data, f"text/html; charset={label}"))
    yield Mail("beyond-alternative", mail(b"Subject: " + word_q(data, label)) + inner, text, text, text)


def undeclared(language: Language) -> Iterator[Mail]:
    text, data = language.text, language.text.encode(language.codec)
    yield Mail("utf-8-undeclared", mail(f"Subject: {text}", "", text), text, text)
    yield Mail("utf-8-as-ascii", mail(f"Subject: {text}") + part(text, "text/plain; charset=us-ascii"), text, text)
    yield Mail("utf-8-unknown", mail(f"Subject: {text}") + part(text, "text/plain; charset=x-unknown"), text, text)
    yield Mail("utf-8-empty-charset", part(text, 'text/plain; charset=""', "Content-Transfer-Encoding: 8bit"), "", text)
    head = f'<html><head><title>x</title><meta charset="{language.charset}"></head>'.encode()
    yield Mail("meta-charset", part(head + data, "text/html"), "", "", head.decode() + text)
    head = f"<META HTTP-EQUIV=Content-Type CONTENT='text/html; charset={language.charset}'>".encode()
    yield Mail(
        "meta-http-equiv",
        joined("alternative", part("Hi"), part(head + data, "text/html")),
        "",
        "Hi",
        head.decode() + text,
    )
    yield Mail("bom", part(b"\xef\xbb\xbf" + text.encode()), "", text)
    yield Mail("bom-html-undeclared", part(b"\xef\xbb\xbf" + text.encode(), "text/html"), "", "", text)
    wide = b64(text.encode("utf-16"))
    yield Mail("bom-utf-16", part(wide, "text/plain; charset=utf-16", "Content-Transfer-Encoding: base64"), "", text)
    wide = b64(b"\xfe\xff" + text.encode("utf-16-be"))
    yield Mail("bom-utf-16be", part(wide, "text/plain", "Content-Transfer-Encoding: base64"), "", text)


def words(language: Language) -> Iterator[Mail]:
    """Encoded words that are cut: in a letter of UTF-8, and without the padding of base64."""
    text, data = language.text, language.text.encode()
    for at in (4, 7):
        for name, word in (("b", word_b), ("q", word_q)):
            # The seventh byte of all samples is within a letter, or right behind one.
            value = word(data[:at], "UTF-8") + b"\r\n " + word(data[at:], "utf-8")
            yield Mail(f"word-cut-{name}-{at}", mail(b"Subject: " + value, "", "x"), text, "x")
    bare = b"=?utf-8?b?" + b64(data).rstrip(b"=") + b"?="
    yield Mail("word-without-padding", mail(b"Subject: Re: " + bare, "", "x"), f"Re: {text}", "x")
    stream = b64(data)
    split = b"=?utf-8?b?" + stream[:6] + b"?= =?utf-8?b?" + stream[6:] + b"?="
    yield Mail("word-base64-cut", mail(b"Subject: " + split, "", "x"), text, "x")
    mixed = word_b(data[:4], "utf-8") + b" " + word_q(data[4:], "utf-8")
    yield Mail("word-b-then-q", mail(b"Subject: a " + mixed + b" z", "", "x"), f"a {text} z", "x")


def sloppy(language: Language) -> Iterator[Mail]:
    text, data = language.text, language.text.encode()
    for name, encoded in (
        ("7-bit", data), ("UTF-8", data), ("8 bit", data), ("", data), ("none", data), ("Quoted-Printable;", qp(data)),
        ('"quoted-printable"', qp(data)), ("base64 (RFC 2045)", b64(data)), ("BASE-64", b64(data)), ("base64", b64(data).rstrip(b"=")),
        ("base64", b" " + b64(data)[:10] + b"\r\n*-" + b64(data)[10:]),
    ):  # fmt: skip
        yield Mail(
            f"sloppy-{name}-{len(encoded)}",
            part(encoded, "text/plain; charset=utf-8", f"Content-Transfer-Encoding: {name}"),
            "",
            text,
        )


def names(language: Language) -> Iterator[Mail]:
    """Names of files, in pieces and in words."""
    text = language.text.replace(" ", "").strip("!.。")
    data, own = text.encode(), text.encode(language.codec)
    cut = 4
    for name, disposition in (
        ("whole", f"attachment; filename*=UTF-8''{percent(data)}.txt"),
        ("pieces", f"attachment; filename*0*=utf-8''{percent(data[:cut])};\r\n filename*1*={percent(data[cut:])}; filename*2=.txt"),
        ("own-charset", f"attachment; filename*={language.charset}'{language.name}'{percent(own)}.txt"),
        ("word", f'attachment; filename="{word_b(data, "utf-8").decode()}.txt"'),
        ("words-cut", f'attachment;\r\n filename="{word_b(data[:cut], "utf-8").decode()}\r\n {word_b(data[cut:], "utf-8").decode()}.txt"'),
        ("word-in-pieces", f'attachment; filename*0="{word_q(data, "utf-8").decode()[:20]}"; filename*1="{word_q(data, "utf-8").decode()[20:]}.txt"'),
        ("raw", f"attachment; filename={text}.txt"),
        ("both", f"attachment; filename=plain.txt; filename*=utf-8''{percent(data)}.txt"),
    ):  # fmt: skip
        file = part("x", "text/plain", f"Content-Disposition: {disposition}")
        yield Mail(
            f"name-{name}", joined("mixed", part("Hi"), file), "", "Hi", "", ((f"{text}.txt", "text/plain", b"x"),)
        )
    for name, parameter in (("alone", f"name*=utf-8''{percent(data)}.gif"), ("quoted", f'name="{text}.gif"')):
        yield Mail(
            f"name-of-type-{name}",
            joined("mixed", part("Hi"), picture(parameter)),
            "",
            "Hi",
            "",
            ((f"{text}.gif", "image/gif", GIF),),
        )


def named_bodies(language: Language) -> Iterator[Mail]:
    text = language.text
    data = text.encode(language.codec)
    kind = f'text/plain; charset={language.charset}; name="body.txt"'
    yield Mail("named-body", part(data, kind), "", text)
    html = part(
        data,
        f"text/html; charset={language.charset}; name=body.html",
        "Content-Disposition: inline; filename=body.html",
    )
    yield Mail("named-bodies", joined("alternative", part(data, kind), html), "", text, text)


def broken(language: Language) -> Iterator[Mail]:
    text = language.text
    for name, head in (
        ("empty-type", "Content-Type:"), ("one-word", "Content-Type: text"), ("no-type", "Content-Type: ; charset=utf-8"),
        ("no-boundary", "Content-Type: multipart/mixed"), ("lost-boundary", "Content-Type: multipart/mixed; boundary=nowhere"),
    ):  # fmt: skip
        yield Mail(f"broken-{name}", mail(f"Subject: {text}", head, "", text), text, text)
    yield Mail(
        "broken-bom-first",
        b"\xef\xbb\xbf" + mail(f"Subject: {text}", "Content-Type: text/html", "", text),
        text,
        "",
        text,
    )
    unfinished = joined("mixed", part(text)).rpartition(b"--=_B--")[0]
    yield Mail("broken-no-end", mail(f"Subject: {text}") + unfinished, text, text)


KINDS: tuple[Kind, ...] = (bodies_and_subjects, signed, labels, beyond, undeclared, words, sloppy, names, named_bodies, broken)  # fmt: skip
MAILS = [each._replace(name=f"{language.name}-{each.name}") for language in LANGUAGES for kind in KINDS for each in kind(language)]  # fmt: skip
