"""Kind ``limit-pair``: two data sets with the same interpolators, the same network and start, and different limits.

The network is given by its linear coefficients beta_z as polynomials in the parameters. The second data set is
(T X, T y), T with independent columns; both flows start at the same parameters. That each of them tends to zero loss
and to a limit inside its box is proved as for ``regression-path``; the boxes are disjoint in the entry that is stated.
So no R(beta), however it depends on network and start, has the limit of every data set as its only minimiser on the
interpolators: `derivations/bodies/bias-no-regulariser.tex` (`litproof derive B1`).
"""

from fractions import Fraction

from litproof.certify.checker.exact import (
    Certificate,
    dot,
    fields,
    integer,
    listing,
    matrix,
    rational,
    require,
    transposed,
    vector,
)
from litproof.certify.checker.flow import flow_of
from litproof.certify.checker.minimum_norm import independent
from litproof.certify.checker.regression_path import check_limit
from litproof.certify.checker.tensor import Polynomial
from litproof.certify.checker.work import Work, span

NAMES = "beta start X y transform limits entry"
RECORD = "bits lengths path preconditioner reach enclosure"


def read_coefficients(certificate: Certificate, parameters: int) -> list[Polynomial]:
    """beta_1, ..., beta_d from lists of terms [coefficient, [parameters multiplied, repeated for powers]]."""
    beta: list[Polynomial] = []
    for terms in listing(certificate["beta"], "beta"):
        polynomial: Polynomial = {}
        require(isinstance(terms, list), "a coefficient must be a list of terms")
        for term in terms:
            value, places = listing(term, "a term [coefficient, parameters]", 2)
            require(
                isinstance(places, list) and len(places) <= 100, "a term is no list of at most 100 parameters"
            )
            monomial = tuple(integer(k, 0, parameters - 1, "a parameter") for k in places)
            require(monomial == tuple(sorted(monomial)), "the parameters of a term are not in order")
            require(monomial not in polynomial, "a term stands twice")
            polynomial[monomial] = rational(value)
        beta.append(polynomial)
    require(any(m for polynomial in beta for m, c in polynomial.items() if c), "the network does not move")
    return beta


def check_limit_pair(certificate: Certificate, work: Work) -> str:
    """Two limits, the same interpolators, and an entry that tells the limits apart."""
    start = vector(certificate["start"])
    beta = read_coefficients(certificate, len(start))
    X = matrix(certificate["X"], width=len(beta))
    y = vector(certificate["y"], len(X))
    T = matrix(certificate["transform"], width=len(X))
    columns = transposed(X)
    work.fractions(len(T) * len(X) * (len(columns) + 1), max(map(span, T)) + max(map(span, [*columns, y])))
    require(independent(transposed(T), work), "the transform has dependent columns: interpolators are gained")
    other = [[dot(row, column) for column in columns] for row in T], [dot(row, y) for row in T]
    boxes: list[list[list[Fraction]]] = []
    for record, (inputs, targets) in zip(
        listing(certificate["limits"], "limits", 2), ((X, y), other), strict=True
    ):
        fields(record, RECORD)
        alone = Work()  # each of the two limits may take what other certificates may
        check_limit(flow_of(beta, len(start), inputs, targets, alone), start, record, alone)
        boxes.append(matrix(record["enclosure"], len(beta), 2))
    entry = integer(certificate["entry"], 1, len(beta), "entry")
    (low, high), (least, most) = (box[entry - 1] for box in boxes)
    require(high < least or most < low, f"the boxes of entry {entry} are not disjoint")
    return describe(entry, max(low - most, least - high))


def describe(entry: int, gap: Fraction) -> str:
    """What is proved."""
    exponent = gap.numerator.bit_length() - gap.denominator.bit_length() - 1
    return (
        f"two data sets with the same interpolators lead to limits at least 2^{exponent} apart in entry {entry}: "
        "from this start no function of beta with a unique minimiser on the interpolators selects the limits"
    )
