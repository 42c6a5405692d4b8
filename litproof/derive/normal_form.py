"""Decidable zero tests for the expressions of the derivations, symbolic depth included.

An expression is mapped into a field of rational functions over Q. The generators are its atoms (symbols,
indexed variables, unevaluated functions) and, for powers with symbolic exponents such as (1 +
q^2)^((L-1)/2), the roots base^(1/N) and base^(L/N) with the relation (base^(1/N))^N = base. Products over
layers with some layers left out become quotients of the full product. With principal powers, b^(x+y) = b^x
b^y for every b != 0, so the map is a ring homomorphism wherever no base and no factor of a product vanishes
(and what holds there holds everywhere by continuity): an expression whose image is zero *is* zero. One
whose image is not zero counts as not proved. No simplification heuristics are used.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import lcm
from typing import Any, TypeAlias

import sympy as sp
from sympy.polys.fields import FracElement

from litproof.derive.notation import LayerProduct, LayerSum

Key: TypeAlias = tuple[sp.Expr, sp.Expr]
"""(base, m): the generator base^(m/N); m = 1 for the base itself."""


@dataclass
class _Generators:
    """Generators met so far while one expression is translated."""

    denominator: int
    signs: frozenset[sp.Expr]
    atoms: dict[sp.Expr, sp.Dummy] = field(default_factory=dict)
    powers: dict[Key, sp.Dummy] = field(default_factory=dict)
    relations: list[tuple[sp.Dummy, int, sp.Expr]] = field(default_factory=list)

    def atom(self, expression: sp.Expr) -> sp.Dummy:
        if expression not in self.atoms:
            generator = sp.Dummy(f"a{len(self.atoms)}")
            self.atoms[expression] = generator
            if expression in self.signs:
                self.relations.append((generator, 2, sp.S.One))
        return self.atoms[expression]

    def power(self, base: sp.Expr, part: sp.Expr) -> sp.Dummy:
        """base^(part/N) for part = 1 (a root of the base) or a symbolic part of an exponent."""
        key = (base, part)
        if key not in self.powers:
            generator = sp.Dummy(f"p{len(self.powers)}")
            image = self.translate(base) if part is sp.S.One and base is not sp.E else None
            self.powers[key] = generator
            if image is not None:
                self.relations.append((generator, self.denominator, image))
            elif base in self.signs:
                self.relations.append((generator, 2, sp.S.One))
        return self.powers[key]

    def translate(self, expression: sp.Expr) -> sp.Expr:
        """The image of `expression`: sums, products and integer powers of generators."""
        if expression.is_Rational:
            return expression
        if expression.is_Add or expression.is_Mul:
            return expression.func(*map(self.translate, expression.args))
        if isinstance(expression, sp.conjugate) and isinstance(expression.args[0], LayerProduct):
            term, *rest = expression.args[0].args
            return self.translate(LayerProduct(sp.conjugate(term), *rest))
        if isinstance(expression, LayerProduct):
            return self.layer_product(expression)
        if isinstance(expression, LayerSum):
            return self.layer_sum(expression)
        if isinstance(expression, sp.Sum):
            return self.finite_sum(expression)
        base, exponent = expression.as_base_exp()
        if exponent != 1 or isinstance(expression, sp.exp):
            return self.general_power(expression, base, exponent)
        return self.atom(expression)

    def general_power(self, expression: sp.Expr, base: sp.Expr, exponent: sp.Expr) -> sp.Expr:
        if exponent.is_Integer:
            return self.translate(base) ** exponent
        parts = sp.expand(exponent).as_coefficients_dict()
        integer = all(c.is_Integer and (m is sp.S.One or m.is_integer) for m, c in parts.items())
        if base.is_Mul and (integer or all(factor.is_positive for factor in base.args)):
            return sp.Mul(*(self.translate(factor**exponent) for factor in base.args))
        if base in self.signs and integer:
            factors = [
                self.translate(base) ** c if m is sp.S.One else self.power(base, m) ** c
                for m, c in parts.items()
            ]
            return sp.Mul(*factors)
        if base is sp.E:
            return sp.Mul(*(self.exponential(m, c) for m, c in parts.items()))
        return sp.Mul(*(self.power(base, m) ** (c * self.denominator) for m, c in parts.items()))

    def exponential(self, part: sp.Expr, coefficient: sp.Rational) -> sp.Expr:
        """exp(c m): a power of b where m holds a factor log(b) of a positive b."""
        logs = [f for f in sp.Mul.make_args(part) if isinstance(f, sp.log) and f.args[0].is_positive]
        if len(logs) == 1:
            return self.translate(logs[0].args[0] ** (coefficient * part / logs[0]))
        return self.power(sp.E, part) ** (coefficient * self.denominator)

    def layer_product(self, product: LayerProduct) -> sp.Expr:
        """Constants to the number of layers; all layers but some = full product / those left out."""
        image = sp.S.One
        for factor in sp.Mul.make_args(product.term):
            base, exponent = factor.as_base_exp()
            if not factor.has(product.index):
                image *= self.translate(factor ** (product.args[2] - len(product.layers)))
            elif exponent.is_Integer and exponent != 1:
                image *= self.layer_product(LayerProduct(base, *product.args[1:])) ** exponent
            else:
                alone = LayerProduct(factor, *product.args[1:])
                image *= self.atom(alone.full) / sp.Mul(*map(self.translate, alone.left_out))
        return image

    def layer_sum(self, total: LayerSum) -> sp.Expr:
        """Linearity; all layers but some = full sum - the terms left out."""
        image = sp.S.Zero
        for term in sp.Add.make_args(sp.expand(total.term)):
            constant, dependent = term.as_independent(total.index, as_Add=False)
            if dependent == 1:
                image += self.translate(constant * (total.args[2] - len(total.layers)))
            else:
                alone = LayerSum(dependent, *total.args[1:])
                image += self.translate(constant) * (
                    self.atom(alone.full) - sum(map(self.translate, alone.left_out))
                )
        return image

    def finite_sum(self, expression: sp.Sum) -> sp.Expr:
        """Linearity: terms apart, factors without the index in front."""
        body, (index, *_), *more = expression.args
        if more:
            return self.atom(expression)
        image = sp.S.Zero
        for term in sp.Add.make_args(sp.expand(body)):
            constant, dependent = term.as_independent(index, as_Add=False)
            image += self.translate(constant) * self.atom(sp.Sum(dependent, *expression.args[1:]))
        return image


def is_zero(expression: sp.Expr, signs: Iterable[sp.Expr] = ()) -> bool:
    """Whether the normal form of `expression` is zero (then the expression vanishes identically).

    It may be built from rationals, symbols, functions, powers, exponentials and hyperbolic functions;
    `signs` are symbols equal to 1 or -1. ZeroDivisionError when a denominator vanishes identically.
    """
    return not normal_form(expression, signs)


def normal_form(expression: sp.Expr, signs: Iterable[sp.Expr] = ()) -> Any:
    """Numerator of the image in the field of rational functions, modulo the relations of roots and signs."""
    expression = sp.sympify(expression).rewrite([sp.sinh, sp.cosh, sp.tanh], sp.exp)
    if expression.has(sp.zoo, sp.nan, sp.oo, -sp.oo):
        raise ZeroDivisionError("an infinite or undefined number occurs")
    generators = _Generators(_common_denominator(expression), frozenset(signs))
    image = generators.translate(expression)
    symbols = [*generators.atoms.values(), *generators.powers.values()]
    if not symbols:
        return sp.Rational(image)
    fraction_field = sp.QQ.frac_field(*symbols)
    values = dict(zip(symbols, fraction_field.gens, strict=True))
    fraction = _evaluate(image, values, fraction_field)
    numerator, denominator = fraction.numer, fraction.denom
    for generator, degree, base in reversed(generators.relations):
        gen = fraction_field.field.ring.gens[symbols.index(generator)]
        value = _evaluate(base, values, fraction_field)
        numerator = _reduce(numerator, gen, degree, value)
        denominator = _reduce(denominator, gen, degree, value)
        if not denominator:
            raise ZeroDivisionError("a denominator vanishes identically")
    return numerator


def _common_denominator(expression: sp.Expr) -> int:
    """N: the least common denominator of the exponents' coefficients."""
    denominators = [1]
    for power in expression.atoms(sp.Pow, sp.exp):
        exponent = power.as_base_exp()[1]
        denominators += [c.q for c in sp.expand(exponent).as_coefficients_dict().values() if c.is_Rational]
    return lcm(*denominators)


def _reduce(polynomial: Any, generator: Any, degree: int, value: FracElement) -> Any:
    """Replace generator^degree by `value` until its degree is smaller, dropping the denominator of `value`.

    Multiplying by a non-zero denominator changes neither whether a numerator nor whether a denominator is
    zero.
    """
    ring = polynomial.ring
    position = ring.gens.index(generator)
    top = max((monomial[position] for monomial in polynomial.monoms()), default=0) // degree
    result = ring.zero
    for monomial, coefficient in polynomial.terms():
        turns, rest = divmod(monomial[position], degree)
        kept = (*monomial[:position], rest, *monomial[position + 1 :])
        result += ring.from_dict({kept: coefficient}) * value.numer**turns * value.denom ** (top - turns)
    return result


def _evaluate(expression: sp.Expr, values: dict[sp.Dummy, FracElement], fraction_field: Any) -> FracElement:
    if expression.is_Rational:
        return fraction_field(sp.QQ(expression.p, expression.q))
    if expression.is_Add:
        return sum((_evaluate(a, values, fraction_field) for a in expression.args), fraction_field.zero)
    if expression.is_Mul:
        result = fraction_field.one
        for factor in expression.args:
            result *= _evaluate(factor, values, fraction_field)
        return result
    if expression.is_Pow:
        return _evaluate(expression.base, values, fraction_field) ** int(expression.exp)
    return values[expression]
