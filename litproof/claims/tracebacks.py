"""Tracebacks of exceptions in a person's own code, without the frames of litproof that called it."""

from pathlib import Path
from traceback import TracebackException

from litproof.errors import LitproofError

_PACKAGE = str(Path(__file__).parent.parent) + "/"


def own_traceback(error: BaseException) -> str:
    """The traceback as Python prints it, from the first frame outside this package on.

    "" for an error of litproof's own that no foreign code is part of: its message says it all.
    """
    shown = TracebackException.from_exception(error)
    frames = list(shown.stack)
    first = next(
        (
            position
            for position, frame in enumerate(frames)
            if not frame.filename.startswith((_PACKAGE, "<frozen importlib"))
        ),
        None,
    )
    if first is None and isinstance(error, LitproofError):
        return ""
    del shown.stack[: first or 0]
    return "".join(shown.format()).rstrip("\n")
