"""Certificates are accepted as they are, and refused with any field changed.

With the old digest every change is noticed; with a new digest the mathematics has to notice.
"""

import ast
import copy
import json
import sys
from fractions import Fraction
from pathlib import Path

import pytest

from litproof.certify import checker
from litproof.certify.certificates.format import decimal_bounds, exact_text, seal
from litproof.certify.certificates.identities import conserved_certificate
from litproof.certify.certificates.limit import regression_certificate
from litproof.certify.certificates.minimum_norm import minimum_norm_certificate
from litproof.certify.checker import Refused, digest
from litproof.certify.checker.coordinate import separation_integral, steps_between
from litproof.certify.checker.exact import rational
from litproof.certify.checker.interval import Interval
from litproof.certify.checker.minimum_norm import independent
from litproof.certify.checker.work import Work
from litproof.certify.regression.enclosure import enclose_regression
from litproof.integrate.budget import SECOND
from litproof.networks.fully_connected import FullyConnected
from litproof.problem import Problem

Q = Fraction


def check(certificate):
    return checker.check(certificate)


def resealed(certificate):
    return {**certificate, "digest": digest(certificate)}


def numbers(value, path=()):
    """Paths of all leaves."""
    if isinstance(value, dict | list):
        for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
            yield from numbers(entry, (*path, key))
    else:
        yield path


def replaced(certificate, path, change):
    changed = copy.deepcopy(certificate)
    target = changed
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = change(target[path[-1]])
    return changed


def moved(text):
    """Another number, or another word."""
    if isinstance(text, int):
        return text + 1
    try:
        return exact_text(rational(text) + Q(1, 7))
    except Refused:
        return text + "x"


@pytest.fixture(scope="module")
def odeco(make):
    # Orthonormal rational columns: (3, 4, 0)/5, (-4, 3, 0)/5.
    U = [[Q(3, 5), Q(-4, 5)], [Q(4, 5), Q(3, 5)], [0, 0]]
    V = [[0, 1], [1, 0]]
    network = {"kind": "odeco", "depth": 3, "S": [[1, 2], [Q(1, 2), -1]], "U": [U, V, U]}
    return make(network, [[1, Q(1, 3)]], [Q(3, 2)], [[1, 2, 5], [Q(-1, 2), 1], [0, 1, 1]])


@pytest.fixture(scope="module")
def certificate(reference):
    return regression_certificate(reference, 20)


@pytest.mark.parametrize("depth", [1, 2, 3, 4, 5])
@pytest.mark.parametrize("seed", [0, 1, 2])
def test_random_diagonal_problems(diagonal, depth, seed):
    problem = diagonal(depth, seed)
    certificate = json.loads(json.dumps(regression_certificate(problem, 20)))
    assert check(certificate)
    if depth > 1:
        stated = [tuple(map(Q, pair)) for pair in certificate["enclosure"]]
        size = max(max(map(abs, pair)) for pair in stated)
        for (low, high), (a, b) in zip(stated, enclose_regression(problem, 40).bounds, strict=True):
            assert low <= a <= b <= high
            assert high - low < 2 * size / 10**20


def test_reference_instance(reference, certificate):
    assert "converges" in check(certificate)
    assert certificate["enclosure"][2] == ["0.5354152872736677974482", "0.5354152872736677974483"]
    assert check(regression_certificate(reference, 60))


def test_other_networks(make, odeco):
    convolution = {"kind": "convolutional", "depth": 3, "filter-sizes": [2, 2, 2]}
    v = [[1, Q(1, 3)], [Q(1, 2), -1], [Q(1, 5), Q(2, 3)]]
    for problem in (odeco, make(convolution, [[1, 2]], [1], v)):
        stated = regression_certificate(problem, 20)
        assert check(json.loads(json.dumps(stated)))
        for (low, high), (a, b) in zip(
            stated["enclosure"], enclose_regression(problem, 40).bounds, strict=True
        ):
            assert Q(low) <= a <= b <= Q(high)


def test_commuting_matrix_sensing(make):
    A, W = [[2, 1], [1, 2]], [Q(1, 2), Q(1, 4), Q(1, 4), Q(1, 2)]
    problem = make({"kind": "matrix-sensing", "depth": 2}, [A], [1], [W, [1, 0, 0, 1]])
    stated = regression_certificate(problem, 20)
    assert check(stated)
    stated["network"]["basis"] = [["1", "0"], ["0", "1"]]
    with pytest.raises(Refused, match="diagonal in the basis"):
        check(resealed(stated))
    stated["network"]["basis"] = [["1", "1"], ["0", "1"]]
    with pytest.raises(Refused, match="orthogonal"):
        check(resealed(stated))


def test_frozen_and_confined_coordinates(make):
    v = [[1, 0, Q(1, 2)], [-1, 0, 0], [2, 1, 1]]
    problem = make({"kind": "diagonal", "depth": 3}, [[-1, 5, 1]], [3], v)
    stated = regression_certificate(problem, 20)
    assert check(stated)
    assert [Q(end) for end in stated["enclosure"][1]] == [0, 0]
    with pytest.raises(Refused, match="a radius is not positive"):
        check(resealed(replaced(stated, ("z", 1), moved)))
    with pytest.raises(Refused, match="change sign"):
        check(resealed(replaced(stated, ("z", 0), lambda text: exact_text(-rational(text)))))


def test_no_certificate_without_theorem(make):
    tied = {"kind": "diagonal", "depth": 2}
    assert regression_certificate(make(tied, [[1, 1]], [0], [[1, 2], [1, 2]]), 20) is None
    assert regression_certificate(make(tied, [[1, 1]], [-1], [[1, 2], [1, 2]]), 20) is None
    complex_network = {"kind": "convolutional", "depth": 2, "filter-sizes": [3, 3]}
    saddle = make(complex_network, [[1, 2, 0]], [1], [[0, 0, 0], [0, 0, 0]])
    assert regression_certificate(saddle, 20, operations=5 * SECOND) is None


@pytest.mark.parametrize("fixture", ["certificate", "odeco"])
def test_every_flipped_number_is_refused(request, fixture):
    stated = request.getfixturevalue(fixture)
    stated = regression_certificate(stated, 20) if isinstance(stated, Problem) else stated
    for path in numbers(stated):
        with pytest.raises(Refused):
            check(replaced(stated, path, moved))


@pytest.mark.parametrize("fixture", ["certificate", "odeco"])
def test_mathematics_refuses_what_the_digest_no_longer_guards(request, fixture):
    """Every number of the statement, and the zero; the rest of the proof may differ if it proves."""
    stated = request.getfixturevalue(fixture)
    stated = regression_certificate(stated, 20) if isinstance(stated, Problem) else stated
    accepted = []
    for path in numbers(stated):
        if path[0] in ("digest", "bits", "preconditioner", "radius_z", "radius_nu") or invisible(
            stated, path
        ):
            continue
        try:
            check(resealed(replaced(stated, path, moved)))
        except Refused:
            continue
        accepted.append(path)
    # A larger upper bound is still true.
    assert accepted == [("enclosure", index, 1) for index in range(len(stated["enclosure"]))]


def invisible(stated, path):
    """Parameters that the network does not see: rows of U_l that are zero."""
    if path[0] != "v0" or stated["network"]["kind"] != "odeco":
        return False
    return not any(map(rational, stated["network"]["U"][path[1]][path[2]]))


@pytest.mark.parametrize("digits", [15, 30])
def test_shrunk_and_shifted_enclosures(reference, digits):
    stated = regression_certificate(reference, digits)
    for index in range(4):
        low, high = map(Q, stated["enclosure"][index])
        middle = (low + high) / 2
        for pair in ((middle, middle), (high, low), (high, high + high - low), (low - high + low, low)):
            changed = copy.deepcopy(stated)
            changed["enclosure"][index] = [exact_text(end) for end in pair]
            with pytest.raises(Refused, match=f"beta_{index + 1}"):
                check(resealed(changed))


def test_proofs_with_bad_numbers_fail(certificate):
    changes = {
        "preconditioner": lambda rows: [["0"] * len(row) for row in rows],
        "radius_nu": lambda radii: ["0"] * len(radii),
        "radius_z": lambda radii: [exact_text(rational(r) * 2**90) for r in radii],
        "bits": lambda bits: 40,
    }
    for field, change in changes.items():
        with pytest.raises(Refused):
            check(resealed({**certificate, field: change(certificate[field])}))


def test_fields_are_all_there_and_no_others(certificate):
    for field in certificate:
        changed = {key: value for key, value in certificate.items() if key != field}
        with pytest.raises(Refused):
            check(resealed(changed) if field != "digest" else changed)
    with pytest.raises(Refused, match="unknown"):
        check(resealed({**certificate, "claim": "the moon is made of cheese"}))


@pytest.mark.parametrize(
    "rubbish",
    [None, [], "x", 1, {}, {"format": "litproof-certificate"}, {"kind": []}, {"kind": {}}],
)
def test_rubbish_is_refused(rubbish):
    with pytest.raises(Refused):
        check(rubbish)


@pytest.mark.parametrize(
    "value", [None, True, 1.5, "", "1e5", "1/0", "x", [], {}, "1*2^99999999", "nan", "inf"]
)
def test_rubbish_numbers_are_refused(certificate, value):
    for path in (("X", 0, 0), ("z", 0), ("bits",), ("network", "depth"), ("enclosure", 0, 0)):
        with pytest.raises(Refused):
            check(resealed(replaced(certificate, path, lambda _: value)))
    for field in ("X", "network", "v0", "z", "preconditioner", "enclosure"):
        with pytest.raises(Refused):
            check(resealed({**certificate, field: value}))


def test_linear_limit(make):
    problem = make(
        {"kind": "fully-connected", "depth": 1, "widths": []}, [[1, 2, 0], [0, 1, 1]], [1, 2], [[1, 1, 1]]
    )
    stated = regression_certificate(problem, 20)
    assert stated["kind"] == "minimum-norm" and check(stated)
    for path in numbers(stated):
        if path[0] != "digest":
            with pytest.raises(Refused):
                check(resealed(replaced(stated, path, moved)))


def test_conserved():
    network = FullyConnected(2, (2,))
    # (W_1^T W_1 - w_2 w_2^T)_{11}, parameters a b c d | e f with W_1 = [[a, b], [c, d]].
    law = {(0, 0): 1, (2, 2): 1, (4, 4): -1}
    other = {(0, 1): 1, (2, 3): 1, (4, 5): -1}
    stated = conserved_certificate(network, [law, other])
    assert check(json.loads(json.dumps(stated)))
    for path in numbers(stated):
        if path[0] in ("quantities", "shapes"):
            with pytest.raises(Refused):
                check(resealed(replaced(stated, path, moved)))
    with pytest.raises(Refused, match="not conserved"):
        conserved_certificate(network, [{(0, 0): 1, (2, 2): 1, (4, 4): 1}])


def test_max_margin(make):
    data = [[2, 0], [0, 4]]
    problem = make({"kind": "diagonal", "depth": 1}, data, [1, -1], [[0, 0]])
    w, p = [Q(1, 2), Q(-1, 4)], [Q(1, 4), Q(1, 16)]

    def margin(w, p, norm):
        unit = [[Q(1), Q(0)], [Q(0), Q(1)]]
        return minimum_norm_certificate(problem.X, problem.y, unit, w, p, norm=norm, constraint="margin")

    stated = margin(w, p, "l2")
    assert check(stated)
    assert check(margin(w, [Q(1, 2), Q(1, 4)], "l1"))
    assert stated["unique"] is True
    for path in numbers(stated):
        if path[0] in ("X", "y", "rho", "multipliers", "norm", "constraint", "start", "weights", "S"):
            with pytest.raises(Refused):
                check(resealed(replaced(stated, path, moved)))
    with pytest.raises(Refused):
        margin(w, p, "l1")


def test_minimisers_are_stated_to_be_the_only_ones_where_that_is_proved(make):
    """||rho||_1 with rho_1 + rho_2 >= 1 has a segment of minimisers; 2 rho_1 + rho_2 >= 1 has one."""
    unit, network = [[Q(1), Q(0)], [Q(0), Q(1)]], {"kind": "diagonal", "depth": 2}

    def stated(point, rho, p):
        problem = make(network, [point], [1], [[1, 1], [0, 0]])
        return minimum_norm_certificate(problem.X, problem.y, unit, rho, p, norm="l1", constraint="margin")

    many = stated([1, 1], [Q(1), Q(0)], [Q(1)])
    assert many["unique"] is False and "alone" not in check(many)
    with pytest.raises(Refused, match="not excluded"):
        check(resealed({**many, "unique": True}))
    one = stated([2, 1], [Q(1, 2), Q(0)], [Q(1, 2)])
    assert one["unique"] is True and "alone" in check(one)
    with pytest.raises(Refused, match="true or false"):
        check(resealed({**one, "unique": 1}))


@pytest.mark.parametrize("seed", range(5))
def test_independence_is_that_of_sympy(seed):
    from random import Random

    from sympy import Matrix

    random = Random(seed)
    rows = [[Q(random.randint(-2, 2), 3) for _ in range(4)] for _ in range(random.randint(1, 4))]
    for matrix in (rows, [*rows, [a + b for a, b in zip(rows[0], rows[-1], strict=True)]]):
        rank = Matrix([[int(3 * x) for x in row] for row in matrix]).rank()
        assert independent(matrix, Work()) == (rank == len(matrix))
    with pytest.raises(Refused):
        seal("minimum-norm", {"X": [], "y": [], "norm": "l2", "rho": [], "multipliers": []})


@pytest.mark.parametrize("ends", [(Q(0), Q(3)), (Q(-2), Q(5)), (Q(1, 3), Q(-7, 5)), (Q(4), Q(4))])
@pytest.mark.parametrize(
    "constants", [[Q(1, 9)], [Q(1, 4), Q(1, 4)], [Q(2), Q(1, 50)], [Q(1), Q(2), Q(1, 3)]]
)
def test_separation_integral_holds_the_value_of_an_independent_rule(ends, constants):
    from mpmath import mp, mpf, quad

    start, end = ends
    steps = steps_between(start, end, constants, 140, Work())
    integral = separation_integral(start, end, constants, 140, steps)
    with mp.workdps(45):

        def integrand(u):
            out = mpf(1)
            for c in constants:
                out *= u * u + mpf(c.numerator) / c.denominator
            return 1 / mp.sqrt(out)

        def number(q):
            return mpf(q.numerator) / q.denominator

        points = sorted({number(start), number(end), mpf(0)} | {mpf(k) / 4 for k in range(-8, 20)})
        low, high = sorted((number(start), number(end)))
        value = quad(integrand, [x for x in points if low <= x <= high]) if low < high else mpf(0)
        value = int((value if start <= end else -value) * mpf(2) ** 140)
    slack = 1 << 20
    assert integral.lo - slack <= value <= integral.hi + slack
    assert integral.hi - integral.lo < 1 << 14


def test_intervals_round_outward():
    for bits in (32, 40):
        third = Interval.around(Q(1, 3), bits)
        assert Q(third.lo, 1 << bits) < Q(1, 3) < Q(third.hi, 1 << bits)
        for value, exact in (
            (third * third, Q(1, 9)),
            (third.inverse(), Q(3)),
            (third.scaled(Q(1), 7), Q(1, 21)),
            (third.scaled(Q(-5, 2)), Q(-5, 6)),
            (third.scaled(Q(-1)) * third, Q(-1, 9)),
            ((third * third).sqrt(), Q(1, 3)),
        ):
            assert Q(value.lo, 1 << bits) <= exact <= Q(value.hi, 1 << bits)
            assert value.hi - value.lo < 64


def test_decimals_round_outward():
    ((low, high),) = decimal_bounds([(Q(-2, 3), Q(-2, 3))], 5)
    assert (low, high) == ("-0.6666667", "-0.6666666")


def test_the_checker_stands_alone():
    """Standard library only, no floats, and not much to read."""
    room, lines = "litproof.certify.checker", 0
    for file in Path(checker.__file__).parent.glob("*.py"):
        source = file.read_text("utf-8")
        lines += len(source.splitlines())
        for node in ast.walk(ast.parse(source)):
            names = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom):
                names = [node.module or ""]
                assert node.level == 0
            for name in names:
                inside = name == room or name.startswith(f"{room}.")
                assert inside or name.split(".")[0] in sys.stdlib_module_names
            assert not (isinstance(node, ast.Constant) and isinstance(node.value, float | complex))
        assert "float(" not in source and "import_module" not in source
    assert lines < 2000
