"""An editor, as far as these tests need one: what pyright's language server answers over its standard streams."""

import json
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SERVER = Path(sys.executable).with_name("pyright-langserver")


@dataclass
class Editor:
    """A folder that is open in an editor."""

    folder: Path
    process: Any
    notes: list[dict[str, Any]] = field(default_factory=list)
    _number: int = 0

    def ask(self, method: str, **params: Any) -> Any:
        """The result of one request; what the server asks meanwhile is answered with nothing."""
        self._number += 1
        self._send(id=self._number, method=method, params=params)
        while True:
            message = self._read()
            if "method" in message and "id" in message:
                items = message["params"].get("items", []) if isinstance(message["params"], dict) else []
                self._send(id=message["id"], result=[{} for _ in items] or None)
            elif message.get("id") == self._number:
                assert "error" not in message, message["error"]
                return message["result"]
            else:
                self.notes.append(message)

    def tell(self, method: str, **params: Any) -> None:
        self._send(method=method, params=params)

    def open(self, file: str) -> None:
        path = self.folder / file
        document = {"uri": path.as_uri(), "languageId": "python", "version": 1, "text": path.read_text("utf-8")}
        self.tell("textDocument/didOpen", textDocument=document)

    def at(self, file: str, text: str) -> dict[str, Any]:
        """The place in a file where the text begins for the first time."""
        before, found, _ = (self.folder / file).read_text("utf-8").partition(text)
        assert found, f"{text!r} is not in {file}"
        position = {"line": before.count("\n"), "character": len(before) - before.rfind("\n") - 1}
        return {"textDocument": {"uri": (self.folder / file).as_uri()}, "position": position}

    def definition(self, file: str, text: str) -> set[str]:
        """The files in which the name that begins there is defined."""
        return self._files(place["uri"] for place in self.ask("textDocument/definition", **self.at(file, text)))

    def references(self, file: str, text: str) -> set[str]:
        """The files in which the name that begins there is used."""
        context = {"includeDeclaration": True}
        found = self.ask("textDocument/references", **self.at(file, text), context=context)
        return self._files(place["uri"] for place in found or [])

    def rename(self, file: str, text: str, to: str) -> set[str]:
        """The files that would change if the name that begins there were another."""
        found = self.ask("textDocument/rename", **self.at(file, text), newName=to) or {}
        changed = set(found.get("changes", {}))
        changed |= {each["textDocument"]["uri"] for each in found.get("documentChanges", [])}
        return self._files(changed)

    def _files(self, uris: Any) -> set[str]:
        return {uri.removeprefix(f"{self.folder.as_uri()}/") for uri in uris}

    def _send(self, **message: Any) -> None:
        body = json.dumps({"jsonrpc": "2.0"} | message).encode()
        self.process.stdin.write(b"Content-Length: %d\r\n\r\n" % len(body) + body)
        self.process.stdin.flush()

    def _read(self) -> dict[str, Any]:
        length = 0
        while (line := self.process.stdout.readline()) != b"\r\n":
            assert line, "the language server ended"
            name, _, value = line.partition(b":")
            length = int(value) if name.lower() == b"content-length" else length
        message: dict[str, Any] = json.loads(self.process.stdout.read(length))
        return message


@contextmanager
def editing(folder: Path) -> Iterator[Editor]:
    """An editor that has opened the folder."""
    with subprocess.Popen([SERVER, "--stdio"], cwd=folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            editor = Editor(folder, process)
            workspace = {"uri": folder.as_uri(), "name": folder.name}
            capabilities = {
                "workspace": {"workspaceFolders": True, "workspaceEdit": {"documentChanges": True}},
                "textDocument": {"rename": {"prepareSupport": True}},
            }
            editor.ask(
                "initialize",
                processId=None,
                rootUri=folder.as_uri(),
                workspaceFolders=[workspace],
                capabilities=capabilities,
            )
            editor.tell("initialized")
            yield editor
            editor.ask("shutdown")
            editor.tell("exit")
        finally:
            process.kill()
