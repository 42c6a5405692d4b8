import json
import re
import sys
from fractions import Fraction

import mpmath
import pytest

from litproof.certify.certificates.limit import regression_certificate
from litproof.errors import InputError
from litproof.problem_file import read_problem

REFERENCE = (
    "-0.15326727590573930052153947899921336253480569591091098746263",
    "-0.00528462280622742138041757399350786489616574128752293685517",
    "0.535415287273667797448289500214662775843161341875733225729067",
    "-0.00107028680300029514844163789547160205216934987388617172771",
)

PROBLEM = """
schema = 1
[network]
kind = "{kind}"
depth = {depth}
[task]
kind = "regression"
[data]
X = [["1", "2"]]
y = ["1"]
[init]
scale = "1"
v = {v}
"""


def stated_box(source):
    ends = []
    for name in ("low", "high"):
        body = source[source.index(f"Definition {name} ") :].split(" end.")[0]
        ends.append([Fraction(x.replace(" ", "")) for x in re.findall(r"%nat => \(([^)]*)\)", body)])
    return list(zip(*ends, strict=True))


def problem(path, v, depth=None, kind="diagonal"):
    path.write_text(PROBLEM.format(kind=kind, depth=depth or len(v), v=json.dumps(v)))
    return path


def test_the_reference_proof_is_generated_from_the_reference_instance(coq, generating):
    case = generating.read_instance(coq / "instances" / "reference.toml", 50, "ReferenceLimit")
    source = generating.coq_file(case)
    assert source == (coq / "ReferenceLimit.v").read_text()
    for (low, high), truncated in zip(stated_box(source), REFERENCE, strict=True):
        value = Fraction(truncated)
        assert low < value - Fraction(1, 10**58)
        assert value + Fraction(1, 10**58) < high
        assert high - low == Fraction(2, 10**50)


def test_two_layers_against_the_closed_form(tmp_path, generating):
    # One data point: rho_j = v_1j v_2j along eta_1 +- eta_2 = (start) exp(+-x_j nu), x.rho = 1.
    v = [["1/2", "1"], ["-1", "1/3"]]
    source = generating.coq_file(generating.read_instance(problem(tmp_path / "p.toml", v), 40, "Two"))
    with mpmath.workdps(60):

        def rho(nu, j, x):
            a, b = (mpmath.mpf(Fraction(layer[j]).numerator) / Fraction(layer[j]).denominator for layer in v)
            up, down = (a + b) * mpmath.exp(x * nu), (a - b) * mpmath.exp(-x * nu)
            return (up + down) * (up - down) / 4

        root = mpmath.findroot(lambda nu: rho(nu, 0, 1) + 2 * rho(nu, 1, 2) - 1, 0.1)
        for (low, high), value in zip(stated_box(source), (rho(root, 0, 1), rho(root, 1, 2)), strict=True):
            assert (
                mpmath.mpf(low.numerator) / low.denominator
                < value
                < mpmath.mpf(high.numerator) / high.denominator
            )


def test_a_certificate_gives_its_own_box(tmp_path, coq, generating):
    certificate = regression_certificate(read_problem(coq / "instances" / "two_layers.toml"), 25)
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(certificate))
    source = generating.coq_file(generating.read_instance(path, 50, "Certified"))
    assert stated_box(source) == [(Fraction(low), Fraction(high)) for low, high in certificate["enclosure"]]


def test_a_box_beside_the_limit_is_refused(tmp_path, coq, generating):
    certificate = regression_certificate(read_problem(coq / "instances" / "two_layers.toml"), 25)
    certificate["enclosure"][1] = certificate["enclosure"][0]
    path = tmp_path / "certificate.json"
    path.write_text(json.dumps(certificate))
    with pytest.raises(InputError, match="coefficient 2 does not hold the limit"):
        generating.coq_file(generating.read_instance(path, 50, "Certified"))


def test_mirrored_layers_share_their_limit(tmp_path, generating):
    boxes = []
    for name, v in (("a", [["1", "2"], ["1/2", "-3"]]), ("b", [["1/2", "-3"], ["1", "2"]])):
        path = problem(tmp_path / f"{name}.toml", v)
        boxes.append(stated_box(generating.coq_file(generating.read_instance(path, 30, "Mirror"))))
    assert boxes[0] == boxes[1]


@pytest.mark.parametrize(
    ("v", "options", "message"),
    [
        ([["1", "1"]] * 5, {}, "expected depth 2, 3 or 4, found 5"),
        ([["1", "1"], ["0", "-1"]], {}, "one strictly smallest layer in coordinate 2"),
        ([["1", "1"], ["0", "0"], ["0", "1"]], {}, "one strictly smallest layer in coordinate 1"),
        ([["1", "1"], ["0", "1/2"], ["1", "1"]], {}, "one layer at 0 .* in coordinate 2"),
        ([["1", "1"], ["0", "0"], ["2", "1"]], {}, "one layer at 0 .* in coordinate 1"),
        ([["1", "1", "1", "1"], ["0", "0"]], {"kind": "fully-connected"}, "widths"),
    ],
)
def test_what_no_theorem_covers_is_refused(tmp_path, generating, v, options, message):
    with pytest.raises(InputError, match=message):
        generating.read_instance(problem(tmp_path / "p.toml", v, **options), 50, "Refused")


def test_names_must_be_identifiers(tmp_path, generating):
    with pytest.raises(InputError, match="identifier"):
        generating.read_instance(tmp_path / "p.toml", 50, "x. Axiom bad")


def test_other_certificates_are_refused(tmp_path, generating, monkeypatch, capsys):
    path = tmp_path / "c.json"
    path.write_text(json.dumps({"format": "litproof-certificate", "kind": "linear-limit"}))
    monkeypatch.setattr(sys, "argv", ["generate_instance.py", str(path)])
    assert generating.main() == 2
    error = capsys.readouterr().err
    assert error.count("\n") == 1
    assert "linear-limit" in error
