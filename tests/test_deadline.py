"""`--seconds`: every command ends with what it has, says what it cut off, and leaves nothing behind."""

import signal
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from litproof import find_limit
from litproof.cli import program
from litproof.deadline import OutOfTime, clock, together
from litproof.errors import Inconclusive, InputError
from litproof.integrate.classification import follow as follow_classification
from litproof.integrate.regression import follow as follow_regression
from litproof.limits import find
from litproof.problem_file import problem_from_mapping, read_problem
from litproof.results import Evidence

REFERENCE = Path(__file__).with_name("reference.toml")


def test_the_clock_rings_once_more_when_it_was_not_heard_and_is_gone_afterwards():
    before = signal.getsignal(signal.SIGALRM)

    def deaf():
        with clock(0.01) as made:
            try:
                while True:
                    time.sleep(0.01)
            except OutOfTime:
                assert made.rang
            while True:
                time.sleep(0.01)

    with pytest.raises(OutOfTime, match=r"cut off after 0\.01 s"):
        deaf()
    assert signal.getsignal(signal.SIGALRM) is before
    assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)


@pytest.mark.parametrize("seconds", [None, float("inf"), 1e12])
def test_no_limit(seconds):
    with clock(seconds) as made:
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0) and not made.rang


COMMANDS = {
    "verify": ["ykm/linear-model", "--jobs", "1"],
    "limit": [str(REFERENCE)],
    "conserved": [str(REFERENCE)],
    "derive": ["ykm/linear-model"],
    "list": [],
    "show": ["ykm/linear-model"],
    "check": ["absent.json"],
    "new": ["name"],
    "bias": [str(REFERENCE)],
    "guide": ["claims"],
    "sweep": ["absent.toml"],
}


def test_every_command_is_tried_here():
    assert set(COMMANDS) >= set(program.commands) - {"falsify", "figures", "mcp"}


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_ends(command, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    result = CliRunner().invoke(
        program, [command, *COMMANDS[command], "--seconds", "0.000001"], standalone_mode=False
    )
    assert result.return_value == 3 or isinstance(result.exception, Inconclusive), result.exception
    assert "cut off after 1e-06 s" in str(result.exception) + result.stderr
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("seconds", ["0", "-1", "nan", "many"])
def test_wrong_seconds(seconds):
    result = CliRunner().invoke(program, ["list", "--seconds", seconds])
    assert result.exit_code == 2


def test_seconds_need_the_main_thread(monkeypatch):
    monkeypatch.setattr("threading.main_thread", lambda: None)
    with pytest.raises(InputError, match="main thread"), clock(5.0):
        pass
    # a default is no reason to refuse
    problem = ["limit", str(REFERENCE), "--digits", "6"]
    assert CliRunner().invoke(program, problem, standalone_mode=False).return_value == 0
    asked = CliRunner().invoke(program, [*problem, "--seconds", "60"], standalone_mode=False)
    assert isinstance(asked.exception, InputError)


def test_defaults_are_for_a_person_who_waits():
    defaults = {
        name: next(p for p in command.params if p.name == "seconds").default
        for name, command in program.commands.items()
        if name != "mcp"  # a server: its calls have budgets of their own
    }
    limited = {name for name, seconds in defaults.items() if isinstance(seconds, float)}
    assert limited >= {"limit", "conserved", "bias"} and not limited & {
        "verify",
        "sweep",
        "check",
        "list",
    }


@pytest.fixture
def cut(monkeypatch):
    """Let time run out at the n-th call of a function."""

    def install(owner, name, n):
        calls, function = 0, getattr(owner, name)

        def counted(*arguments, **options):
            nonlocal calls
            calls += 1
            if calls >= n:
                raise OutOfTime("cut off after 7 s")
            return function(*arguments, **options)

        monkeypatch.setattr(owner, name, counted)

    return install


def test_a_proved_limit_stands_when_the_flow_is_cut_off(cut):
    cut(follow_regression.ErrorTracker, "add", 3)
    limit = find_limit(read_problem(REFERENCE), 12)
    assert limit.evidence is Evidence.CERTIFIED
    assert "did not come to its end: cut off after 7 s" in limit.methods[1] and "loss" in limit.methods[1]
    assert float(limit.clock["t"]) > 0


def mapping(task, y, layers, widths=(2,)):
    return problem_from_mapping(
        {
            "schema": 1,
            "network": {"kind": "fully-connected", "depth": len(widths) + 1, "widths": list(widths)},
            "task": {"kind": task},
            "data": {"X": [["1", "2", "-1"], ["1/2", "-1", "1"]], "y": y},
            "init": {"scale": "1", "v": layers},
        }
    )


TWO_ROWS = mapping("regression", ["1", "1/2"], [["1", "0", "1/2", "0", "1", "1/3"], ["1/2", "1/4"]])
LABELS = mapping("classification", ["1", "-1"], [["1", "0", "1/2", "0", "1", "1/3"], ["1/2", "1/4"]])


def test_a_flow_that_nothing_was_compared_with_is_numeric(cut):
    whole = find_limit(TWO_ROWS, 12)
    cut(find, "_compared", 1)
    limit = find_limit(TWO_ROWS, 12)
    assert limit.evidence is Evidence.NUMERIC < whole.evidence
    assert limit.decimals == whole.decimals and "compared with nothing: cut off after 7 s" in limit.methods


def test_a_flow_that_is_cut_off_says_how_far_it_came(cut):
    cut(follow_regression.ErrorTracker, "add", 3)
    with pytest.raises(Inconclusive, match=r"cut off after 7 s before the loss came close to zero \(loss \d"):
        find_limit(TWO_ROWS, 12)


def test_a_proved_direction_stands_when_the_flow_is_cut_off(cut):
    cut(follow_classification, "march", 1)
    limit = find_limit(LABELS, 12)
    assert limit.evidence is Evidence.CERTIFIED
    assert "did not come to its end: cut off after 7 s" in limit.methods[1]


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGALRM])
def test_interrupts_wait_for_what_is_done_together(sent):
    before, done = signal.getsignal(sent), []

    def pair(first, second):
        with together():
            first()
            second()

    def interrupt():
        signal.raise_signal(sent)

    def fail():
        raise ValueError

    if sent == signal.SIGALRM:
        signal.signal(sent, signal.default_int_handler)
    try:
        with pytest.raises(KeyboardInterrupt):
            pair(interrupt, lambda: done.append(1))
        assert done == [1]
        with pytest.raises(KeyboardInterrupt):  # and not ever after
            interrupt()
        with pytest.raises(KeyboardInterrupt):
            pair(interrupt, fail)
    finally:
        signal.signal(sent, before)


def test_in_other_threads_nothing_waits():
    done = []

    def work():
        with together():
            done.append(1)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [1]
