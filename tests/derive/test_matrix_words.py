import pytest
import sympy as sp

from litproof.derive.matrix_words import Algebra, MatrixRate
from litproof.derive.rules import UnknownRate

m, n, p = sp.symbols("m n p", integer=True, positive=True)
t = sp.Symbol("t", real=True)
A, B, C = sp.MatrixSymbol("A", m, n), sp.MatrixSymbol("B", n, p), sp.MatrixSymbol("C", p, m)
Q, K = sp.MatrixSymbol("Q", n, n), sp.MatrixSymbol("K", n, n)


def test_products_do_not_commute_but_transpose_backwards():
    assert Algebra().equal((A * B).T, B.T * A.T)
    assert not Algebra().equal(Q * K, K * Q)
    assert Algebra().equal((Q + K) * (Q - K), Q * Q - Q * K + K * Q - K * K)
    assert not Algebra().equal((Q + K) * (Q - K), Q * Q - K * K)


def test_traces_are_cyclic_and_forget_transposition():
    trace = sp.Trace
    assert Algebra().equal(trace(A * B * C), trace(B * C * A))
    assert Algebra().equal(trace(A * B * C), trace((A * B * C).T))
    assert not Algebra().equal(trace(Q * K * K.T), trace(Q * K.T * K))
    assert not Algebra().equal(trace(Q * K), 2 * trace(K * Q))


def test_identities_shorten_words_also_around_a_trace():
    orthogonal = Algebra(identities=((Q.T * Q, sp.Identity(n)),))
    assert orthogonal.equal(Q.T * Q * B, B)
    assert not orthogonal.equal(Q * Q.T * B, B)
    assert orthogonal.equal(sp.Trace(Q * K * Q.T), sp.Trace(K))
    assert Algebra(symmetric=frozenset({K})).equal(K.T * B, K * B)
    assert not Algebra().equal(K.T * B, K * B)


def test_rates_obey_leibniz_and_know_their_constants():
    flow = Algebra(rates={Q: K * Q}, constants=frozenset({K}))
    assert flow.equal(MatrixRate(Q * Q, t), K * Q * Q + Q * K * Q)
    assert flow.equal(MatrixRate(Q.T, t), Q.T * K.T)
    assert not flow.equal(MatrixRate(Q * Q, t), 2 * K * Q * Q)
    with pytest.raises(UnknownRate):
        flow.equal(MatrixRate(A * Q, t), A * K * Q)


@pytest.mark.parametrize("size", [1, 2])
def test_words_agree_with_explicit_matrices(size):
    explicit = {s: sp.Matrix(size, size, lambda i, j, s=s: sp.Symbol(f"{s.name}{i}{j}")) for s in (Q, K)}
    q, k = explicit[Q], explicit[K]
    left, right = (Q + 2 * K.T) * (K - Q), Q * K - Q * Q + 2 * K.T * K - 2 * K.T * Q
    assert Algebra().equal(left, right)
    difference = (q + 2 * k.T) * (k - q) - (q * k - q * q + 2 * k.T * k - 2 * k.T * q)
    assert difference.expand() == sp.zeros(size)
