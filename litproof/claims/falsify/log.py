"""Finished trials in a file of lines, each written when it is known: whatever ends a run, nothing of it is lost."""

import json
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from litproof.claims.falsify.trial import Task, Trial, from_json, to_json
from litproof.claims.store import fingerprint
from litproof.errors import InputError
from litproof.lines import Lines

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
        header = header_of(task)
        try:
            with path.open("rb") as stream:
                begun = _check(stream.readline(), header, str(path))
        except FileNotFoundError:
            begun = False
        except OSError as error:
            raise InputError(f"cannot be read: {error.strerror}", source=str(path)) from None
        self._lines = Lines(path)
        if not begun:
            self._lines.add(header)

    def trials(self) -> Iterator[Trial]:
        """Those that are kept, in the order of the file; lines that are none are left out."""
        for place, data in self._lines:
            if place:
                with suppress(ValueError, KeyError, TypeError, AttributeError):
                    yield from_json(data)

    def add(self, trial: Trial) -> None:
        """Append one trial."""
        self._lines.add(to_json(trial))

    def close(self) -> None:
        """No more lines."""
        self._lines.close()


def _check(first: bytes, header: dict[str, object], source: str) -> bool:
    """Whether a file's first line is the header; False where not even that was finished."""
    if not first.endswith(b"\n"):
        if first and not json.dumps(header).encode().startswith(first):
            raise InputError("expected a results file of falsify", source=source)
        return False
    try:
        present = json.loads(first)
    except ValueError:
        present = None
    if not isinstance(present, dict) or "claim file" not in present:
        raise InputError("expected a results file of falsify", source=source)
    changed = [name for name, value in header.items() if present.get(name) != value]
    if changed:
        name = "version of litproof" if changed[0] == "litproof" else changed[0]
        raise InputError(
            f"cannot be resumed: its {name} is another one; take another file, or remove this one",
            source=source,
        )
    return True
