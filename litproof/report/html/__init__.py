"""The report as one HTML page that needs no network: tables, formulas, digits, pictures of the flows."""

from collections.abc import Callable
from pathlib import Path

from litproof.claims.verification import Report
from litproof.errors import InputError
from litproof.files import write_atomically

FILE = "index.html"


def check_directory(directory: Path) -> None:
    """Refuse, before any work, a place where the page cannot be written; nothing is created.

    Raises
    ------
    InputError : a file is in the way, or the directory above is missing.
    """
    if directory.exists() and not directory.is_dir():
        raise InputError("is a file, expected a directory to write the report to", source=str(directory))
    if not directory.exists() and not directory.absolute().parent.is_dir():
        raise InputError(f"the directory {str(directory.parent)!r} does not exist", source=str(directory))


def write_html(
    report: Report, directory: Path, *, jobs: int = 1, progress: Callable[[int, int], None] | None = None
) -> Path:
    """Follow the flows of the report once more for their pictures, and write the page.

    Parameters
    ----------
    directory : created when missing (its parent must exist); the page is `index.html` in it.
    jobs : worker processes for the pictures.
    progress : called with (finished, total) pictures.

    Raises
    ------
    InputError : the directory cannot be written.
    """
    from litproof.report.html.page import page, pictures

    check_directory(directory)
    # After Ctrl-C the page is written at once, without pictures.
    text = page(report, pictures(report, jobs, progress) if report.complete else {})
    try:
        directory.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be created: {error.strerror}", source=str(directory)) from None
    path = directory / FILE
    write_atomically(path, text)
    return path
