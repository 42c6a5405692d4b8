# %% [markdown]
# # A first limit
#
# One data point, two weights, three layers. Every beta on the line beta_1 + 2 beta_2 = 1 fits. Where does
# gradient flow go?

# %%
from fractions import Fraction

from litproof import Problem, find_limit, gradient_flow, trajectory
from litproof.networks import Diagonal

network, v = Diagonal(depth=3, width=2), [[1, 1], [1, 1], [0, 0]]
problem = Problem(network, "regression", X=[[1, 2]], y=[1], scale="1/2", v=v)
gradient_flow(problem)

# %% [markdown]
# The equations above are sympy's. The limit, to 30 digits, comes with a proof: an enclosure in ball arithmetic,
# and the flow itself followed in its original parameters beside it.

# %%
limit = find_limit(problem, digits=30)
limit

# %%
limit.evidence, limit.enclosure

# %% [markdown]
# The path is there too, at any time and to any precision. It ends where the proof says.

# %%
for t, layers in trajectory(problem, [0, 1, 3, 10, 30], 20):
    beta = [float(a * b * c) for a, b, c in zip(*layers, strict=True)]
    print(f"t = {float(t):4.0f}", *(f"{entry:.12f}" for entry in beta))

# %% [markdown]
# The start decides which fit is found: a large one leads to the fit of least l2 norm, (1/5, 2/5), a small one
# to that of least l1 norm, (0, 1/2).

# %%
for scale in ("4", "1", "1/2", "1/10", "1/1000"):
    beta = find_limit(Problem(network, "regression", [[1, 2]], [1], scale, v), 15).value
    print(f"alpha = {scale:>6}:", *(f"{float(entry):.10f}" for entry in beta))
assert abs(beta[0] + 2 * beta[1] - 1) < Fraction(1, 10**14)
