"""Certificates and files made to harm: one line and an exit code, in bounded work, whatever stands in them."""

import json
import os
from fractions import Fraction
from itertools import pairwise
from random import Random

import pytest
from click.testing import CliRunner
from hypothesis import given, settings, strategies as st

from litproof.certify.certificates.format import to_json
from litproof.certify.certificates.identities import (
    conserved_certificate,
    forward_certificate,
    odeco_certificate,
    potential_certificate,
)
from litproof.certify.certificates.limit import limit_certificate
from litproof.certify.certificates.limit_pair import pair_certificate
from litproof.certify.checker import (
    FORMAT,
    VERSION,
    Refused,
    TooMuchWork,
    Unreadable,
    check,
    digest,
    parse,
    read,
)
from litproof.certify.checker.coordinate import steps_between
from litproof.certify.checker.exact import text_size
from litproof.certify.checker.singular_pair import at_most, sign_changes
from litproof.certify.checker.work import BOUND, Work, span
from litproof.cli import program
from litproof.errors import InputError
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.draw import draw_real_odeco
from litproof.networks.fully_connected import FullyConnected
from litproof.problem import Problem
from litproof.theorems.shared.instances import REFERENCE

Q = Fraction
POINT, LABEL = ((Q(1), Q(2), Q(1, 2)),), (Q(1),)


def _problem(network, task="classification"):
    layers = tuple(
        tuple(Q(k + 1, 2 + layer) for k in range(size)) for layer, size in enumerate(network.shapes)
    )
    return Problem(network, task, POINT, LABEL, Q(1), layers)


TWO = Problem(
    FullyConnected(3, (2,)),
    "regression",
    (*POINT, (Q(1), Q(-1), Q(3))),
    (Q(1), Q(1, 2)),
    Q(1),
    ((Q(1, 2), Q(1, 3), Q(0), Q(1), Q(1), Q(-1)), (Q(1), Q(1, 4))),
)

MADE = {
    "limit-pair": lambda: pair_certificate(TWO, ((Q(2), Q(0)), (Q(0), Q(1))), 5),
    "regression-limit": lambda: limit_certificate(REFERENCE, 15),
    "stationary-margin": lambda: limit_certificate(_problem(Diagonal(3, 3)), 15),
    "minimum-norm": lambda: limit_certificate(_problem(Diagonal(2, 3)), 15),
    "singular-pair": lambda: limit_certificate(_problem(Convolutional((2, 3))), 15),
    "regression-path": lambda: limit_certificate(_problem(Convolutional((2, 3)), "regression"), 8),
    "conserved": lambda: conserved_certificate(FullyConnected(2, (2,)), [{(0, 0): 1, (2, 2): 1, (4, 4): -1}]),
    "forward-pass": lambda: forward_certificate(Convolutional((2, 3))),
    "odeco-form": lambda: odeco_certificate(draw_real_odeco(Random(3), 2, 3, 2)),
    "potential": lambda: potential_certificate(6),
}


@pytest.fixture(scope="module")
def made():
    return {kind: parse(to_json(build())) for kind, build in MADE.items()}


def sealed(certificate, **fields):
    out = {**certificate, **fields}
    return {**out, "digest": digest(out)}


def outcome(text):
    """What was read and the words, or None and the reason for a refusal."""
    try:
        value = parse(text)
        return value, check(value)
    except (Refused, Unreadable) as refusal:
        return None, refusal


def answer(certificate):
    """What the checker says of the text of a certificate: accepted words, or the reason for a refusal, in one line."""
    _, message = outcome(json.dumps(certificate))
    assert str(message).isprintable() and len(str(message)) < 400
    return message


def everywhere(value, change):
    if isinstance(value, list):
        return [everywhere(entry, change) for entry in value]
    if isinstance(value, dict):
        return {key: everywhere(entry, change) for key, entry in value.items()}
    return change if isinstance(value, str) else value


EXTREME = ("1*2^-99999", "1*2^99999", "7" * 4000, "1/" + "3" * 4000, "1*2^-999999", "9" * 5_000_000)
SIZES = (0, 4780, 10**4, 10**5, 10**6, 10**30)


@pytest.mark.parametrize("kind", MADE)
def test_extreme_numbers_in_any_field_are_answered_within_the_bound(made, kind):
    """A refusal or a true statement in one line; what takes too long is seen as a test that does not end."""
    stated = made[kind]
    assert isinstance(answer(sealed(stated)), str)
    for field, value in stated.items():
        if field in ("format", "version", "kind", "digest"):
            continue
        if isinstance(value, list | str):
            for extreme in EXTREME:
                answer(sealed(stated, **{field: everywhere(value, extreme)}))
        elif type(value) is int:
            for size in SIZES:
                answer(sealed(stated, **{field: size}))


def _one_coordinate(depth, bits, z, last, start="1"):
    return {
        "format": FORMAT,
        "version": VERSION,
        "kind": "regression-limit",
        "network": {"kind": "diagonal", "depth": depth},
        "X": [["1"]],
        "y": ["1"],
        "v0": [[start]] * (depth - 1) + [[last]],
        "bits": bits,
        "z": [z],
        "nu": ["0"],
        "radius_z": ["1*2^-20"],
        "radius_nu": ["1"],
        "preconditioner": [["1", "0"], ["0", "1"]],
        "enclosure": [["0", "1"]],
    }


def _norm(m, n, entry):
    rows = [[entry(i, j) for j in range(m)] for i in range(m)]
    return {
        "format": FORMAT,
        "version": VERSION,
        "kind": "minimum-norm",
        "norm": "l1",
        "constraint": "margin",
        "weights": ["1"] * m,
        "start": ["0"] * m,
        "sides": ["both"] * m,
        "S": rows,
        "X": rows[:n],
        "y": ["1"] * n,
        "rho": rows[0],
        "multipliers": rows[0][:n],
        "unique": True,
    }


def _forward(architecture, d, shapes):
    return {
        "format": FORMAT,
        "version": VERSION,
        "kind": "forward-pass",
        "architecture": architecture,
        "input_dim": d,
        "shapes": shapes,
        "tensor": [[[0] * (len(shapes) + 1), "1"]],
    }


def _fraction(i, j):
    return f"{3 ** (40 + i)}/{7 ** (40 + i * j % 97) + 2 * j}"


TOO_MUCH = {
    "bits": _one_coordinate(3, 20_000, "2", "1/2"),
    "depth and series": _one_coordinate(1000, 64, "2", "1/2"),
    "a singularity close by": _one_coordinate(3, 1000, "2", "0", "1*2^-99999"),
    "a far end": _one_coordinate(3, 1000, "1*2^99999", "0"),
    "convolution of 12^8": _forward("convolutional", 12, [12] * 8),
    "long filters": _forward("convolutional", 9999, [9999, 9999]),
    "wide matrices": _forward("fully-connected", 10_000, [10_000, 10_000, 10_000]),
    "fractions without common denominators": _norm(120, 100, _fraction),
}


@pytest.mark.parametrize("name", TOO_MUCH)
def test_work_past_the_bound_is_refused_before_it_starts(name):
    assert isinstance(answer(sealed(TOO_MUCH[name])), TooMuchWork)


def test_shapes_that_would_need_large_tables(made):
    for kind in ("conserved", "forward-pass", "odeco-form", "singular-pair", "regression-path"):
        for shapes in ([10_000] * 30_000, [10_000] * len(made[kind]["shapes"])):
            assert isinstance(answer(sealed(made[kind], shapes=shapes)), Refused)
    assert isinstance(answer(sealed(made["potential"], coefficients=["1/3"] * 20_000)), Refused)
    long = made["regression-path"]
    many = sealed(long, lengths=["1/1000000"] * 20_000, path=[[[0]] * 5] * 20_000)
    steep = sealed(long, bits=4000, lengths=["1"], path=[[[1 << 4000] * 500] * 5])
    assert all(isinstance(answer(one), Refused) for one in (many, steep))


@settings(max_examples=60, deadline=None)
@given(
    st.fractions(-50, 50), st.fractions(-50, 50), st.lists(st.fractions(Q(1, 50), 50), min_size=1, max_size=3)
)
def test_every_step_of_the_integral_is_announced(start, end, constants):
    """The steps reach the end, keep their distance from the branch points, and are paid for one by one."""
    work = Work()
    steps = steps_between(start, end, constants, 64, work)
    spent = BOUND - work.left
    assert (spent > 0) == (start != end)
    assert start + sum((h for _, h in steps), Q(0)) == end
    assert all(64 * h * h <= a * a + c for a, h in steps for c in constants)
    assert all(a + h == b for (a, h), (b, _) in pairwise(steps))
    if spent:
        with pytest.raises(TooMuchWork):
            steps_between(start, end, constants, 64, Work(spent - 1))


@given(st.fractions(), st.integers(-300, 300))
def test_sizes_from_text_are_not_below_the_true_ones(value, exponent):
    from litproof.certify.checker.exact import rational

    text = str(value) if exponent > 250 else f"{value.numerator}*2^{exponent}"
    number = rational(text)
    assert text_size(text) + 4 >= max(number.numerator.bit_length(), number.denominator.bit_length())


@given(st.lists(st.fractions(-9, 9, max_denominator=60), min_size=1, max_size=6))
def test_span_bounds_sums(values):
    total = sum(values, Q(0))
    assert max(total.numerator.bit_length(), total.denominator.bit_length()) <= span(values)


@settings(deadline=None)
@given(st.integers(1, 5), st.integers(0, 10**6))
def test_sign_changes_count_negative_eigenvalues(size, seed):
    import numpy as np

    random = Random(seed)
    rows = [[0] * size for _ in range(size)]
    for i in range(size):
        for j in range(i + 1):
            rows[i][j] = rows[j][i] = random.randint(-9, 9)
    minors = [round(float(np.linalg.det(np.array(rows, dtype=float)[:k, :k]))) for k in range(1, size + 1)]
    if 0 in minors:
        with pytest.raises(Refused, match="minor"):
            sign_changes(rows, Work())
    else:
        below = int(sum(np.linalg.eigvalsh(np.array(rows, dtype=float)) < 0))
        assert sign_changes(rows, Work()) == below


@given(st.integers(1, 10**9), st.integers(4, 2000))
def test_what_is_printed_of_an_angle_is_not_below_it(numerator, exponent):
    bound = Q(numerator, 10**9) / 2**exponent
    text = at_most(bound)
    shown = Q(1, 10 ** int(text.removeprefix("10^-"))) if text.startswith("10^") else Q(text)
    assert bound <= shown <= 40 * bound


@pytest.mark.parametrize("kind", ["regression-limit", "minimum-norm", "singular-pair", "conserved"])
def test_mutated_texts_are_answered(made, kind):
    """Bytes changed, cut, doubled or swapped: an answer in one line, and accepted only if nothing changed."""
    random, text = Random(kind), to_json(made[kind])
    for _ in range(300):
        i, j = sorted(random.randrange(len(text)) for _ in range(2))
        other = random.choice(
            (
                text[:i] + text[j:],
                text[:i] + text[i:j] + text[i:],
                text[:i] + random.choice('"[]{},:0\\\x1b\u202e\ud800') + text[i + 1 :],
            )
        )
        value, message = outcome(other)
        assert str(message).isprintable()
        assert value is None or value == made[kind]


FORGED = "x\nother.json: accepted: all\x1b[2J"
STRANGE = {
    "a duplicate": '{"format": "litproof-certificate", "format": "litproof-certificate"}',
    "a duplicate inside": '{"format": {"a": 1, "a": 1}}',
    "a surrogate": '{"format": 1, "\\ud800": 1}',
    "a field name that forges a line": json.dumps({"format": 1, FORGED: 1}),
    "nesting 987": '{"format": ' + "[" * 987 + "]" * 987 + "}",
    "nesting 100,000": '{"format": ' + "[" * 100_000 + "]" * 100_000 + "}",
    "a float": '{"format": 1.5}',
    "not a number": '{"format": NaN}',
    "a long integer": '{"format": ' + "1" * 5000 + "}",
    "entries": '{"format": [' + "[]," * 10**6 + "[]]}",
}


@pytest.mark.parametrize("name", STRANGE)
def test_what_two_readers_could_read_differently_is_bad_input(tmp_path, name):
    file = tmp_path / "c.json"
    file.write_text(STRANGE[name])
    with pytest.raises(InputError) as caught:
        CliRunner().invoke(program, ["check", str(file)], standalone_mode=False, catch_exceptions=False)
    assert caught.value.exit_code == 2
    assert str(caught.value).isprintable() and len(str(caught.value)) < 400


def test_only_regular_files_of_bounded_size_are_read(tmp_path):
    zeros, pipe, large = tmp_path / "zeros.json", tmp_path / "pipe.json", tmp_path / "large.json"
    zeros.symlink_to("/dev/zero")
    os.mkfifo(pipe)
    with large.open("wb") as stream:
        stream.truncate(1 << 40)
    for file, message in ((zeros, "regular"), (pipe, "regular"), (tmp_path, "regular"), (large, "MiB")):
        with pytest.raises(Unreadable, match=message):
            read(str(file))


def test_names_of_files_forge_no_line(tmp_path, made):
    file = tmp_path / FORGED.replace("/", "")
    for certificate, word in (
        ({**made["potential"], "digest": ""}, "refused"),
        (made["potential"], "accepted"),
    ):
        file.write_text(to_json(certificate))
        run = CliRunner().invoke(program, ["check", str(file)], standalone_mode=False)
        (line,) = run.output.splitlines()
        assert line.isprintable() and f": {word}: " in line


def test_values_and_fields_are_named_in_few_printable_characters(made):
    for fields in (
        {"kind": FORGED},
        {"kind": "9" * 5_000_000},
        {"X": [[FORGED]]},
        {FORGED: 1},
        {"kind": [[]] * 9},
    ):
        certificate = {**made["minimum-norm"], **fields}
        with pytest.raises(Refused) as caught:
            check(sealed(certificate))
        assert str(caught.value).isprintable() and len(str(caught.value)) < 300
    with pytest.raises(Refused, match="coefficient"):
        check(sealed(made["regression-path"], bits=32, path=[[[1 << 9000] * 2] * 5] * 3, lengths=["1"] * 3))


@pytest.mark.parametrize("angle", ["1000000", "1", "11/100", "0", "-1/1000"])
def test_pairs_that_are_not_close_are_no_pairs(made, angle):
    """An angle of 10^6 would be true of every w: what is accepted says how close the pair is."""
    with pytest.raises(Refused, match="angle"):
        check(sealed(made["singular-pair"], angle=angle))
    assert "1/1000000000000000" in check(made["singular-pair"])


def test_a_start_without_a_part_along_the_pair_is_no_start_for_it(made):
    stated = made["singular-pair"]
    zero = [["0"] * len(layer) for layer in stated["v0"]]
    with pytest.raises(Refused, match="part along"):
        check(sealed(stated, v0=zero))
    from litproof.certify.checker.exact import rational

    q = list(map(rational, stated["w"][2:]))
    across = [["0", "0"], [str(q[1]), str(-q[0]), "0"]]
    with pytest.raises(Refused, match="part along"):
        check(sealed(stated, v0=across))
