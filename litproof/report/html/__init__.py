"""The report for a browser: an index and a page a claim that need no network, with the files to check them by."""

from collections.abc import Callable
from pathlib import Path

from litproof.claims.verification import Report
from litproof.files import make_directory, write_atomically


def write_html(
    report: Report, directory: Path, *, jobs: int = 1, progress: Callable[[int, int], None] | None = None
) -> Path:
    """Write the pages, the problem files and the certificates of a report.

    Parameters
    ----------
    report : of `verify(..., pictures=True)` where there are to be pictures.
    directory : created when missing (its parent must exist); the first page is `index.html` in it.
    jobs : worker processes for the certificates.
    progress : called with (finished, total): instances with their certificates, then pages.

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

    make_directory(directory)
    for name in ("problems", "certificates"):
        make_directory(directory / name)
    told = progress or (lambda finished, total: None)
    count = len(report.verdicts)
    # after Ctrl-C the pages are written at once, without certificates
    files = certificate_files(report, jobs, lambda k, n: told(k, n + count)) if report.complete else {}
    for certificates in files.values():
        for name, text in certificates:
            write_atomically(directory / "certificates" / name, text)
    links = {key: [f"certificates/{name}" for name, _ in texts] for key, texts in files.items()}
    claims = []
    for claim in claim_views(report, links):
        for instance in claim.instances:
            if instance.problem:
                write_atomically(directory / instance.problem_file, instance.problem)
        claims.append(claim)
        told(len(files) + len(claims), len(files) + count)
    for name, text in pages(report, claims).items():
        write_atomically(directory / name, text)
    return directory / INDEX
