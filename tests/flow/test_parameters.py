"""One name a parameter: symbols, functions of time, LaTeX; equal to what a person types."""

import pickle

import pytest
import sympy as sp

from litproof.flow.parameters import Parameter, function_of_time, name_in_latex, parameter_symbols
from litproof.laws import discover_conserved, fully_connected_map, relu_map
from litproof.networks.base import parameter_names
from litproof.networks.diagonal import Diagonal
from litproof.networks.fully_connected import FullyConnected


def test_symbols_and_laws_use_the_same_names():
    for network in (Diagonal(2, 2), FullyConnected(2, (2,))):
        names = tuple(name for layer in parameter_names(network) for name in layer)
        assert tuple(str(s) for layer in parameter_symbols(network) for s in layer) == names
        assert discover_conserved(network).variables == names


def test_matrices_and_biases_are_numbered_row_by_row_within_their_layer():
    assert fully_connected_map((2, 2, 1)).variables[:5] == ("v[1,1]", "v[1,2]", "v[1,3]", "v[1,4]", "v[2,1]")
    assert relu_map((1, 2, 1), bias=True).variables == (
        *(f"v[1,{j}]" for j in (1, 2, 3, 4)),
        *(f"v[2,{j}]" for j in (1, 2, 3)),
    )


def test_a_parameter_is_the_plain_symbol_of_its_name():
    own, typed, other = Parameter("v[1,2]"), sp.Symbol("v[1,2]", real=True), sp.Symbol("v[1,2]")
    assert own == typed and typed == own and hash(own) == hash(typed)
    assert own != other and other != own and own != Parameter("v[2,1]") and own != 1
    assert sp.diff(own**3, typed) == 3 * typed**2 and own - typed == 0
    assert (typed * 2).xreplace({own: sp.Integer(3)}) == 6
    assert sp.Poly(own * typed + 1, own).degree() == 2
    assert pickle.loads(pickle.dumps(own)) == own
    assert not Parameter("eta[1,1]", real=False).is_real


@pytest.mark.parametrize(
    ("name", "latex"),
    [
        ("v[1,2]", "v_{1,2}"),
        ("W[3,12]", "W_{3,12}"),
        ("u[3]", "u_{3}"),
        ("eta[1,2]", r"\eta_{1,2}"),
        ("rho", r"\rho"),
    ],
)
def test_latex(name, latex):
    assert name_in_latex(name) == latex == sp.latex(Parameter(name))


def test_functions_of_time_bear_the_same_name():
    t = sp.Symbol("t", real=True)
    v = function_of_time("v[1,2]")(t)
    assert v == sp.Function("v[1,2]", real=True)(t) and str(v) == "v[1,2](t)"
    assert sp.latex(v**2) == "v_{1,2}^{2}(t)"
    assert sp.latex(sp.Derivative(v, t)) == r"\frac{d}{d t} v_{1,2}(t)"


def test_products_of_typed_symbols_cancel_whatever_sympy_remembers():
    from sympy.core.cache import clear_cache

    own = [Parameter(f"v[{l},1]") for l in (1, 2)]
    for powers in ((1, 2), (2, 1), (1, 1), (3, 2)):
        clear_cache()
        first = sp.Mul(*(v**k for v, k in zip(own, powers, strict=True))) * sp.exp(own[0])
        clear_cache()
        typed = [sp.Symbol(f"v[{l},1]", real=True) for l in (1, 2)]
        second = sp.Mul(*(v**k for v, k in zip(typed, powers, strict=True))) * sp.exp(typed[0])
        assert first - second == 0 and hash(first) == hash(second)
