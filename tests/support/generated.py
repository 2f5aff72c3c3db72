"""How much generated input a test gets: little in the gate, and much where somebody waits for it (`make fuzz`)."""

import os

from hypothesis import HealthCheck, settings

#: How many times as much as the gate has.
FUZZ = int(os.environ.get("FUZZ", "1"))


def budget(examples: int) -> settings:
    """That many examples in the gate, the same ones each time where `CI` is set."""
    return settings(
        max_examples=examples * FUZZ,
        derandomize="CI" in os.environ and FUZZ == 1,
        database=None,
        deadline=None,
        suppress_health_check=[
            HealthCheck.too_slow,
            HealthCheck.data_too_large,
            HealthCheck.function_scoped_fixture,
        ],
    )
