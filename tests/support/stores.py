"""Stores that each version made of itself; see `tests/models/stores/make.py`."""

from pathlib import Path

STORES = Path(__file__).parents[1] / "models" / "stores"
#: Of everybody in them.
PASSWORD_OF_ALL = "a-password-of-1"
