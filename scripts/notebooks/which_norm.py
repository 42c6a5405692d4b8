# %% [markdown]
# # Which norm, and is there one?
#
# Does the flow of a network select the fit that minimises some function of beta? `litproof bias` answers with a
# proof. Two data sets with the same fits and the same start must then have the same limit.

# %%
from litproof import Problem, find_limit
from litproof.networks import Diagonal, FullyConnected


def pair(network, v):
    """The limits of one problem and of the same with one row doubled: the same fits, another flow."""
    X, y = [[1, 2, 0], [0, 1, 1]], [1, 2]
    first = Problem(network, "regression", X, y, 1, v)
    second = Problem(network, "regression", [X[0], [2 * x for x in X[1]]], [y[0], 2 * y[1]], 1, v)
    return [find_limit(problem, 20) for problem in (first, second)]


# %% [markdown]
# A diagonal network: the limits agree, as its potential says.

# %%
a, b = pair(Diagonal(depth=2, width=3), [["1", "1", "1"], ["0", "0", "0"]])
for limit in (a, b):
    print(*(f"{float(x):.15f}" for x in limit.value))
assert max(abs(p - q) for p, q in zip(a.value, b.value, strict=True)) < 1e-19

# %% [markdown]
# A fully connected network of width two: both limits are enclosed, and the enclosures are disjoint. So no
# function of beta, however it depends on the start, has these limits as its unique minimisers.

# %%
start = [["1/2", "0", "1/3", "1/5", "0", "1/2"], ["1/2", "-1/3"]]
a, b = pair(FullyConnected(3, (2,)), start)
gap = max(abs(p - q) for p, q in zip(a.value, b.value, strict=True))
print(a.evidence, b.evidence, f"gap {float(gap):.4f}")
assert gap > 1e-4
