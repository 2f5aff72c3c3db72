"""Flask, without what a start need not wait for."""

import threading
from collections.abc import Callable, Iterator
from functools import cache, partial
from typing import Any

from flask import Flask, Request
from werkzeug import routing
from werkzeug.routing import Map, MapAdapter


class LateRules(Map):
    """Flask's rules. Those of the operations, which are answered before Flask, are made when
    somebody lists them, as `flask routes` does: no start waits for them.
    """

    of_operations: Iterator[routing.Rule] = iter(())
    complete: Callable[[], None]

    def iter_rules(self, endpoint: str | None = None) -> Iterator[routing.Rule]:
        """All of them."""
        self.complete()
        for rule in self.of_operations:
            self.add(rule)
        return super().iter_rules(endpoint)


class LateRule(routing.Rule):
    """A rule that learns to build URLs when somebody wants one of it: nobody does of most, and that
    is most of what a rule takes.
    """

    def _compile_builder(self, append_unknown: bool = True) -> Callable[..., tuple[str, str]]:
        compiled = cache(partial(super()._compile_builder, append_unknown))
        return lambda rule, **values: compiled()(rule, **values)


class Application(Flask):
    """Answers what is no call of a system, by pages that are added when the first of them is asked
    for: to import them takes as long as all systems.
    """

    url_rule_class = LateRule
    url_map_class = LateRules
    url_map: LateRules
    #: Adds them.
    add_pages: Callable[[], None] | None = None

    def __init__(self, *args: Any, **options: Any) -> None:
        self._lock = threading.RLock()
        super().__init__(*args, **options)
        self.url_map.complete = self.complete

    def complete(self) -> None:
        """Add the pages, unless they are there; any thread may."""
        with self._lock:
            add, self.add_pages = self.add_pages, None
            if add is not None:
                add()

    def create_url_adapter(self, request: Request | None) -> MapAdapter | None:
        """Flask's; it begins each request with that, before what may add nothing more."""
        self.complete()
        return super().create_url_adapter(request)

    def log_exception(self, exc_info: Any) -> None:
        """Flask's own line has the message, which may hold what a client sent."""
