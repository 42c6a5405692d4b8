from fractions import Fraction

import pytest

from litproof.flow.folding import fold_coefficients
from litproof.integrate.regression.follow import follow_to_limit
from litproof.networks.polynomial import PolynomialNetwork
from litproof.problem import Problem
from litproof.problem_file import read_problem

ROWS = ([1, 0, 2], [0, 1, -1], [3, 1, 0])


def tied(y, X=ROWS, formulas=("a[1]*b[1]", "2*a[1]*b[1]", "a[2]*b[2]")):
    network = PolynomialNetwork.of(["a[2]", "b[2]"], formulas, 3)
    return Problem(network, "regression", X, y, 1, [["1/2", "3/2"], ["5/4", 1]])


def test_the_data_on_independent_coefficients_give_the_same_outputs():
    problem = tied([1, 2, 3])
    folded = fold_coefficients(problem)
    assert folded.X != problem.X and folded.y == problem.y
    for start in ([["1/2", 3], [2, "-7/3"]], [[1, 0], ["5/11", 4]]):
        beta = problem.network.coefficients([[Fraction(x) for x in layer] for layer in start])
        assert folded.residual(beta) == problem.residual(beta)
    assert fold_coefficients(folded) is None or fold_coefficients(folded).X == folded.X


@pytest.mark.parametrize(
    "problem",
    [
        tied([1, 2], ROWS[:2]),  # as many outputs as independent coefficients
        tied([1, 2, 3], formulas=("a[1]*b[1]", "2*a[1]*b[2]", "a[2]*b[2]")),
    ],
)
def test_independent_outputs_stay_as_they_are(problem):
    assert fold_coefficients(problem) is None


@pytest.mark.parametrize("y", [[4, 3, 5], [1, 2, 3]])
def test_a_flow_with_dependent_outputs_ends_at_the_least_loss(y):
    """gamma = (a_1 b_1, a_2 b_2) moves freely: the limit solves the normal equations of X C, C^T = (1 2 0; 0 0 1)."""
    measured = follow_to_limit(tied(y), 20)
    assert measured.converged
    columns = [[row[0] + 2 * row[1] for row in ROWS], [row[2] for row in ROWS]]
    (p, q), (_, s) = ([sum(a * b for a, b in zip(u, w, strict=True)) for w in columns] for u in columns)
    g, h = (sum(a * b for a, b in zip(u, y, strict=True)) for u in columns)
    first, second = Fraction(s * g - q * h, p * s - q * q), Fraction(p * h - q * g, p * s - q * q)
    expected = (first, 2 * first, second)
    assert max(abs(a - b) for a, b in zip(measured.value, expected, strict=True)) < Fraction(1, 10**20)


def test_a_row_of_zeros_in_the_data_tensor(tmp_path):
    file = tmp_path / "zeros.toml"
    file.write_text("""
schema = 1
[network]
kind = "tensor"
depth = 1
tensor = [["-4/3", "-1/2", "1/3"], ["0", "0", "0"], ["0", "5/4", "-1/2"]]
[task]
kind = "regression"
[data]
X = [["0", "-1/10", "25/4"], ["0", "-1000", "-150"]]
y = ["7/1280", "-21/160"]
[init]
scale = "1"
v = [["9/80", "9/80", "9/80"]]
""")
    measured = follow_to_limit(read_problem(file), 20)
    assert measured.converged and abs(measured.value[2] - Fraction(7, 8000)) < Fraction(1, 10**20)
