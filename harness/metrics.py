"""How many calls there were, and how long they took, for Prometheus."""

import threading
from bisect import bisect_left
from collections.abc import Iterator
from typing import Any

from legacygrid.harness.calls import Call

#: Upper edges of the latency's buckets, in seconds.
EDGES = (0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0)


class _Latency:
    """How long the calls of one operation took."""

    def __init__(self) -> None:
        self.buckets = [0] * (len(EDGES) + 1)
        self.total = 0.0

    def add(self, seconds: float) -> None:
        self.buckets[bisect_left(EDGES, seconds)] += 1
        self.total += seconds

    def cumulative(self) -> Iterator[tuple[str, int]]:
        """For each edge, the calls up to it."""
        total = 0
        for edge, count in zip((*map(str, EDGES), "+Inf"), self.buckets, strict=True):
            total += count
            yield edge, total


class Metrics:
    """Counts calls; Prometheus' format is made when somebody asks for it."""

    def __init__(self) -> None:
        self._calls: dict[tuple[str, str, str], int] = {}
        self._latency: dict[str, _Latency] = {}
        self._lock = threading.Lock()

    def count(self, call: Call) -> None:
        """Count a call that was answered."""
        key = call.operation, call.format, call.outcome
        with self._lock:
            self._calls[key] = self._calls.get(key, 0) + 1
            latency = self._latency.get(call.operation) or self._latency.setdefault(
                call.operation, _Latency()
            )
            latency.add(call.seconds or 0)

    def collect(self) -> Iterator[Any]:
        """The families of metrics, as a prometheus_client collector gives them."""
        from prometheus_client.core import CounterMetricFamily, HistogramMetricFamily

        calls = CounterMetricFamily(
            "legacygrid_calls",
            "Calls that were answered.",
            labels=("operation", "format", "outcome"),
        )
        latency = HistogramMetricFamily(
            "legacygrid_call_seconds",
            "Seconds from the arrival of a call to its answer.",
            labels=("operation",),
        )
        with self._lock:
            for key, count in self._calls.items():
                calls.add_metric(key, count)
            for operation, each in self._latency.items():
                latency.add_metric((operation,), list(each.cumulative()), each.total)
        yield from (calls, latency)

    def to_text(self) -> bytes:
        """The exposition format that Prometheus scrapes."""
        from prometheus_client import CollectorRegistry, generate_latest

        registry = CollectorRegistry()
        registry.register(self)
        text: bytes = generate_latest(registry)
        return text
