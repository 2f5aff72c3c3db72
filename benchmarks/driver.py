"""One version of Legacygrid, in a process of its own: `driver.py FOLDER [legacygrid ...]`.

FOLDER has it as `legacygrid`. Alone, it makes calls of its application, as many of a kind as each
line of standard input asks for, and answers with the processor seconds that they took. With more,
it is that command. It knows of the version no more than `create_app` and the command line.
"""

import io
import itertools
import json
import sys
import time
from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

NAME, PASSWORD = "bench-parent", "parent-password1"
OWNER = {"api_user": NAME, "api_key": PASSWORD}
NEW = {
    "password": "somepass1", "confirm_password": "somepass1", "email": "sub@example.com",
    "first_name": "first", "last_name": "last", "address": "555 anystreet", "city": "any city",
    "state": "CA", "zip": "91234", "country": "US", "phone": "555-555", "website": "example.com",
    "company": "company",
}  # fmt: skip
MAIL = {"to": "a@example.com", "from": "b@example.com", "subject": "Hello", "text": "hello"}
numbers = itertools.count()
Request = tuple[str, str, str, bytes]


def form(path: str, **params: Any) -> Request:
    """A form of the account's owner."""
    body = urlencode(OWNER | params).encode()
    return "POST", path, "application/x-www-form-urlencoded", body


def document(path: str, **members: Any) -> Request:
    """A JSON document."""
    return "POST", path, "application/json", json.dumps(members).encode()


KINDS: dict[str, Callable[[], Request]] = {
    "profile.get": lambda: form("/api/profile.get.json"),
    "customer.profile get, one of 100": lambda: form(
        "/apiv2/customer.profile.json", task="get", username="subuser-042"
    ),
    "customer.profile get, all of 100": lambda: form("/apiv2/customer.profile.json", task="get"),
    "a list as JSON": lambda: form("/apiv2/customer.profile.json", task="get"),
    "a list as XML": lambda: form("/apiv2/customer.profile.xml", task="get"),
    "customer.add": lambda: form(
        "/apiv2/customer.add.json", username=f"new-{next(numbers)}", **NEW
    ),
    "mail.send": lambda: form("/api/mail.send.json", **MAIL),
    "SMTP2GO email/send": lambda: document(
        "/v3/email/send",
        api_key=f"api-{'k' * 32}",
        sender="b@example.com",
        to=["a@example.com"],
        subject="Hello",
        text_body="hello",
    ),
    "control API: calls that fit": lambda: document(
        "/__admin/requests/find", operation="mail.send"
    ),
    "console: the page to log in": lambda: ("GET", "/console/login", "", b""),
}


def environ(method: str, path: str, content_type: str, body: bytes) -> dict[str, Any]:
    """A WSGI environ as a server makes it."""
    return {
        "REQUEST_METHOD": method, "SCRIPT_NAME": "", "PATH_INFO": path, "QUERY_STRING": "",
        "SERVER_NAME": "127.0.0.1", "SERVER_PORT": "8026", "SERVER_PROTOCOL": "HTTP/1.1",
        "REMOTE_ADDR": "127.0.0.1", "HTTP_HOST": "127.0.0.1:8026", "CONTENT_TYPE": content_type,
        "CONTENT_LENGTH": str(len(body)), "wsgi.version": (1, 0), "wsgi.url_scheme": "http",
        "wsgi.input": io.BytesIO(body), "wsgi.input_terminated": True, "wsgi.errors": io.StringIO(),
        "wsgi.multithread": True, "wsgi.multiprocess": False, "wsgi.run_once": False,
    }  # fmt: skip


def seconds(app: Any, environs: list[dict[str, Any]]) -> float:
    """Processor seconds of these calls; all of them have to succeed."""
    statuses: list[str] = []
    bodies = []
    started = time.process_time()
    for each in environs:
        chunks = app(each, lambda status, headers, exc_info=None: statuses.append(status))
        bodies.append(b"".join(chunks))
        if hasattr(chunks, "close"):
            chunks.close()
    spent = time.process_time() - started
    wrong = [body for status, body in zip(statuses, bodies, strict=True) if status[:3] != "200"]
    assert not wrong, wrong[0][:300]
    assert b'"error"' not in bodies[0][:300], bodies[0][:300]
    return spent


def drive() -> None:
    """Answer until standard input ends."""
    from legacygrid.app import create_app

    app = create_app()
    for line in sys.stdin:
        name, count = json.loads(line)
        print(seconds(app, [environ(*KINDS[name]()) for _ in range(count)]), flush=True)


if __name__ == "__main__":
    # An editable install would mix this checkout's modules with those of the folder.
    sys.path[:] = [each for each in sys.path[1:] if "__editable__" not in each]
    sys.meta_path[:] = [each for each in sys.meta_path if "Editable" not in repr(each)]
    sys.path.insert(0, sys.argv[1])
    if sys.argv[2:]:
        from legacygrid.cli import main

        sys.argv = sys.argv[2:]
        sys.exit(main())
    drive()
