"""Spans of OpenTelemetry: each call is one, below that of the client that made it. An extra."""

import time
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import SpanKind, Status, StatusCode
from opentelemetry.trace.propagation.tracecontext import TraceContextTextMapPropagator

if TYPE_CHECKING:
    from legacygrid.harness.calls import Call
    from legacygrid.registry.evidence import Evidence

#: Where a collector takes spans, as its specification has it.
_PATH = "/v1/traces"
_PARENTS = TraceContextTextMapPropagator()


class Tracing:
    """Sends them to a collector, on a thread of its own and several at a time; those that it does
    not take are dropped. The variables `OTEL_*` of the SDK count, too.

    :param url: of a collector that speaks OTLP over HTTP; without a path, spans go to /v1/traces.
    :param known: how well the success of each task of an operation is known.
    """

    def __init__(self, url: str, known: Mapping[tuple[str, str], "Evidence"]) -> None:
        self._known = known
        whole = url if urlsplit(url).path.strip("/") else url.rstrip("/") + _PATH
        # It sends what waits as the process ends.
        provider = TracerProvider(resource=Resource.create({"service.name": "legacygrid"}))
        provider.add_span_processor(BatchSpanProcessor(OTLPSpanExporter(endpoint=whole)))
        self._tracer = provider.get_tracer("legacygrid")

    def record(self, call: "Call") -> None:
        """A call is answered."""
        end = time.time_ns()
        span = self._tracer.start_span(
            call.operation or call.method,
            _PARENTS.extract({"traceparent": call.traceparent}),
            SpanKind.SERVER,
            self._describe(call),
            start_time=end - int((call.seconds or 0) * 1e9),
        )
        if call.status is None or call.status >= 500:
            span.set_status(Status(StatusCode.ERROR))
        span.end(end)

    def _describe(self, call: "Call") -> dict[str, Any]:
        """What a span says, by the names of the semantic conventions where there are some."""
        refusal = call.refusal
        # In v3, tasks are verbs.
        known = self._known.get((call.operation, call.task or call.method)) or self._known.get(
            (call.operation, call.task)
        )
        evidence = call.evidence if refusal else known
        told = {
            "http.request.method": call.method,
            "http.response.status_code": call.status,
            "url.path": call.shown_path,
            "user_agent.original": call.user_agent,
            "legacygrid.operation": call.operation,
            "legacygrid.task": call.task,
            "legacygrid.outcome": call.outcome,
            "legacygrid.evidence": evidence and evidence.level,
            "legacygrid.refused": type(refusal).__name__ if refusal else "",
            "legacygrid.hint": refusal.hint if refusal else "",
            "legacygrid.fault": call.fault.number if call.fault else None,
            "legacygrid.caller": call.caller,
            "legacygrid.account": call.account,
            "legacygrid.world": call.world,
        }
        return {name: value for name, value in told.items() if value not in ("", None)}
