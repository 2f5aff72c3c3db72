"""The files of a mail, and its header fields, as the outbox lists them."""

from legacygrid.mail.mime.parsed_mail import ParsedMail

RAW = (
    b"Subject: =?utf-8?q?Zo=C3=AB?=\r\nX-Long: a\r\n b\r\nReceived: 1\r\nreceived: 2\r\n"
    b"Content-Type: multipart/mixed; boundary=B\r\n\r\n--B\r\n\r\nHi\r\n"
    b"--B\r\nContent-Type: image/png; name=a.png\r\nContent-ID: <p@x>\r\nContent-Disposition: Inline\r\n"
    b"Content-Transfer-Encoding: base64\r\n\r\niVBORw==\r\n"
    b"--B\r\nContent-Disposition: attachment; filename=b.txt\r\n\r\n\r\n--B--"
)


def test_files_have_name_type_size_content_id_disposition_and_bytes() -> None:
    assert [
        (each.number, each.name, each.type, each.size, each.content_id, each.disposition, each.content)
        for each in ParsedMail.parse(RAW).files
    ] == [
        (2, "a.png", "image/png", 4, "p@x", "inline", b"\x89PNG"),
        (3, "b.txt", "text/plain", 0, "", "attachment", b""),
    ]


def test_header_fields_are_listed_as_they_are_read() -> None:
    assert ParsedMail.parse(RAW).headers == [
        ("Subject", "Zoë"),
        ("X-Long", "a b"),
        ("Received", "1"),
        ("received", "2"),
        ("Content-Type", "multipart/mixed; boundary=B"),
    ]
