"""Certificates written by the commands: accepted as written, refused with any leaf changed, exit codes."""

import copy
import json
from fractions import Fraction
from random import Random

import pytest
from click.testing import CliRunner

from litproof.certify import checker
from litproof.certify.certificates.identities import (
    conserved_certificate,
    forward_certificate,
    odeco_certificate,
    potential_certificate,
)
from litproof.certify.certificates.limit import limit_certificate
from litproof.certify.certificates.limit_pair import pair_certificate
from litproof.certify.certificates.margin import margin_certificate
from litproof.certify.checker import Refused, digest
from litproof.claims.catalogue import claim_of
from litproof.cli import program
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.draw import draw_complex_odeco, draw_real_odeco
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.problem import Problem
from litproof.theorems.certificates import certificates_of
from litproof.theorems.shared.instances import REFERENCE

Q = Fraction
POINTS = ((Q(1), Q(2), Q(1, 2)), (Q(3, 2), Q(-1, 2), Q(1)), (Q(-1), Q(-3), Q(0)))
LABELS = (Q(1), Q(1), Q(-1))


def check(certificate):
    return checker.check(certificate)


def classification(network):
    layers = tuple((Q(1),) * size for size in network.shapes)
    return Problem(network, "classification", POINTS, LABELS, Q(1), layers)


def leaves(value, path=()):
    if isinstance(value, dict | list):
        for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(entry, (*path, key))
    else:
        yield path


def _saddle():
    """One point, both coordinates on: rho_j is proportional to x_j^(-5/3)."""
    point = (Q(1), Q(2))
    rho = [float(x) ** (-5 / 3) for x in point]
    layer = tuple(Q(value ** (1 / 5)) for value in rho)
    problem = Problem(Diagonal(5, 2), "classification", (point,), (Q(1),), Q(1), (layer,) * 5)
    return problem, 15, (layer,) * 5


SADDLE = _saddle()


def parts(value, path=()):
    """Paths of all leaves, lists and objects."""
    if path:
        yield path
    if isinstance(value, dict | list):
        for key, entry in value.items() if isinstance(value, dict) else enumerate(value):
            yield from parts(entry, (*path, key))


def replaced(certificate, path, value):
    out = copy.deepcopy(certificate)
    target = out
    for key in path[:-1]:
        target = target[key]
    target[path[-1]] = value
    return out


def changed(certificate, path):
    """Another number or word at one place."""
    out = copy.deepcopy(certificate)
    target = out
    for key in path[:-1]:
        target = target[key]
    old = target[path[-1]]
    try:
        target[path[-1]] = old + 1 if isinstance(old, int) else str(Q(old) + Q(1, 7))
    except ValueError:
        target[path[-1]] = old + "x"
    return out


def resealed(certificate):
    return {**certificate, "digest": digest(certificate)}


PAIR = Problem(
    Convolutional((2, 3)),
    "regression",
    ((Q(1), Q(2), Q(-1, 2)), (Q(1, 2), Q(-1), Q(3))),
    (Q(1), Q(7, 10)),
    Q(1),
    ((Q(1, 2), Q(1, 5)), (Q(0), Q(0), Q(0))),
)

CERTIFICATES = {
    "limit-pair": lambda: pair_certificate(PAIR, ((Q(2), Q(0)), (Q(0), Q(1))), 5),
    "regression-limit": lambda: limit_certificate(REFERENCE, 15),
    "minimum-norm linear": lambda: limit_certificate(
        Problem(Diagonal(1, 3), "regression", POINTS[:2], LABELS[:2], Q(1), ((Q(1), Q(0), Q(2)),)), 15
    ),
    "odeco-form": lambda: odeco_certificate(draw_real_odeco(Random(3), 2, 3, 2)),
    "forward-pass": lambda: forward_certificate(Convolutional((2, 3))),
    "conserved": lambda: conserved_certificate(
        FullyConnected(2, (2,)), [{(0, 0): 1, (2, 2): 1, (4, 4): -1}, {(0, 1): 1, (2, 3): 1, (4, 5): -1}]
    ),
    "potential even": lambda: potential_certificate(6),
    "potential odd": lambda: potential_certificate(7),
    "minimum-norm l2": lambda: limit_certificate(classification(FullyConnected(3, (2,))), 15),
    "minimum-norm l1": lambda: limit_certificate(classification(Diagonal(2, 3)), 15),
    "stationary-margin vertex": lambda: limit_certificate(classification(Diagonal(3, 3)), 15),
    "stationary-margin saddle": lambda: margin_certificate(*SADDLE),
    "singular-pair": lambda: limit_certificate(
        Problem(
            Convolutional((2, 3)), "classification", POINTS[:1], LABELS[:1], Q(1), ((Q(1),) * 2, (Q(1),) * 3)
        ),
        15,
    ),
    "regression-path": lambda: limit_certificate(
        Problem(
            Convolutional((2, 3)),
            "regression",
            POINTS[:1],
            LABELS[:1],
            Q(1),
            ((Q(1), Q(2)), (Q(0), Q(1), Q(-1))),
        ),
        12,
    ),
}


@pytest.fixture(scope="module", params=CERTIFICATES)
def stated(request):
    certificate = json.loads(json.dumps(CERTIFICATES[request.param]()))
    assert certificate["kind"] == request.param.split()[0]
    return certificate


def test_accepted_as_it_is(stated):
    assert check(stated)


def test_every_changed_leaf_is_refused(stated):
    for path in leaves(stated):
        with pytest.raises(Refused):
            check(changed(stated, path))


RUBBISH = (
    None,
    True,
    1.5,
    "",
    "x",
    "1e5",
    "1/0",
    "nan",
    -1,
    0,
    10**30,
    [],
    [[]],
    ["1"],
    [["1"]],
    {},
    {"kind": "x"},
)


def test_rubbish_anywhere_is_refused_in_one_line(stated):
    """Whatever stands in any place, the answer is a refusal, never another error; equal numbers may be accepted."""
    random, places, reasons = Random(1), list(parts(stated)), set()
    for path in random.sample(places, min(len(places), 40)):
        for value in random.sample(RUBBISH, 3):
            try:
                check(resealed(replaced(stated, path, value)))
            except Refused as refused:
                reasons.add(str(refused))
    assert not any("\n" in reason for reason in reasons)


def test_every_lost_field_is_refused(stated):
    for key in set(stated) - {"digest"}:
        with pytest.raises(Refused):
            check(resealed({name: value for name, value in stated.items() if name != key}))


def test_mathematics_refuses_a_wrong_statement_with_a_new_digest(stated):
    """Exact statements: only points off the margin may move a little and leave what is proved true."""
    if stated["kind"] not in ("odeco-form", "forward-pass", "minimum-norm") or stated.get("norm") == "l1":
        return  # tested one by one; an l1 solution stays one while slack entries move
    accepted = []
    for path in leaves(stated):
        if path[0] != "digest":
            try:
                check(resealed(changed(stated, path)))
                accepted.append(path)
            except Refused:
                pass
    rows = len(stated.get("X", ()))
    idle = [i for i in range(rows) if stated.get("multipliers", ["1"] * rows)[i] == "0"]
    assert all(path[0] == "X" and path[1] in idle for path in accepted), accepted


@pytest.mark.parametrize(
    "network",
    [
        Diagonal(3, 2),
        Convolutional((3,)),
        Convolutional((2, 1, 3)),
        Convolutional((3, 3)),
        FullyConnected(2, ()),
        FullyConnected(2, (3, 1)),
        MatrixSensing(1, 2),
        MatrixSensing(3, 2),
    ],
)
def test_forward_passes(network):
    stated = forward_certificate(network)
    assert network.kind in check(json.loads(json.dumps(stated)))
    for other in ("diagonal", "convolutional", "fully-connected", "matrix-sensing"):
        if network.depth > 1 and other != network.kind:
            with pytest.raises(Refused):
                check(resealed({**stated, "architecture": other}))
    with pytest.raises(Refused):
        check(resealed({**stated, "tensor": stated["tensor"][:-1]}))


@pytest.mark.parametrize("depth", range(2, 13))
def test_closed_forms_of_the_potential(depth):
    stated = json.loads(json.dumps(potential_certificate(depth)))
    assert f"H_{depth}" in check(stated)
    for other in (depth - 1, depth + 1, depth + 2):
        with pytest.raises(Refused):
            check(resealed({**stated, "depth": other}))


def test_forms_without_rational_factors_have_no_certificate():
    assert odeco_certificate(draw_complex_odeco(Random(1), 2, 2)) is None
    assert odeco_certificate(FullyConnected(2, (2,))) is None
    assert limit_certificate(classification(Convolutional((3, 3))), 15) is None


@pytest.mark.parametrize(
    ("claim", "kind"),
    [
        ("ykm/regression-limit", "regression-limit"),
        ("ykm/matrix-sensing", "regression-limit"),
        ("ykm/potential-closed-form", "potential"),
        ("ykm/conserved-norms", "conserved"),
        ("network/odeco-form", "odeco-form"),
        ("network/forward-is-tensor", "forward-pass"),
        ("ykm/regression-convergence", "regression-limit"),
        ("ykm/regression-scales", "minimum-norm"),
        ("ykm/two-layer-one-point", "regression-path"),
        ("ykm/fully-connected-small-init", "minimum-norm"),
        ("ykm/linear-model", "minimum-norm"),
        ("ykm/matrix-sensing-nuclear-norm", "minimum-norm"),
        ("ykm/classification-odeco", "stationary-margin"),
        ("ykm/classification-one-point", "singular-pair"),
        ("ykm/fully-connected-max-margin", "minimum-norm"),
    ],
)
def test_claims_of_the_catalogue_have_certificates(claim, kind):
    entry = claim_of(claim)
    made = (one for instance in entry.instances(0) for one in certificates_of(entry, instance.problem, 15))
    first = next(certificate for certificate in made if certificate["kind"] == kind)
    assert check(json.loads(json.dumps(first)))


PROBLEM = """schema = 1
[network]
kind = "diagonal"
depth = 2
[task]
kind = "regression"
[data]
X = [["1", "2"]]
y = ["1"]
[init]
scale = "1/2"
v = [["1", "1"], ["0", "0"]]
"""


def run(*arguments):
    return CliRunner().invoke(program, [str(argument) for argument in arguments], standalone_mode=False)


def test_limit_writes_what_check_accepts_and_tampering_is_told(tmp_path):
    problem, file = tmp_path / "p.toml", tmp_path / "c.json"
    problem.write_text(PROBLEM)
    made = run("limit", problem, "--digits", 15, "--certificate", file)
    assert made.return_value == 0 and "certified" in made.output
    accepted = run("check", file)
    assert accepted.return_value == 0 and "accepted" in accepted.output
    file.write_text(file.read_text().replace('"1/2"', '"1/3"'))
    refused = run("check", file)
    assert refused.return_value == 1 and "refused" in refused.output


def test_limit_says_when_there_is_no_certificate(tmp_path):
    problem, file = tmp_path / "p.toml", tmp_path / "c.json"
    text = PROBLEM.replace('"diagonal"', '"convolutional"').replace(
        "depth = 2", "depth = 2\nfilter-sizes = [3, 3]"
    )
    text = text.replace("regression", "classification").replace('"1", "2"', '"1", "-2", "1/2"')
    problem.write_text(text.replace('[["1", "1"], ["0", "0"]]', '[["1", "1", "0"], ["0", "0", "0"]]'))
    made = run("limit", problem, "--digits", 15, "--certificate", file)
    assert made.return_value == 3 and "no certificate" in made.output and not file.exists()


def test_verify_writes_certificates(tmp_path):
    directory = tmp_path / "certificates"
    made = run(
        "verify",
        "network/odeco-form",
        "--no-mutants",
        "--jobs",
        1,
        "--certificates",
        directory,
        "--digits",
        10,
    )
    files = sorted(directory.iterdir())
    assert made.return_value == 0 and files and f"{len(files)} certificates written" in made.output
    assert run("check", *files).return_value == 0


def test_unreadable_files_are_bad_input(tmp_path):
    from litproof.errors import InputError

    for text in ("", "{", "\x00", "[]", "[1]", "{}", '"format"', "null", '{"kind": "conserved"}'):
        file = tmp_path / "c.json"
        file.write_text(text)
        with pytest.raises(InputError) as caught:
            CliRunner().invoke(program, ["check", str(file)], standalone_mode=False, catch_exceptions=False)
        assert caught.value.exit_code == 2
