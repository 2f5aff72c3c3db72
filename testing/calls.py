"""The calls that a client made, as a test looks at them."""

from collections.abc import Mapping
from typing import Any

from legacygrid.testing import failures
from legacygrid.testing.admin import Admin
from legacygrid.testing.records import RecordedCall
from legacygrid.testing.waiting import Duration, to_seconds, wait_until

#: Words of `assert_called` that are no parameters of the call.
CRITERIA = frozenset(
    (
        "account",
        "task",
        "format",
        "method",
        "caller",
        "credentials_from",
        "outcome",
        "status",
        "after",
    )
)


class ReceivedCalls:
    """What came into a world.

    :param admin: the control API, narrowed to the world.
    """

    def __init__(self, admin: Admin) -> None:
        self.admin = admin
        self.strict = True

    @property
    def requests(self) -> list[RecordedCall]:
        """The calls that came in, oldest first."""
        return self.admin.requests()

    def assert_called(
        self, operation: str, times: int | None = None, **wanted: Any
    ) -> list[RecordedCall]:
        """Assert that an operation was called; the calls that match.

        :param operation: its name on the wire, such as `customer.add`.
        :param times: how often exactly; by default, at least once.
        :param wanted: parameters that the call had, among others; secrets are not recorded. One
            value fits a parameter that was given several times if it is one of them. The names
            account, task, format, method, caller, credentials_from, outcome, status and after are
            those of `Admin.requests`.
        :raises AssertionError: with the nearest call, and where it differs.
        :raises AdminError: there is no such operation.
        """
        __tracebackhide__ = True
        found = self.admin.find(operation=operation, **_criteria(wanted))
        if times is None and not found.requests:
            raise AssertionError(failures.not_called(operation, wanted, found))
        if times is not None and len(found.requests) != times:
            raise AssertionError(failures.called_otherwise(operation, times, wanted, found))
        return found.requests

    def assert_not_called(self, operation: str, **wanted: Any) -> None:
        """Assert that an operation was not called. Parameters and errors as at `assert_called`."""
        __tracebackhide__ = True
        self.assert_called(operation, 0, **wanted)

    def wait_for_call(self, operation: str, timeout: Duration = 5, **wanted: Any) -> RecordedCall:
        """Wait until an operation was called and answered; the first call that matches, which may
        have come before.

        :param timeout: seconds, or `5s`, `500ms`, `1m`.
        :param wanted: as at `assert_called`.
        :raises AssertionError: it was not called in that time; with the nearest call, and where it
            differs.
        :raises AdminError: there is no such operation.
        """
        __tracebackhide__ = True
        return self.wait_for_calls(operation, 1, timeout, **wanted)[0]

    def wait_for_calls(
        self, operation: str, times: int, timeout: Duration = 5, **wanted: Any
    ) -> list[RecordedCall]:
        """Wait until an operation was called so often, or more often; the calls that match.
        Parameters and errors as at `wait_for_call`.
        """
        __tracebackhide__ = True
        seconds = to_seconds(timeout)
        criteria = {"operation": operation, "count": times, **_criteria(wanted)}
        found = wait_until(
            seconds,
            lambda wait: self.admin.find(wait=wait, **criteria),
            lambda found: len(found.requests) >= times,
        )
        if not found.requests:
            raise AssertionError(failures.not_called(operation, wanted, found, seconds))
        if len(found.requests) < times:
            text = failures.called_otherwise(operation, times, wanted, found, seconds)
            raise AssertionError(text)
        return found.requests

    def allow_unmatched(self) -> None:
        """Accept calls that match no operation; without this, they fail the test at its end."""
        self.strict = False

    def assert_all_matched(self) -> None:
        """Assert that every call matched an operation.

        :raises AssertionError: with those that did not.
        """
        __tracebackhide__ = True
        if unmatched := self.admin.unmatched():
            raise AssertionError(failures.unmatched(unmatched))


def _criteria(wanted: Mapping[str, Any]) -> dict[str, Any]:
    own = {name: value for name, value in wanted.items() if name in CRITERIA}
    # What came over the wire is text.
    params = {name: _as_sent(value) for name, value in wanted.items() if name not in CRITERIA}
    return own | ({"params": params} if params else {})


def _as_sent(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return [_as_sent(each) for each in value]
    return str(value) if type(value) in (int, float) else value
