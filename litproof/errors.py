"""The exceptions that litproof raises on purpose. A refuted theorem is a result, not an exception."""


class LitproofError(Exception):
    """Base of all errors that the command line turns into one line and an exit code."""

    exit_code = 2


class InputError(LitproofError):
    """Bad input: what is wrong, where, and what was expected.

    Parameters
    ----------
    message : what is wrong and what was expected, one line.
    key : dotted key in the problem file, e.g. ``data.X`` (empty: the file as a whole).
    source : file name (empty: a Python object).
    traceback : of an exception in a person's own code that this reports, as text.
    """

    def __init__(self, message: str, *, key: str = "", source: str = "", traceback: str = "") -> None:
        self.message, self.key, self.source, self.traceback = message, key, source, traceback
        super().__init__(": ".join(part for part in (source, key, message) if part))


class HypothesisError(LitproofError):
    """A prediction was asked for where its hypotheses do not hold; the message names the hypothesis."""


class Unreachable(HypothesisError):
    """Theory proves that the flow cannot reach zero loss from this start; the message holds the proof."""


class Inconclusive(LitproofError):
    """A budget was used up, or the flow does not reach zero loss; the message says what was seen."""

    exit_code = 3
