import pytest
from sympy import Integer, Rational, conjugate

from litproof.derive.symbolic_depth import (
    conserved_by_reduced_flow,
    equal_angular_momenta,
    eta,
    homogeneous_of_degree,
    j,
    k,
    l,
    real_eta,
)

a, b = eta[l, j], eta[k, j]
x, y = real_eta[l, j], real_eta[k, j]


def test_laws_hold_at_symbolic_depth():
    assert conserved_by_reduced_flow(a * conjugate(a) - b * conjugate(b))
    assert conserved_by_reduced_flow(x**2 - y**2)
    assert conserved_by_reduced_flow((x**2 - y**2) ** 3)
    assert equal_angular_momenta()
    assert homogeneous_of_degree(Integer(1))


@pytest.mark.parametrize(
    "mutant",
    [
        a * conjugate(a) + b * conjugate(b),
        a**2 - b**2,
        conjugate(a) * b,
        a * conjugate(a) - 2 * b * conjugate(b),
        x**2 + y**2,
        x**3 - y**3,
        x - y,
        x**2 * y**2,
        x**2 - real_eta[k, j + 1] ** 2,
    ],
)
def test_false_variants_are_rejected(mutant):
    assert not conserved_by_reduced_flow(mutant)


@pytest.mark.parametrize("degree", [Integer(0), Integer(2), Rational(1, 2)])
def test_other_degrees_of_homogeneity_are_rejected(degree):
    assert not homogeneous_of_degree(degree)
