"""Finished trials in a file of lines, each written when it is known: whatever ends a run, nothing of it is lost."""

import json
import os
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from litproof.claims.falsify.trial import Task, Trial, from_json, to_json
from litproof.claims.store import fingerprint
from litproof.errors import InputError

SCHEMA = 1


def header_of(task: Task) -> dict[str, object]:
    """What must be the same for trials to be reused. How many are asked for need not."""
    text = Path(task.origin).read_bytes() if task.origin else b""
    return {
        "schema": SCHEMA,
        "claim": task.claim,
        "claim file": sha256(text).hexdigest() if task.origin else "",
        "seed": task.seed,
        "digits": task.digits,
        "operations": task.operations,
        "litproof": fingerprint(),
    }


class Log:
    """A results file, open for appending; its first line says what was asked for.

    Raises
    ------
    InputError : the file cannot be used, is no results file, or belongs to another claim, claim file, version or
        options; nothing is changed then.
    """

    def __init__(self, path: Path, task: Task) -> None:
        self._path = path
        header = header_of(task)
        try:
            whole = self._check(header) if path.exists() else 0
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
            os.ftruncate(self._file, whole)  # a line that was torn when a run was killed
        except OSError as error:
            raise InputError(f"cannot be written: {error.strerror}", source=str(path)) from None
        if not whole:
            self._write(header)

    def _check(self, header: dict[str, object]) -> int:
        """Length of the whole lines; 0 where not even the first one was finished."""
        with self._path.open("rb") as stream:
            first = stream.readline()
            if not first.endswith(b"\n"):
                if first and not json.dumps(header).encode().startswith(first):
                    raise InputError("expected a results file of falsify", source=str(self._path))
                return 0
            try:
                present = json.loads(first)
            except ValueError:
                present = None
            if not isinstance(present, dict) or "claim file" not in present:
                raise InputError("expected a results file of falsify", source=str(self._path))
            changed = [name for name, value in header.items() if present.get(name) != value]
            if changed:
                name = "version of litproof" if changed[0] == "litproof" else changed[0]
                raise InputError(
                    f"cannot be resumed: its {name} is another one; take another file, or remove this one",
                    source=str(self._path),
                )
            whole = len(first)
            for line in stream:
                whole += len(line) if line.endswith(b"\n") else 0
        return whole

    def trials(self) -> Iterator[Trial]:
        """Those that are kept, in the order of the file; lines that do not parse are left out."""
        with self._path.open("rb") as stream:
            next(stream)
            for line in stream:
                try:
                    yield from_json(json.loads(line))
                except (ValueError, KeyError, TypeError, AttributeError):
                    continue

    def add(self, trial: Trial) -> None:
        """Append one trial: one system call, so that what is killed afterwards cannot take it back."""
        self._write(to_json(trial))

    def _write(self, data: object) -> None:
        line = json.dumps(data).encode() + b"\n"
        try:
            if os.write(self._file, line) != len(line):
                raise InputError("cannot be written: no space left", source=str(self._path))
        except OSError as error:
            raise InputError(f"cannot be written: {error.strerror}", source=str(self._path)) from None

    def close(self) -> None:
        """No more lines."""
        os.close(self._file)
