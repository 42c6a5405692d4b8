import pytest
import sympy as sp
from hypothesis import given, strategies as st

from litproof.derive.normal_form import is_zero
from litproof.derive.notation import LayerProduct, LayerSum

L, i, k, l = sp.symbols("L i k l", integer=True, positive=True)
q, x = sp.symbols("q x", real=True)
a, b = sp.symbols("a b", positive=True)
e = sp.Symbol("epsilon", real=True)
eta = sp.IndexedBase("eta")


@pytest.mark.parametrize(
    "expression",
    [
        (1 + q**2) ** ((L - 1) / 2) * (1 + q**2) ** ((3 - L) / 2) - 1 - q**2,
        (a * b) ** L - a**L * b**L,
        (a * b) ** (2 / L) / a ** (2 / L) - b ** (2 / L),
        sp.cosh(x) ** 2 - sp.sinh(x) ** 2 - 1,
        sp.sinh(3 * x) - 3 * sp.sinh(x) - 4 * sp.sinh(x) ** 3,
        sp.sqrt(1 + q**2) ** 3 / (1 + q**2) - sp.sqrt(1 + q**2),
        sp.Sum(a * k**2 + b, (k, 1, L)) - a * sp.Sum(k**2, (k, 1, L)) - b * sp.Sum(sp.S.One, (k, 1, L)),
        sp.sqrt(2) * sp.sqrt(8) - 4,
        LayerProduct(eta[i], i, L) - eta[l] * eta[k] * LayerProduct(eta[i], i, L, l, k),
        LayerProduct(a * eta[i] ** 2, i, L, l) - a ** (L - 1) * LayerProduct(eta[i], i, L, l) ** 2,
        LayerSum(a * eta[i], i, L, l) - a * LayerSum(eta[i], i, L) + a * eta[l],
        LayerSum(a, i, L, l) - a * (L - 1),
    ],
)
def test_true_identities(expression):
    assert is_zero(expression)


@pytest.mark.parametrize(
    "expression",
    [
        (1 + q**2) ** ((L - 1) / 2) - (1 + q**2) ** (L / 2),
        sp.sqrt(q**2 + 1) + sp.sqrt(q**2 + 1) ** 3,
        sp.cosh(x) ** 2 + sp.sinh(x) ** 2 - 1,
        sp.sqrt(x**2) - x,
        (-1) ** (2 * a) - 1,
        LayerProduct(eta[i], i, L, l) - LayerProduct(eta[i], i, L, k),
        LayerProduct(eta[i], i, L, l) - LayerProduct(eta[i], i, L),
        LayerSum(eta[i], i, L, l) - LayerSum(eta[i], i, L),
        LayerProduct(a, i, L) - a ** (L - 1),
        e**2 - 1,
        sp.exp(a + b) - sp.exp(a) - sp.exp(b),
    ],
)
def test_false_identities(expression):
    assert not is_zero(expression)


def test_signs_square_to_one_and_keep_their_parity():
    assert is_zero(e**2 - 1, (e,))
    assert is_zero(e ** (2 * L - 3) - e, (e,))
    assert is_zero(e ** (L - 2) * e ** (L - 1) - e, (e,))
    assert not is_zero(e**L - 1, (e,))
    assert not is_zero(e - 1, (e,))


def test_hidden_zero_denominators_are_noticed():
    root = sp.sqrt(1 + q**2)
    for denominator in ((root - 1) * (root + 1) - q**2, sp.cosh(x) ** 2 - sp.sinh(x) ** 2 - 1, sp.S.Zero):
        with pytest.raises(ZeroDivisionError):
            is_zero(1 / denominator - 1)


def expressions():
    leaves = st.sampled_from(
        [q, a, sp.sqrt(1 + q**2), (1 + q**2) ** (L / 2), sp.Integer(2), sp.Rational(-1, 3)]
    )
    return st.recursive(
        leaves, lambda inner: st.tuples(inner, inner, st.sampled_from("+*")).map(combine), max_leaves=6
    )


def combine(parts):
    left, right, operator = parts
    return left + right if operator == "+" else left * right


@given(expressions(), expressions())
def test_agrees_with_a_numerical_oracle(left, right):
    """Both ways: what is decided zero vanishes at a transcendental point, what is not does not."""
    point = {q: sp.Rational(7, 5), a: sp.Rational(11, 3), L: 5}
    generic = {q: sp.pi / 3, a: sp.E / 2, L: sp.sqrt(2) + 3}
    assert is_zero((left + right) ** 2 - left**2 - 2 * left * right - right**2)
    if is_zero(left - right):
        assert abs(sp.N((left - right).xreplace(point), 30)) < 1e-20
    else:
        assert abs(sp.N((left - right).xreplace(generic), 30)) > 1e-20


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_products_over_layers_agree_with_written_out_ones(depth):
    product = LayerProduct(eta[i], i, L, l, k)
    numbers = {l: 1, k: 2}
    written = product.at_depth(depth, numbers)
    assert written * eta[1] * eta[2] == LayerProduct(eta[i], i, L).at_depth(depth, {})
    total = LayerSum(eta[i], i, L, l).at_depth(depth, numbers)
    assert total + eta[1] == LayerSum(eta[i], i, L).at_depth(depth, {})


def test_exponentials_of_logarithms_are_powers():
    a, r, k = sp.Symbol("a", positive=True), sp.Symbol("r", real=True), sp.Symbol("k", real=True)
    assert is_zero(sp.exp(2 * (k - r * sp.log(a))) - a ** (-2 * r) * sp.exp(2 * k))
    assert not is_zero(sp.exp(2 * (k - r * sp.log(a))) - a ** (2 * r) * sp.exp(2 * k))
    unsigned = sp.Symbol("b", real=True)
    assert not is_zero(sp.exp(r * sp.log(unsigned), evaluate=False) - unsigned**r)
