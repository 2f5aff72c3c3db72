"""As much of Web API v3 as the port needs: /v3/subusers, in memory."""

import json
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit


class Stub(ThreadingHTTPServer):
    """A v3 without anybody."""

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.subusers = {}


class Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        wanted = parse_qs(urlsplit(self.path).query).get("username")
        self.answer(
            200, [row for name, row in self.server.subusers.items() if not wanted or name in wanted]
        )

    def do_POST(self):
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if told["username"] in self.server.subusers:
            return self.answer(
                400, {"errors": [{"field": "username", "message": "Username already exists"}]}
            )
        row = {"username": told["username"], "email": told["email"], "disabled": False}
        self.server.subusers[told["username"]] = row
        return self.answer(201, row)

    def do_PATCH(self):
        told = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.on_subuser(lambda row: row.update(told))

    def do_DELETE(self):
        self.on_subuser(lambda row: self.server.subusers.pop(row["username"]))

    def on_subuser(self, deed):
        row = self.server.subusers.get(self.path.rpartition("/")[2])
        if row is None:
            return self.answer(404, {"errors": [{"field": None, "message": "no such subuser"}]})
        deed(row)
        return self.answer(204)

    def answer(self, status, told=None):
        body = b"" if told is None else json.dumps(told).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass
