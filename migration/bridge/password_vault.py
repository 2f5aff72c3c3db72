"""Passwords of subusers that the bridge has seen, for those who want that: v3 changes one only for
who says the old one, which v2 never asked for.
"""

import json
import os
import tempfile
import threading
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from legacygrid.migration import table
from legacygrid.migration.calls.shared import USER
from legacygrid.migration.rows import Row
from legacygrid.migration.steps import Ask
from legacygrid.models.names import fold
from legacygrid.reasons import SetupError

#: The name of what v3 asks for.
NEEDED = "old_password"
#: How a bridge comes to know old passwords.
TELL_NO_VAULT = ", which no call of v2 has: --vault FILE lets the bridge keep passwords."


def _on_behalf() -> Row:
    """The row of one's own password, on behalf of a subuser."""
    (row,) = table.find_all("password.set")
    asks = [step._replace(as_user=USER) for step in row.steps if isinstance(step, Ask)]
    return replace(row, operation="customer.password", steps=tuple(asks))


#: What becomes of customer.password where the old password is known.
BY_VAULT = _on_behalf()


class PasswordVault:
    """A file of passwords that its owner alone may read.

    :raises SetupError: it cannot be read, or others can.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._passwords: dict[str, str] = _read(path) if path.exists() else {}
        self._write()

    def __repr__(self) -> str:
        return f"<PasswordVault {self._path}>"

    def needs(self, name: str) -> Mapping[str, str]:
        """What v3 asks for to change the password of an account, if it is known."""
        password = self._passwords.get(fold(name))
        return {} if password is None else {NEEDED: password}

    def tell_unknown(self, name: str) -> str:
        """How the password of an account gets in, as the end of a sentence; it names the file
        without its folder, as callers read that.
        """
        row = json.dumps({fold(name): "PASSWORD"}, ensure_ascii=False)[1:-1]
        return (
            f", and the vault {self._path.name} does not know that of {name}: write {row} into it"
            " while the bridge does not run."
        )

    def note(self, operation: str, task: str, whose: str, params: Mapping[str, Any]) -> None:
        """Keep what a call that was carried out has changed.

        :param whose: the account that it was about.
        """
        with self._lock:
            match operation, task:
                case "customer.add", _:
                    self._passwords[fold(str(params["username"]))] = str(params["password"])
                case (("customer.password" | "password.set"), _):
                    self._passwords[fold(whose)] = str(params["password"])
                case "customer.profile", "setUsername":
                    if (password := self._passwords.pop(fold(whose), None)) is not None:
                        self._passwords[fold(str(params["username"]))] = password
                case "customer.delete", _:
                    self._passwords.pop(fold(whose), None)
                case _:
                    return
            self._write()

    def _write(self) -> None:
        """Put a new file in the place of the old one, whole or not at all."""
        text = json.dumps(self._passwords, indent=1, sort_keys=True)
        try:
            # Nobody else may read it from the first byte on.
            number, name = tempfile.mkstemp(prefix=self._path.name, dir=self._path.parent)
            try:
                with os.fdopen(number, "w", encoding="utf-8") as file:
                    file.write(text)
                os.replace(name, self._path)
            except BaseException:
                with suppress(OSError):
                    os.unlink(name)
                raise
        except OSError as error:
            raise SetupError(f"{self._path} cannot be written: {error.strerror}") from None


def _read(path: Path) -> dict[str, str]:
    try:
        if path.stat().st_mode & 0o077:
            raise SetupError(f"{path} can be read by others: chmod 600 {path}")
        found = json.loads(path.read_text("utf-8"))
    except OSError as error:
        raise SetupError(f"{path} cannot be read: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise SetupError(f"{path} is no JSON object of names and passwords") from None
    if not isinstance(found, dict) or not all(isinstance(each, str) for each in found.values()):
        raise SetupError(f"{path} is no JSON object of names and passwords")
    return found
