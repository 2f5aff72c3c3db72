"""Who traces calls with OpenTelemetry, which is an extra."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from legacygrid.models.files import StoreError
from legacygrid.registry.system import System

if TYPE_CHECKING:
    from legacygrid.harness.spans import Tracing


def open_tracing(url: str, systems: Iterable[System]) -> "Tracing | None":
    """What is told of each call; none without a collector.

    :param url: of the collector.
    :raises StoreError: the extra is missing.
    """
    if not url:
        return None
    from legacygrid.registry.fidelity import list_tasks

    try:
        from legacygrid.harness.spans import Tracing
    except ImportError:
        raise StoreError(
            "--trace-to needs OpenTelemetry's SDK: pip install 'legacygrid[otel]'"
        ) from None
    tasks = list_tasks(systems)
    return Tracing(url, {(each.name, task.name): task.contract.evidence for each, task in tasks})
