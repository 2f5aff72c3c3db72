"""`--trace-to`: a collector of OpenTelemetry gets a span for each call, below the client's own."""

import gzip
import http.server
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from emulator import PASSWORD
from wire import Process, Wire, fields, request, wait_until

TRACE, PARENT = "0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331"


class Collector(http.server.ThreadingHTTPServer):
    """Keeps the spans that it is sent."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), TakesSpans)
        self.spans: list[Any] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def handle_error(self, *_: object) -> None:
        """A server that is killed takes its connection with it."""


class TakesSpans(http.server.BaseHTTPRequestHandler):
    server: Collector

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.headers.get("Content-Encoding") == "gzip":
            body = gzip.decompress(body)
        if self.path == "/v1/traces":
            for resource in ExportTraceServiceRequest.FromString(body).resource_spans:
                self.server.spans += [span for scope in resource.scope_spans for span in scope.spans]
        self.send_response(200)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def collector() -> Iterator[Collector]:
    with Collector() as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield server
        server.shutdown()


def told(span: Any) -> dict[str, Any]:
    return {each.key: getattr(each.value, each.value.WhichOneof("value")) for each in span.attributes}


#: What is asked, and what its span says.
CALLS = {
    "done": ("/api/profile.get.json", {}, {"operation": "profile.get", "outcome": "done", "caller": "acme"}),
    "refused": ("/api/profile.get.json", {"api_key": "wr0ng"}, {"outcome": "refused", "refused": "WrongCredentials"}),
    "unmatched": ("/api/nothing.here.json", {}, {"outcome": "unmatched", "refused": "UnknownMethod"}),
}


@pytest.mark.waits
def test_each_call_is_a_span(tmp_path: Path, collector: Collector, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OTEL_BSP_SCHEDULE_DELAY", "20")
    options = ("--account", f"acme:{PASSWORD}", "--trace-to", collector.url)
    header = {"traceparent": f"00-{TRACE}-{PARENT}-01"}
    with Process(tmp_path, f"sqlite:///{tmp_path}/store.db", *options) as server, Wire(server.url) as wire:
        for path, params, _ in CALLS.values():
            wire.send(request("POST", path, fields("acme", **params), **header)).read()
        assert wait_until(lambda: len(collector.spans) == len(CALLS))
    for span, (_, params, expect) in zip(collector.spans, CALLS.values(), strict=True):
        assert (span.trace_id.hex(), span.parent_span_id.hex()) == (TRACE, PARENT)
        assert span.name == told(span).get("legacygrid.operation", "POST")
        assert {f"legacygrid.{name}": value for name, value in expect.items()}.items() <= told(span).items()
        assert told(span)["legacygrid.evidence"] in ("recorded", "pasted", "documented", "client", "inferred")
        assert span.end_time_unix_nano > span.start_time_unix_nano
        assert not any(value in str(told(span)) for value in (PASSWORD, *params.values()))


def test_a_collector_that_is_not_there_harms_nobody(tmp_path: Path) -> None:
    options = ("--account", f"acme:{PASSWORD}", "--trace-to", "http://127.0.0.1:1")
    with Process(tmp_path, f"sqlite:///{tmp_path}/store.db", *options) as server, Wire(server.url) as wire:
        assert wire.send(request("POST", "/api/profile.get.json", fields("acme"))).read().status == 200
        server.signal(signal.SIGTERM)
        assert server.status(20) == 0
    assert "Traceback" not in server.log.read_text()
