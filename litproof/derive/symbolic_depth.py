"""C1 and C2 for symbolic depth L, by indexed products.

Method (not induction): a product over all layers but l is written P / eta_l, P the full product and a
generator of its own. An identity between the resulting rational functions holds wherever no factor
vanishes; for each given L it is an identity between polynomials, so it holds everywhere. The layers l and k
are two typical, distinct ones.
"""

import sympy as sp

from litproof.derive.normal_form import is_zero
from litproof.derive.notation import LayerProduct, Rate
from litproof.derive.rules import Rule, evaluate_rates

L, l, k, i, j = sp.symbols("L l k i j", integer=True, positive=True)
t = sp.Symbol("t", real=True)
g = sp.IndexedBase("g")
eta = sp.IndexedBase("eta")
real_g = sp.IndexedBase("g", real=True)
real_eta = sp.IndexedBase("eta", real=True)
entry = sp.IndexedBase("v", real=True)
slot = sp.IndexedBase("j", integer=True)


def reduced_rate(family: sp.IndexedBase, data: sp.IndexedBase) -> Rule:
    """d eta_{l,j}/dt = -conj(g_j prod_{k != l} eta_{k,j}) for a typical layer l and component j."""
    speed = -sp.conjugate(data[j] * LayerProduct(family[i, j], i, L, l))
    return Rule(Rate(family[l, j], t), speed, for_all=(l, j))


def conserved_by_reduced_flow(quantity: sp.Expr) -> bool:
    """Whether a polynomial in eta_{l,j}, eta_{k,j} and conjugates is constant at every depth, for any g_j.

    `quantity` is written with the module's `eta` (complex) or `real_eta` (real odeco form).
    """
    rules = (reduced_rate(eta, g), reduced_rate(real_eta, real_g))
    return is_zero(evaluate_rates(Rate(quantity, t), rules, frozenset()))


def equal_angular_momenta() -> bool:
    """Whether conj(eta_{l,j}) d eta_{l,j}/dt equals conj(eta_{k,j}) d eta_{k,j}/dt at every depth L."""
    momentum = sp.conjugate(eta[l, j]) * Rate(eta[l, j], t)
    difference = momentum - momentum.xreplace({l: k})
    return is_zero(evaluate_rates(difference, (reduced_rate(eta, g),), frozenset()))


def homogeneous_of_degree(degree: sp.Expr) -> bool:
    """Whether each monomial of M o (v_1, .., v_L) has this degree in each slot, at every depth L (Euler).

    A monomial is prod_l v_{l,j_l}. Among the entries of v_l only v_{l,j_l} occurs in it, so that <v_l,
    grad_l> acts as v_{l,j_l} d/dv_{l,j_l}; the other layers do not move. With degree 1 this gives <v_l,
    grad_l f> = f for every l, hence d||v_l||^2/dt = -2 sum_i r_i f(x_i), the same for all l: C2.
    """
    factor = entry[l, slot[l]]
    monomial = factor * LayerProduct(entry[i, slot[i]], i, L, l)
    constants = frozenset({LayerProduct(entry[i, slot[i]], i, L, l)})
    action = factor * evaluate_rates(Rate(monomial, factor), (), constants)
    return is_zero(action - degree * LayerProduct(entry[i, slot[i]], i, L))
