"""The largest singular value of a large rational matrix and its singular vectors, proved.

Doubles find where to look; what is proved takes nothing from them. With K = [[0, A], [A^T, 0]] and a level:

* A differs from a matrix of rank r by one of norm at most the level (`norm_bound`, in integers): K has at most r
  eigenvalues above the level (Weyl).
* X has r columns, B is symmetric with eigenvalues of at least beta, R = K X - X B. The part of X along the eigenvectors
  of K up to the level is at most |R|_F / (beta - level) (Davis, Kahan, SIAM J. Numer. Anal. 7 (1970) 1,
  doi:10.1137/0707001). Over the smallest singular value of X that is `error`; below 1 there are r eigenvalues above the
  level, and the projections on their space and on that of X differ by no more than it.

For r = 2 the two are equal where a symmetry says so: T moves rows by one and columns by one the other way, in a circle.
Where A does not change, T maps each simple eigenvector to itself up to sign, and T^2 would be 1 on the space.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from litproof.algebra.balls import Ball, ball, column, magnitude, to_fmpq
from litproof.algebra.linear import rational_matrix
from litproof.errors import HypothesisError
from litproof.precision import ball_precision

if TYPE_CHECKING:
    import numpy as np
    from flint import arb_mat, fmpz_mat

Rows = Sequence[Sequence[Fraction]]

_CLOSE = 1e-9
"""Relative distance below which doubles do not tell two singular values apart."""

_BITS = 48
"""Bits of the integers that stand for entries where norms are bounded."""

_DOUBLE = 900
"""Exponents up to which a number is a double."""

_SPARE_BITS = 48
_REFINEMENTS = 200


@dataclass(frozen=True)
class Vectors:
    """X = [U; W] for K in balls without radius, `error` and the singular value of the module docstring.

    Attributes
    ----------
    U : p x r. W : q x r. error : at most so far are the two projections apart. value : the largest singular value.
    """

    U: arb_mat
    W: arb_mat
    error: Ball
    value: Ball

    def projected(self, first: Sequence[Ball], second: Sequence[Ball]) -> tuple[list[Ball], list[Ball]]:
        """The part of a vector (p and q entries) along the r eigenvectors, at flint's current precision."""
        from flint import arb

        seen = self.U.transpose() * column(first) + self.W.transpose() * column(second)
        weights = self._gram().solve(seen)
        slack = arb(0, (length_bound([*first, *second]) * self.error).upper())
        return tuple([x + slack for x in (side * weights).entries()] for side in (self.U, self.W))  # type: ignore[return-value]

    def trace(self, moved_U: arb_mat, moved_W: arb_mat) -> Ball:
        """Of P T on the space, where T X = [moved_U; moved_W] and |T| = 1."""
        from flint import arb

        product = self.U.transpose() * moved_U + self.W.transpose() * moved_W
        rough: Ball = self._gram().solve(product).trace()
        return rough + arb(0, (2 * self.U.ncols() * self.error).upper())

    def _gram(self) -> arb_mat:
        return self.U.transpose() * self.U + self.W.transpose() * self.W


class Dominant:
    """The largest singular value of A, which r pairs of singular vectors share: one, or two by symmetry."""

    def __init__(self, A: Rows) -> None:
        """HypothesisError where more singular values are as large as doubles can tell, or the proof does not close."""
        import numpy as np

        self._exact = rational_matrix(A)
        exponent = _exponent(A)
        self._unit = Fraction(2) ** exponent
        ordinary = abs(exponent) < _DOUBLE
        doubles = np.array([[float(x) if ordinary else float(x / self._unit) for x in row] for row in A])
        if ordinary:
            doubles = np.ldexp(doubles, -exponent)
        self._left, self._sizes, self._right = np.linalg.svd(doubles, full_matrices=False)
        self.r = self._count()
        if self.r == 2 and not _goes_round(A):
            raise HypothesisError(self._tie())
        self._level = self._bound(doubles)
        if self.r == 2 and not self._turns():
            raise HypothesisError(self._tie())

    def _count(self) -> int:
        near = int((self._sizes > self._sizes[0] * (1 - _CLOSE)).sum())
        if near > 2:
            raise HypothesisError(self._tie(near))
        return near

    def _tie(self, count: int = 2) -> str:
        return (
            f"the {count} largest singular values of a part of M(x) with {len(self._left)} rows and "
            f"{self._right.shape[1]} columns agree to 9 digits; a part of this size is too large to decide whether "
            "they are equal"
        )

    def _bound(self, doubles: np.ndarray) -> Ball:
        """The level."""
        import numpy as np
        from flint import arb, arb_mat, fmpz_mat

        p, q = doubles.shape
        U, W = self._left[:, : self.r] * self._sizes[: self.r], self._right[: self.r].T
        rest = doubles - U @ W.T
        exponent = _BITS - int(np.frexp(np.abs(rest).max())[1])
        integers = fmpz_mat(p, q, [int(x) for x in np.rint(np.ldexp(rest, exponent)).ravel()])
        with ball_precision(2 * _BITS + 64):
            scale = arb(2) ** -exponent
            rough = arb_mat(p, self.r, _exactly(U)) * arb_mat(self.r, q, _exactly(W.T))
            left_out = arb_mat(self._exact) * (1 / ball(self._unit)) - rough - arb_mat(integers) * scale
            level: Ball = (
                arb(norm_bound(integers)).sqrt() * scale + length_bound(left_out.entries())
            ).upper()
            return level

    def _turns(self) -> bool:
        """Whether T^2 is not 1 on the space."""
        bits = 64
        found = self.vectors(bits)
        with ball_precision(bits + _SPARE_BITS):
            return bool(found.trace(_moved(found.U, 2), _moved(found.W, -2)) < 2)

    def vectors(self, bits: int) -> Vectors:
        """The vectors to about `bits` bits, by defect correction in the basis of the doubles."""
        from flint import arb_mat

        work = bits + _SPARE_BITS
        with ball_precision(work):
            A = arb_mat(self._exact) * (1 / ball(self._unit))
            transposed = A.transpose()
            U = arb_mat(A.nrows(), self.r, _exactly(self._left[:, : self.r]))
            W = arb_mat(A.ncols(), self.r, _exactly(self._right[: self.r].T))
            best = None
            for _ in range(_REFINEMENTS):
                AW, AU = A * W, transposed * U
                B = _symmetric(U.transpose() * AW + W.transpose() * AU)
                R1, R2 = AW - U * B, AU - W * B
                size = max(magnitude(x) for R in (R1, R2) for x in R.entries())
                if size <= -bits - _SPARE_BITS // 2 or (best is not None and size > best):
                    break
                best = size - 1
                U, W = self._corrected(U, W, R1, R2, size)
            return self._proved(U, W, B, R1, R2)

    def _corrected(
        self, U: arb_mat, W: arb_mat, R1: arb_mat, R2: arb_mat, size: int
    ) -> tuple[arb_mat, arb_mat]:
        """[U; W] - (K - s)^-1 [R1; R2] without the space itself, orthonormalised."""
        import numpy as np
        from flint import arb, arb_mat

        unit = arb(2) ** size
        first, second = (
            np.array([float((x / unit).mid()) for x in R.entries()]).reshape(-1, self.r) for R in (R1, R2)
        )
        s, own = self._sizes[0], self._sizes[:, None].copy()
        c1, c2 = self._left.T @ first, self._right @ second
        outside = (first - self._left @ c1) / s, (second - self._right.T @ c2) / s
        own[: self.r] = 0  # the space itself, where the next line is not used
        d1, d2 = (s * c1 + own * c2) / (s * s - own * own), (s * c2 + own * c1) / (s * s - own * own)
        d1[: self.r] = (c1[: self.r] - c2[: self.r]) / (4 * s)
        d2[: self.r] = -d1[: self.r]
        steps = self._left @ d1 + outside[0], self._right.T @ d2 + outside[1]
        moved = [
            side + arb_mat(len(step), self.r, _exactly(step)) * unit
            for side, step in zip((U, W), steps, strict=True)
        ]
        return _orthonormal(*moved)

    def _proved(self, U: arb_mat, W: arb_mat, B: arb_mat, R1: arb_mat, R2: arb_mat) -> Vectors:
        from flint import arb

        across = sum((abs(B[0, k]) for k in range(1, self.r)), arb(0))
        beta = (B[0, 0] if self.r == 1 else B[0, 0].min(B[1, 1])) - across
        gram = U.transpose() * U + W.transpose() * W
        off = length_bound([gram[i, j] - 2 * int(i == j) for i in range(self.r) for j in range(self.r)])
        residual = length_bound([*R1.entries(), *R2.entries()])
        smallest, gap = (2 - off).sqrt(), beta - self._level
        error = (residual / (gap * smallest)).upper() if gap > 0 else arb(2)
        if not error < 1:
            raise HypothesisError(
                "the largest singular value of a large part of M(x) could not be proved to lie above the others"
            )
        spread = (abs(B[0, 0] - beta) + across + residual / smallest).upper()
        return Vectors(U, W, error, (B[0, 0] + arb(0, spread)) * ball(self._unit))


def spectral_bound(A: Rows) -> Ball:
    """An upper bound of |A|_2, near it, at 64 bits at least; A not 0."""
    from flint import arb, fmpz_mat

    p, q = len(A), len(A[0])
    shift = _BITS - _exponent(A)
    up, down = max(shift, 0), max(-shift, 0)
    integers = fmpz_mat(p, q, [(x.numerator << up) // (x.denominator << down) for row in A for x in row])
    with ball_precision(2 * _BITS):
        # every entry is less than 1 too small
        bound: Ball = ((arb(norm_bound(integers)).sqrt() + arb(p * q).sqrt()) * arb(2) ** -shift).upper()
        return bound


def _exponent(A: Rows) -> int:
    """e with all entries below 2^e, the largest at least 2^(e - 2)."""
    return 1 + max(x.numerator.bit_length() - x.denominator.bit_length() for row in A for x in row if x)


def norm_bound(matrix: fmpz_mat) -> int:
    """An integer of at least |N|_2^2, for entries below 2^60; near it where they are long.

    With G = N^T N and any L, C: |L - G - C C^T| bounds how far L may lie below the largest eigenvalue of G. Raises
    HypothesisError where no C is found.
    """
    import numpy as np
    from flint import fmpz_mat

    tall = matrix.nrows() >= matrix.ncols()
    G = matrix.transpose() * matrix if tall else matrix * matrix.transpose()
    n = G.nrows()
    doubles = np.array([float(int(x)) for x in G.entries()]).reshape(n, n)
    largest = float(np.linalg.eigvalsh(doubles)[-1])
    for slack in (1e-11, 1e-9, 1e-7, 1e-5):
        L = int(largest * (1 + slack)) + 1
        try:
            C = np.linalg.cholesky(L * np.eye(n) - doubles)
        except np.linalg.LinAlgError:
            continue
        factor = fmpz_mat(n, n, [int(x) for x in np.rint(C).ravel()])
        wrong = (G + factor * factor.transpose()).tolist()
        return L + max(
            sum(abs(int(x) - (L if i == j else 0)) for j, x in enumerate(row)) for i, row in enumerate(wrong)
        )
    raise HypothesisError("the norm of a large part of M(x) could not be bounded")


def length_bound(entries: Sequence[Ball]) -> Ball:
    """An upper bound of the l2 norm."""
    from flint import arb

    sizes = [abs(x).upper() for x in entries]
    return sum((x * x for x in sizes), arb(0)).sqrt().upper()


def _goes_round(A: Rows) -> bool:
    """Whether A is square and does not change when rows move by one and columns by one the other way."""
    n = len(A)
    return len(A[0]) == n and all(tuple(A[(i + 1) % n]) == (*A[i][1:], A[i][0]) for i in range(n))


def _moved(matrix: arb_mat, by: int) -> arb_mat:
    """The rows moved on in a circle."""
    from flint import arb_mat

    rows = matrix.tolist()
    return arb_mat([rows[(i - by) % len(rows)] for i in range(len(rows))])


def _exactly(matrix: Any) -> list[Any]:
    """Doubles, row by row, as fractions of flint."""
    return [to_fmpq(Fraction(float(x))) for x in matrix.ravel()]


def _symmetric(twice: arb_mat) -> arb_mat:
    """A symmetric matrix without radii near half of the given one."""
    from flint import arb_mat

    r = twice.nrows()
    half = [[((twice[i, j] + twice[j, i]) / 4).mid() for j in range(r)] for i in range(r)]
    return arb_mat(half)


def _orthonormal(U: arb_mat, W: arb_mat) -> tuple[arb_mat, arb_mat]:
    """Columns of [U; W] with [U; W]^T [U; W] = 2, without radii."""
    from flint import arb, arb_mat

    p, r = U.nrows(), U.ncols()
    columns = [[*(U[i, k] for i in range(p)), *(W[j, k] for j in range(W.nrows()))] for k in range(r)]
    done: list[list[Ball]] = []
    for vector in columns:
        for other in done:
            share = sum((x * y for x, y in zip(vector, other, strict=True)), arb(0)) / 2
            vector = [x - share * y for x, y in zip(vector, other, strict=True)]
        length = (sum((x * x for x in vector), arb(0)) / 2).sqrt()
        done.append([(x / length).mid() for x in vector])
    rows = list(zip(*done, strict=True))
    return arb_mat(rows[:p]), arb_mat(rows[p:])
