"""What is done to a mail on its way out, as the tests of it have it done."""

from urllib.parse import quote

from legacygrid.mail.mime.effects import Effects


def tracked(target: str) -> str:
    return f"http://t/{quote(target, safe='')}?a&b"


OPEN = Effects(open_pixel_url="http://t/o?a&b")
CLICK = Effects(click=tracked)
FOOT = Effects(footer_html="<p>é</p>", footer_text="é")
ASCII_FOOT = Effects(footer_html="<p>foot</p>", footer_text="foot")
ALL = Effects("http://t/o", tracked, True, "<p>é %%EMAIL%%</p>", "é <% Leave: %>", "http://u/", "a@b")
HTML = b"Content-Type: text/html\r\n\r\n"


CTE = b"Content-Transfer-Encoding: "
