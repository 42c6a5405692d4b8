# %% [markdown]
# # A classification limit to 30 digits
#
# On separable data the loss tends to 0 and only the direction of beta converges, like 1/log t: thirty digits
# would take t = 10^(10^30). litproof changes the clock, to kappa = -log(loss).

# %%
from litproof import Problem, find_limit, sample_path
from litproof.networks import Diagonal

problem = Problem(
    Diagonal(depth=2, width=3),
    "classification",
    X=[[1, 2, "1/2"], ["3/2", "-1/2", 1]],
    y=[1, 1],
    scale=1,
    v=[["1", "1", "1"], ["1/2", "1/3", "1/4"]],
)
limit = find_limit(problem, 30)
limit

# %% [markdown]
# Two diagonal layers go to the direction of least l1 norm among those with margin 1, here to (5, 1, 0),
# exactly: the limit is rational up to its norm, and the bounds are proved.

# %%
assert abs(limit.value[0] - 5 * limit.value[1]) < 1e-29 and abs(limit.value[2]) < 1e-29
for sample in sample_path(problem, 12, [1, 2, 4, 8, 16]):
    print(f"log kappa = {float(sample.s):7.3f}", *(f"{float(x):.12f}" for x in sample.direction))

# %% [markdown]
# The third entry decays like a power of kappa that the multipliers of the optimum give (claim K5, `litproof
# show K5`).
