import pytest
import sympy as sp

from litproof.derive.notation import LayerProduct, Rate
from litproof.derive.rules import Rule, UnknownRate, evaluate_rates, substitute

L, i, j, k, l = sp.symbols("L i j k l", integer=True, positive=True)
t, x, y, z = sp.symbols("t x y z", real=True)
eta, a = sp.IndexedBase("eta"), sp.IndexedBase("a")


def test_special_rules_go_before_general_ones():
    rules = (Rule(eta[l, j], a[j], (l, j)), Rule(eta[L, j], y, (j,)))
    assert substitute(eta[k, i] + eta[L, i], rules) == a[i] + y
    assert substitute(eta[k, i] + eta[L, i], rules[::-1]) == a[i] + y


def test_the_last_layer_is_split_off_products_that_contain_it():
    rules = (Rule(eta[l], x, (l,)), Rule(eta[L], y))
    assert substitute(LayerProduct(eta[i], i, L, l), rules) == y * LayerProduct(x, i, L, l, L)
    assert substitute(LayerProduct(eta[i], i, L, L), rules) == LayerProduct(x, i, L, L)


def test_rules_speak_only_of_what_they_match():
    rule = Rule(eta[L, j], y, (j,))
    assert rule.match(eta[l, j]) is None
    assert rule.match(a[L, j]) is None
    assert Rule(eta[i, i], y, (i,)).match(eta[k, l]) is None
    assert Rule(Rate(x, t), y).match(Rate(x, z)) is None


def test_running_indices_do_not_capture():
    rule = Rule(eta[l], LayerProduct(a[i], i, L, l), (l,))
    assert rule.match(eta[k]) == LayerProduct(a[i], i, L, k)
    with pytest.raises(ValueError, match="capture"):
        rule.match(eta[i])


def test_circular_definitions_are_refused():
    with pytest.raises(ValueError, match="circle"):
        substitute(x, (Rule(x, y + 1), Rule(y, x)))


def test_total_derivatives():
    rules = (Rule(Rate(x, t), y), Rule(Rate(y, t), -x))
    assert evaluate_rates(Rate(x**2 + y**2, t), rules, frozenset()) == 0
    assert evaluate_rates(Rate(Rate(x, t), t), rules, frozenset()) == -x
    assert evaluate_rates(Rate(t * z, t), rules, frozenset({z})) == z


def test_unknown_quantities_are_not_taken_for_constants():
    with pytest.raises(UnknownRate, match="z"):
        evaluate_rates(Rate(x * z, t), (Rule(Rate(x, t), y),), frozenset())
    with pytest.raises(UnknownRate):
        evaluate_rates(Rate(LayerProduct(eta[i], i, L), t), (), frozenset({L}))


def test_conjugates_move_with_the_conjugate_rate():
    w = sp.Symbol("w")
    rules = (Rule(Rate(w, t), sp.I * w),)
    assert sp.expand(evaluate_rates(Rate(w * sp.conjugate(w), t), rules, frozenset())) == 0


def test_products_over_layers_by_the_logarithmic_derivative():
    c = sp.IndexedBase("c", positive=True)
    product = LayerProduct(z + c[i], i, L, l)
    slope = evaluate_rates(Rate(product, z), (), frozenset({c, L}))
    for depth in (2, 3, 4):
        written = product.at_depth(depth, {l: 1})
        at = {p: p.at_depth(depth, {l: 1}) for p in slope.args}
        assert sp.cancel(sp.diff(written, z) - sp.Mul(*at.values())) == 0
