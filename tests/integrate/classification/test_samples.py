from fractions import Fraction

import pytest

from litproof import Problem
from litproof.decimals import decimal_log
from litproof.integrate.classification.samples import sample_path
from litproof.networks import Diagonal

DEEP = Problem(
    Diagonal(3, 3),
    "classification",
    [[2, 1, "1/2"], [1, 3, -1]],
    [1, 1],
    1,
    [[1, "1/2", "3/4"], ["3/2", 1, 1], ["5/4", "2/3", "5/4"]],
)


@pytest.mark.parametrize("end", [12, 48, 96])
def test_differences_of_samples_keep_their_digits_far_out(end):
    """Three layers: beta/kappa converges like 1/kappa, however long the steps might be."""
    kappas = (Fraction(end, 2), Fraction(3 * end, 4), end)
    samples = sample_path(DEEP, end + 10, kappas, tolerance=1e-12, newton=1e-16, stages=14)
    for a, b, c in zip(*(sample.scaled for sample in samples), strict=True):
        slope = (decimal_log(a - b) - decimal_log(b - c)) / (end / 4)
        assert slope == pytest.approx(1, abs=0.5 if end == 12 else 1e-6)
