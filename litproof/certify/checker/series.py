"""Functions on [0, 1] close to polynomials: the ring in which the defect of a path is bounded."""

from itertools import accumulate, zip_longest
from operator import mul


class Series:
    """A function that stays within error/2^bits of the polynomial with these coefficients over 2^bits, on [0, 1].

    Products are rounded to `most` coefficients and whole units; what that takes away is added to the error.
    """

    __slots__ = ("bits", "coefficients", "error", "most")

    def __init__(self, coefficients: list[int], error: int, bits: int, most: int) -> None:
        self.coefficients, self.error, self.bits, self.most = coefficients, error, bits, most

    @property
    def size(self) -> int:
        """2^bits times an upper bound of the absolute values."""
        return sum(map(abs, self.coefficients)) + self.error

    def __add__(self, other: "Series") -> "Series":
        pairs = zip_longest(self.coefficients, other.coefficients, fillvalue=0)
        return Series([a + b for a, b in pairs], self.error + other.error, self.bits, self.most)

    def __mul__(self, other: "Series | int") -> "Series":
        if isinstance(other, int):
            return Series(
                [c * other for c in self.coefficients], self.error * abs(other), self.bits, self.most
            )
        a, b = self.coefficients, other.coefficients[::-1]
        last, kept = len(b) - 1, min(self.most, len(a) + len(b) - 1)
        half = 1 << (self.bits - 1)
        product = [
            (sum(map(mul, a[max(0, k - last) : k + 1], b[max(0, last - k) :])) + half) >> self.bits
            for k in range(kept)
        ]
        while len(product) > 1 and not product[-1]:
            product.pop()
        # coefficients of the product from `kept` on, by absolute values
        lost = sum(map(mul, map(abs, a[kept - last :]), accumulate(map(abs, b))))
        lost += self.error * (other.size - other.error) + self.size * other.error
        return Series(product, (lost >> self.bits) + 1 + kept, self.bits, self.most)
