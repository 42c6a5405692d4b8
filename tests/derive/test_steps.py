import pytest
import sympy as sp

from litproof.derive.derivation import Argument, Derivation, Shown
from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.notation import LayerProduct, Rate
from litproof.derive.stated import FalseStep, assume, define, restate
from litproof.derive.steps import (
    bound,
    chain,
    change_clock,
    expand,
    integrate,
    prove,
    prove_instances,
    prove_law,
    prove_matrix,
    read_entry,
    write_out,
)
from litproof.flow.polynomials import parameter_ring
from litproof.networks.diagonal import Diagonal

x, y, t = sp.symbols("x y t", real=True)
c = sp.Symbol("c", positive=True)
n = sp.Symbol("n", integer=True, positive=True)
A, B = sp.MatrixSymbol("A", n, n), sp.MatrixSymbol("B", n, n)


def test_false_equations_cannot_be_made_into_steps():
    rotation = (define("vx", Rate(x, t), y), define("vy", Rate(y, t), -x))
    assert prove("circle", Rate(x**2 + y**2, t), 0, using=rotation).kind == "derivative"
    with pytest.raises(FalseStep, match="circle"):
        prove("circle", Rate(x**2 - y**2, t), 0, using=rotation)
    with pytest.raises(FalseStep, match="neither constant"):
        prove("circle", Rate(x**2 + y**2, t), 0, using=rotation[:1])
    with pytest.raises(FalseStep):
        prove("square", (x + y) ** 2, x**2 + y**2)
    with pytest.raises(FalseStep):
        prove("number", sp.sqrt(2) * sp.sqrt(3), sp.sqrt(5))
    with pytest.raises(FalseStep, match="denominator"):
        prove("nothing", 1 / ((sp.sqrt(1 + x**2) - 1) * (sp.sqrt(1 + x**2) + 1) - x**2), x)


def test_only_what_is_passed_may_be_used():
    value = define("value", x, c**2)
    assert prove("root", sp.sqrt(x), c, using=(value,)).uses == ("value",)
    with pytest.raises(FalseStep):
        prove("root", sp.sqrt(x), c)


def test_relations_that_are_no_rules_cannot_be_used():
    with pytest.raises(FalseStep, match="not a single quantity"):
        prove("y", y, y, using=(assume("sum", x + y, c),))
    with pytest.raises(FalseStep, match="not a single quantity"):
        prove("y", y, y, using=(assume("less", x, c, operator="<="),))


def test_false_matrix_identities_bounds_expansions_laws_and_instances():
    assert prove_matrix("swap", sp.Trace(A * B), sp.Trace(B * A)).kind == "identity"
    with pytest.raises(FalseStep):
        prove_matrix("swap", A * B, B * A)
    with pytest.raises(FalseStep, match="neither constant"):
        prove_matrix("rate", MatrixRate(A, t), B)
    with pytest.raises(FalseStep):
        prove_matrix("rate", MatrixRate(A, t), B, algebra=Algebra(rates={A: -B}))
    assert bound("square", x**2 + y**2, 2 * x * y, (x - y) ** 2).relation.operator == ">="
    with pytest.raises(FalseStep, match="sign"):
        bound("strict", x**2 + y**2, 2 * x * y, (x - y) ** 2, strict=True)
    with pytest.raises(FalseStep, match="sign"):
        bound("sign", x + c, x - y, c + y)
    with pytest.raises(FalseStep):
        bound("equal", x**2 + y**2, 2 * x * y, (x + y) ** 2)
    assert expand("root", sp.sqrt(1 + x), x, [sp.S.One, sp.S.Half, -sp.Rational(1, 8)]).kind == "expansion"
    with pytest.raises(FalseStep, match="order 2"):
        expand("root", sp.sqrt(1 + x), x, [sp.S.One, sp.S.Half, sp.Rational(1, 8)])
    network = Diagonal(2, 1)
    ring = parameter_ring(network)
    (a,), (b,) = ring.layers
    assert prove_law("law", network, ("difference", a**2 - b**2), t, "").kind == "instance"
    with pytest.raises(FalseStep, match="not conserved"):
        prove_law("law", network, ("sum", a**2 + b**2), t, "")
    with pytest.raises(FalseStep, match="4"):
        prove_instances("odd", x, y, "", decide=lambda size: size % 2 == 1, values=(1, 3, 4), check="sizes")


u, v = sp.MatrixSymbol("u", n, 1), sp.MatrixSymbol("v", n, 1)


def test_entries_of_vector_equations():
    speed = prove_matrix("speed", MatrixRate(u, t), -(2 * v - v), algebra=Algebra(rates={u: -v}))
    entry = read_entry("entry", speed, {u: x, v: y}, "that is,")
    assert entry.relation.lhs == Rate(x, t)
    assert entry.relation.rhs == -y
    assert entry.kind == "entry"
    product = prove_matrix("product", A * (u + v), A * u + A * v)
    with pytest.raises(FalseStep, match="no entry is known"):
        read_entry("entry", product, {u: x, v: y}, "that is,")
    with pytest.raises(FalseStep, match="no entry is known of v"):
        read_entry("entry", speed, {u: x}, "that is,")


def test_functions_with_equal_rates_and_equal_starts_are_equal():
    F = sp.Function("F", real=True)(x)
    first = define("F", Rate(F, x), sp.cos(x))
    second = prove("sine", Rate(sp.sin(x), x), sp.cos(x))
    shifted = prove("shifted", Rate(1 + sp.sin(x), x), sp.cos(x))
    other = prove("other", Rate(sp.sin(x) + x, x), 1 + sp.cos(x))
    start = {F: sp.S.Zero, x: sp.S.Zero}
    assert integrate("F", F, sp.sin(x), "So", rates=(first, second), start=start).kind == "integral"
    with pytest.raises(FalseStep, match="values at the start"):
        integrate("F", F, 1 + sp.sin(x), "So", rates=(first, shifted), start=start)
    with pytest.raises(FalseStep, match="differ"):
        integrate("F", F, sp.sin(x) + x, "So", rates=(first, other), start=start)
    with pytest.raises(FalseStep, match="no step gives the rate"):
        integrate("F", F, sp.sin(x), "So", rates=(second, first), start=start)
    with pytest.raises(FalseStep, match="values at the start"):
        integrate("F", F, sp.sin(x), "So", rates=(first, second), start={})


def test_products_over_layers_are_written_out():
    L, layer, i = sp.symbols("L l i", integer=True, positive=True)
    eta = sp.IndexedBase("eta", real=True)
    flow = assume("flow", Rate(eta[layer], t), -LayerProduct(eta[i], i, L, layer))
    assert write_out("two", flow, 2, {layer: 1}, "").relation.rhs == -eta[2]
    three = write_out("three", flow, 3, {layer: 2}, "", renamed={eta[1]: x})
    assert three.relation.lhs == Rate(eta[2], t)
    assert three.relation.rhs == -x * eta[3]


def test_the_chain_rule_and_other_clocks():
    s, tau = sp.Symbol("s", real=True), sp.Symbol("tau", real=True)
    profile, clock = assume("profile", Rate(x, s), 1 + x**2), assume("clock", Rate(s, t), c)
    assert chain("open", profile, t, "").relation.rhs == (1 + x**2) * Rate(s, t)
    assert chain("closed", profile, clock, "").relation.rhs == c * (1 + x**2)
    renamed = chain("renamed", profile, t, "", renamed={x: y, s: tau})
    assert renamed.relation.lhs == Rate(y, t)
    assert renamed.relation.rhs == (1 + y**2) * Rate(tau, t)
    with pytest.raises(FalseStep, match="not of s"):
        chain("wrong", profile, assume("other", Rate(tau, t), c), "")
    with pytest.raises(FalseStep, match="does not give a rate"):
        chain("value", assume("value", x, c), t, "")
    moved, own = assume("moved", Rate(x, t), c * y), assume("own", Rate(tau, t), c)
    assert change_clock("slow", moved, own, y, "").relation.lhs == Rate(x, tau)
    with pytest.raises(FalseStep, match="quotient"):
        change_clock("slow", moved, own, 2 * y, "")
    with pytest.raises(FalseStep, match="different variables"):
        change_clock("slow", profile, own, y, "")
    with pytest.raises(FalseStep, match="does not give a rate"):
        change_clock("slow", moved, assume("less", Rate(tau, t), c, operator="<="), y, "")


def test_matrix_definitions_are_inserted_into_each_other_and_into_rates():
    P, Q = sp.MatrixSymbol("P", n, n), sp.MatrixSymbol("Q", n, n)
    steps = (define("P", P, A * Q), define("Q", Q, B * B))
    assert prove_matrix("cube", P, A * B * B, using=steps)
    with pytest.raises(FalseStep):
        prove_matrix("cube", P, B * A * B, using=steps)
    moved = (*steps, assume("flow", MatrixRate(A, t), Q))
    assert prove_matrix("flow", MatrixRate(A, t), B * B, using=moved)


def derivation(**changes):
    value = define("value", x, c**2, "Let {c} be positive and")
    root = prove("root", sp.sqrt(x), c, "so that by {eq:value}", using=(value,))
    parts = {
        "claim": "test/root",
        "title": "Roots",
        "sources": ("ykm",),
        "symbols": {"c": c},
        "statement": ("For {c} as in {cite:ykm},", Shown("root")),
        "hypotheses": (value,),
        "body": (root, Argument("Because {root}.")),
        "conclusion": (),
    }
    return Derivation(**{**parts, **changes})


def test_a_derivation_is_checked_when_it_is_put_together():
    built = derivation()
    assert [step.name for step in built.steps] == ["value", "root"]
    assert built.step("root").uses == ("value",)
    with pytest.raises(KeyError):
        built.step("branch")


@pytest.mark.parametrize(
    "prose",
    [
        "so $x$ is small",
        "x = 1",
        "the power x^2",
        "v_l moves",
        "at least >= 1",
        "with 2*3 terms",
        r"the \alpha",
        "{unknown} is zero",
        "see {eq:unknown}",
        "see {cite:nobody}",
        "see {fig:root}",
    ],
)
def test_formulas_and_dead_references_in_prose_are_refused(prose):
    with pytest.raises(FalseStep):
        derivation(conclusion=(prose,))
    with pytest.raises(FalseStep):
        derivation(conclusion=(Argument(prose),))
    with pytest.raises(FalseStep):
        derivation(conclusion=(restate("again", x, c, prose, of=(), how="as before"),))


def test_order_names_and_displays_are_checked():
    value = define("value", x, c**2)
    root = prove("root", sp.sqrt(x), c, using=(value,))
    with pytest.raises(FalseStep, match="not shown before"):
        derivation(hypotheses=(root,), body=(value,))
    with pytest.raises(FalseStep, match="used twice"):
        derivation(body=(root, root))
    with pytest.raises(FalseStep, match="used twice"):
        derivation(symbols={"c": c, "root": x})
    with pytest.raises(FalseStep, match="to show"):
        derivation(conclusion=(Shown("branch"),))
