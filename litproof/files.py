"""Writing files so that they are whole or absent."""

import os
import tempfile
from collections.abc import Iterable
from pathlib import Path

from litproof.errors import InputError


def write_atomically(path: Path, text: str | Iterable[str]) -> None:
    """Replace `path` by a text, or by pieces of one, in one step; the old file stays until the new one is complete.

    Raises
    ------
    InputError : the directory is missing or not writable.
    """
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        temporary = Path(name)
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as stream:
                stream.writelines([text] if isinstance(text, str) else text)
            mask = os.umask(0)
            os.umask(mask)
            temporary.chmod(0o666 & ~mask)
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(f"cannot be written: {error.strerror}", source=str(path)) from None
