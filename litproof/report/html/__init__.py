"""The report for a browser: an index and a page a claim that need no network, with the files to check them by."""

from collections.abc import Callable
from pathlib import Path

from litproof.claims.verification import Report
from litproof.errors import InputError
from litproof.files import write_atomically


def check_directory(directory: Path) -> None:
    """Refuse, before any work, a place where files cannot be written; nothing is created.

    Raises
    ------
    InputError : a file is in the way, or the directory (or the one above, for a new one) is missing or not writable.
    """
    from os import W_OK, access

    if directory.exists() and not directory.is_dir():
        raise InputError("is a file, expected a directory to write to", source=str(directory))
    above = directory.absolute().parent
    if not directory.exists() and not above.is_dir():
        raise InputError(f"the directory {str(directory.parent)!r} does not exist", source=str(directory))
    place = directory if directory.exists() else above
    if not access(place, W_OK):
        raise InputError(f"the directory {str(place)!r} is not writable", source=str(directory))


def make_directory(directory: Path) -> None:
    """Create a directory; InputError in one line where the system refuses."""
    try:
        directory.mkdir(exist_ok=True)
    except OSError as error:
        raise InputError(f"cannot be created: {error.strerror}", source=str(directory)) from None


def write_html(
    report: Report, directory: Path, *, jobs: int = 1, progress: Callable[[int, int], None] | None = None
) -> Path:
    """Write the pages, the problem files and the certificates of a report.

    Parameters
    ----------
    report : of `verify(..., pictures=True)` where there are to be pictures.
    directory : created when missing (its parent must exist); the first page is `index.html` in it.
    jobs : worker processes for the certificates.
    progress : called with (finished, total) certificates.

    Returns
    -------
    The path of the index.

    Raises
    ------
    InputError : the directory cannot be written.
    """
    from litproof.report.html.pages import INDEX, pages
    from litproof.report.html.views import claim_views
    from litproof.theorems.certificates import certificate_files

    check_directory(directory)
    make_directory(directory)
    for name in ("problems", "certificates"):
        make_directory(directory / name)
    # after Ctrl-C the pages are written at once, without certificates
    files = certificate_files(report, jobs, progress) if report.complete else {}
    for certificates in files.values():
        for name, text in certificates:
            write_atomically(directory / "certificates" / name, text)
    links = {key: [f"certificates/{name}" for name, _ in pictures] for key, pictures in files.items()}
    claims = claim_views(report, links)
    for claim in claims:
        for instance in claim.instances:
            if instance.problem:
                write_atomically(directory / instance.problem_file, instance.problem)
    for name, text in pages(report, claims).items():
        write_atomically(directory / name, text)
    return directory / INDEX
