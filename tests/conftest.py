import signal

import pytest


@pytest.fixture(scope="session", autouse=True)
def listen_to_interrupts():
    """A test run that is itself in the background ignores interrupts, and so would the processes it starts."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.fixture
def alive():
    """Whether a process that this one started, or its child, still runs."""

    def check(pid):
        try:
            with open(f"/proc/{pid}/stat", encoding="ascii") as stream:
                return stream.read().rpartition(")")[2].split()[0] != "Z"
        except FileNotFoundError:
            return False

    return check
