"""The seconds that a person gave to a command: an interrupt sent by the clock, for everything that runs meanwhile.

Only the command line sets one. Results never depend on how fast a machine is (`integrate.budget` counts operations):
a clock can end a run early, and what ends says so. It works as Ctrl-C does, through a signal to the main thread, so
that no loop has to look at it: finished results are kept, worker processes are ended, and nothing remains set
afterwards.
"""

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from litproof.errors import InputError

_AGAIN = 2.0
"""Seconds after which it rings again, should the first interrupt be lost (in a destructor, a callback)."""

LONGEST = 10.0**8
"""Three years; more is no limit."""


class OutOfTime(KeyboardInterrupt):
    """The seconds that were given are used up.

    Attributes
    ----------
    partial : what an integrator on the way had seen, a `Measurement` that has not converged; None for nothing.
    """

    partial: Any = None


class Clock:
    """What a command was given.

    Attributes
    ----------
    seconds : the limit, None for none. rang : whether it has been reached. lost : what was cut off, in words.
    """

    def __init__(self, seconds: float | None) -> None:
        self.seconds = seconds
        self.rang = False
        self.lost = ""
        self._over = seconds is None

    def stop(self) -> None:
        """No more interrupts, as before results are written."""
        if not self._over:
            self._over = True  # first: an interrupt on the way into the call below must not be sent any more
            signal.setitimer(signal.ITIMER_REAL, 0.0)

    def ring(self, number: int, frame: FrameType | None) -> None:
        """The signal's handler."""
        if not self._over:
            self.rang = True
            raise OutOfTime(str(self))

    def __str__(self) -> str:
        return f"cut off after {self.seconds:g} s"


def has_alarms() -> bool:
    """Whether a clock can be set: POSIX, in the main thread."""
    return hasattr(signal, "setitimer") and threading.current_thread() is threading.main_thread()


@contextmanager
def clock(seconds: float | None) -> Iterator[Clock]:
    """Send `OutOfTime` into the block when it has taken `seconds`; None, or more than `LONGEST`: never.

    Raises
    ------
    InputError : this system, or this thread, has no alarms.
    """
    if seconds is None or seconds > LONGEST:
        yield Clock(None)
        return
    if not has_alarms():
        raise InputError("a limit of seconds needs a system with alarms, and the main thread")
    made = Clock(seconds)
    before = signal.signal(signal.SIGALRM, made.ring)
    try:
        signal.setitimer(signal.ITIMER_REAL, seconds, _AGAIN)
        yield made
    finally:
        made.stop()
        signal.signal(signal.SIGALRM, before)


_INTERRUPTS = [getattr(signal, name) for name in ("SIGALRM", "SIGTERM", "SIGINT") if hasattr(signal, name)]


@contextmanager
def together() -> Iterator[None]:
    """What belongs together is done together: Ctrl-C, SIGTERM and the clock wait for the end of the block.

    A mask would not do: another thread takes the signal, and Python runs the handler in the main thread all the same.
    """
    if threading.current_thread() is not threading.main_thread():
        yield  # signals interrupt the main thread only
        return
    waiting: list[int] = []
    before = {number: signal.signal(number, lambda sent, _: waiting.append(sent)) for number in _INTERRUPTS}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, signal.SIG_DFL if handler is None else handler)
        for number in waiting:
            signal.raise_signal(number)
