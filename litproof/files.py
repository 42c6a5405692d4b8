"""Writing files so that they are whole or absent, and the directories for them."""

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


def check_directory(directory: Path) -> None:
    """Refuse, before any work, a place where files cannot be written; nothing is created.

    Raises
    ------
    InputError : a file is in the way, or the directory (or the one above, for a new one) is missing or not writable.
    """
    if directory.exists() and not directory.is_dir():
        raise InputError("is a file, expected a directory to write to", source=str(directory))
    above = directory.absolute().parent
    if not directory.exists() and not above.is_dir():
        raise InputError(f"the directory {str(directory.parent)!r} does not exist", source=str(directory))
    place = directory if directory.exists() else above
    if not os.access(place, os.W_OK):
        raise InputError(f"the directory {str(place)!r} is not writable", source=str(directory))


def make_directory(directory: Path) -> None:
    """Create a directory where there is none; the one above must exist.

    Raises
    ------
    InputError : as `check_directory`, and whatever the system refuses.
    """
    check_directory(directory)
    try:
        directory.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be created: {error.strerror}", source=str(directory)) from None
