"""Notation that the derivations share."""

import sympy as sp

from litproof.derive.notation import LayerProduct

L, l, k, i, j, d, m, n = sp.symbols("L l k i j d m n", integer=True, positive=True)
"""Depth, layers, component, sizes."""
t = sp.Symbol("t", real=True)
alpha = sp.Symbol("alpha", positive=True)

eta = sp.IndexedBase("eta", real=True)
rho = sp.IndexedBase("rho", real=True)
g = sp.IndexedBase("g", real=True)

X = sp.MatrixSymbol("X", n, d)
S = sp.MatrixSymbol("S", m, d)
y, r, nu = (sp.MatrixSymbol(name, n, 1) for name in ("y", "r", "nu"))
beta = sp.MatrixSymbol("beta", d, 1)
rho_vector = sp.MatrixSymbol("rho", m, 1)
g_vector = sp.MatrixSymbol("g", m, 1)


def product(*left_out: sp.Expr) -> LayerProduct:
    """prod of eta_{i,j} over the layers i other than those left out."""
    result: LayerProduct = LayerProduct(eta[i, j], i, L, *left_out)
    return result
