"""What is called a definition introduces one quantity, and nothing else passes for one."""

import pytest
import sympy as sp

from litproof.derive.definitions import check_definition, quantities
from litproof.derive.derivation import Derivation
from litproof.derive.matrix_words import MatrixRate
from litproof.derive.notation import Rate
from litproof.derive.stated import FalseStep, assume, define

x, y, z, t = sp.symbols("x y z t", real=True)
c = sp.Symbol("c", positive=True)
j, k = sp.symbols("j k", integer=True, positive=True)
f, eta = sp.IndexedBase("f", real=True), sp.IndexedBase("eta", real=True)
h = sp.Function("h", real=True)
n = sp.Symbol("n", integer=True, positive=True)
A, B, D = (sp.MatrixSymbol(name, n, n) for name in "ABD")
KNOWN = quantities(assume("known", x + f[j], h(y)))


@pytest.mark.parametrize(
    "step",
    [
        define("symbol", z, x**2),
        define("rate", Rate(z, t), z + x),
        define("member", f[1], x, for_all=()),
        define("matrix", D, A * B),
        define("matrix-rate", MatrixRate(D, t), -D),
        define("right", x, y + 2 * c * z, of=z),
        define("right-matrix", A, B * B - D, of=D),
    ],
)
def test_new_quantities_are_defined(step):
    known = KNOWN if step.name != "member" else quantities(assume("other", f[2], x))
    check_definition(step, known)


@pytest.mark.parametrize(
    ("step", "message"),
    [
        (define("symbol", x, z), "occurred before"),
        (define("function", h(z), z), "occurred before"),
        (define("member", f[1], z), "occurred before"),
        (define("family", f[k], z, for_all=(k,)), "occurred before"),
        (define("compound", z**2, x), "one quantity"),
        (define("value", sp.gamma(z), x), "one quantity"),
        (define("itself", z, z + x), "by itself"),
        (define("flow", Rate(eta[j, k], t), x), "not a matter of definition"),
        (define("loss", Rate(sp.Symbol("loss"), t), x), "not a matter of definition"),
        (define("matrix-flow", MatrixRate(sp.MatrixSymbol("W_1", n, n), t), A), "not a matter of definition"),
        (define("known-right", z, x + y, of=y), "occurred before"),
        (define("square", x, z**2, of=z), "does not determine"),
        (define("absent", x, y, of=z), "does not determine"),
        (define("multiplied", A, B * D, of=D), "does not determine"),
    ],
)
def test_claims_do_not_pass_for_definitions(step, message):
    with pytest.raises(FalseStep, match=message):
        check_definition(step, KNOWN)


def test_a_derivation_checks_its_definitions():
    parts = {"claim": "t/t", "title": "t", "sources": (), "symbols": {}, "statement": ("t",), "body": ()}
    first, again = define("first", z, x, "Put"), define("again", z, y, "Put")
    assert Derivation(**parts, hypotheses=(first,)).step("first")
    with pytest.raises(FalseStep, match="occurred before"):
        Derivation(**parts, hypotheses=(first, again))
