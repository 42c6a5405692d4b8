# %% [markdown]
# # A theorem of one's own under test
#
# Suppose you have derived where two diagonal layers go. Write it down as a formula; litproof follows the flow,
# compares, and tries false variants that the same comparison must reject.

# %%
from pathlib import Path
from tempfile import mkdtemp

from litproof import verify

folder = Path(mkdtemp())
(folder / "hyperbolic.toml").write_text("""
schema = 1

[claim]
id = "mine/hyperbolic"
title = "two diagonal layers minimise the hyperbolic entropy"
minimises = "sum(hypentropy(beta[j], (alpha*etabar[j])^2/2))"
hypotheses = ["two-layers", "same-start", "last-zero"]
problems = ["point.toml"]
""")
(folder / "point.toml").write_text("""
schema = 1
[network]
kind = "diagonal"
depth = 2
[task]
kind = "regression"
[data]
X = [["1", "2", "-1"], ["0", "1", "3"]]
y = ["1", "2"]
[init]
scale = "1/3"
v = [["1", "1", "1"], ["0", "0", "0"]]
""")
report = verify(folder / "hyperbolic.toml", digits=30)
(verdict,) = report.verdicts
print(verdict.claim, verdict.status, verdict.evidence)

# %% [markdown]
# The same with a wrong constant: the entropy's scale is (alpha etabar)^2/2, not (alpha etabar)^2.

# %%
text = (folder / "hyperbolic.toml").read_text().replace("^2/2", "^2").replace("mine/hyperbolic", "mine/wrong")
(folder / "wrong.toml").write_text(text)
(wrong,) = verify(folder / "wrong.toml", digits=30).verdicts
print(wrong.claim, wrong.status)
print(wrong.instances[0].detail)
assert (str(verdict.status), str(wrong.status)) == ("verified", "refuted")
