"""Equations used as rules: substitution of definitions, and total derivatives from given rates of change."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import sympy as sp
from sympy.core.function import AppliedUndef

from litproof.derive.notation import LayerProduct, LayerSum, Rate

MAX_ROUNDS = 20


class UnknownRate(ValueError):
    """An atom under a rate is neither constant nor has a stated rate, so nothing can be said."""


@dataclass(frozen=True)
class Rule:
    """`pattern` may be replaced by `value`, for all values of the index symbols `for_all`.

    `pattern` is an atom (symbol, indexed variable, function) or the Rate of one.
    """

    pattern: sp.Expr
    value: sp.Expr
    for_all: tuple[sp.Expr, ...] = ()

    def match(self, expression: sp.Expr) -> sp.Expr | None:
        """What `expression` becomes, or None when the rule does not speak of it."""
        if expression == self.pattern:
            return self.value
        stated, target = self.pattern, expression
        if isinstance(stated, Rate):
            if not isinstance(target, Rate) or stated.variable != target.variable:
                return None
            stated, target = stated.of, target.of
        if not (
            isinstance(stated, sp.Indexed) and isinstance(target, sp.Indexed) and stated.base == target.base
        ):
            return None
        binding: dict[sp.Expr, sp.Expr] = {}
        for symbol, index in zip(stated.indices, target.indices, strict=True):
            if symbol in self.for_all and binding.get(symbol, index) == index:
                binding[symbol] = index
            elif symbol != index:
                return None
        bound = {product.index for product in self.value.atoms(LayerProduct, LayerSum)}
        if clash := bound & set(binding.values()):
            raise ValueError(
                f"the running index {clash.pop()} of a product would capture an index of {expression}"
            )
        return self.value.xreplace(binding)


def substitute(expression: sp.Expr, rules: Sequence[Rule]) -> sp.Expr:
    """Replace atoms by the values of `rules` until nothing changes; special rules go before general ones.

    Inside a product over layers, layers with a rule of their own are split off first. ValueError for
    circular rules.
    """
    ordered = sorted(
        (r for r in rules if not isinstance(r.pattern, Rate)), key=lambda rule: len(rule.for_all)
    )
    for _ in range(MAX_ROUNDS):
        replaced = _replace(expression, ordered)
        if replaced == expression:
            return replaced
        expression = replaced
    raise ValueError("the definitions used refer to each other in a circle")


def evaluate_rates(expression: sp.Expr, rules: Sequence[Rule], constants: frozenset[sp.Expr]) -> sp.Expr:
    """Replace each Rate by the total derivative computed from the rules that state rates, innermost first.

    The rate of a complex atom gives that of its conjugate. `constants` (symbols, bases of indexed families)
    do not move. UnknownRate when an atom is neither.
    """
    if isinstance(expression, Rate):
        body = evaluate_rates(expression.of, rules, constants)
        return _total_derivative(body, expression.variable, rules, constants)
    if not expression.args or not expression.has(Rate):
        return expression
    return expression.func(*(evaluate_rates(part, rules, constants) for part in expression.args))


def atoms_of(expression: sp.Expr) -> set[sp.Expr]:
    """Symbols, indexed variables, conjugates, products over layers and functions, outermost ones."""
    if isinstance(expression, sp.Symbol | sp.Indexed | LayerProduct | LayerSum | AppliedUndef | sp.conjugate):
        return {expression}
    if isinstance(expression, sp.Sum):
        return {atom for atom in atoms_of(expression.args[0]) if atom != expression.args[1][0]}
    return set().union(*map(atoms_of, expression.args)) if expression.args else set()


def _replace(expression: sp.Expr, rules: Sequence[Rule]) -> sp.Expr:
    for rule in rules:
        value = rule.match(expression)
        if value is not None:
            return value
    if isinstance(expression, LayerProduct | LayerSum):
        special = next(_own_layers(expression, rules), None)
        if special is not None:
            rest = expression.func(*expression.args, special)
            alone = expression.term.xreplace({expression.index: special})
            return rest * alone if isinstance(expression, LayerProduct) else rest + alone
        term, *limits = expression.args
        return expression.func(_replace(term, rules), *limits)
    if not expression.args or isinstance(expression, sp.Indexed):
        return expression
    return expression.func(*(_replace(part, rules) for part in expression.args))


def _own_layers(expression: LayerProduct | LayerSum, rules: Sequence[Rule]) -> Iterator[sp.Expr]:
    """Layers inside the range of a product for which some rule speaks of that very layer."""
    for variable in expression.term.atoms(sp.Indexed):
        for rule in rules:
            if not (isinstance(rule.pattern, sp.Indexed) and rule.pattern.base == variable.base):
                continue
            position = (
                variable.indices.index(expression.index) if expression.index in variable.indices else -1
            )
            layer = rule.pattern.indices[position]
            if position >= 0 and layer not in rule.for_all and layer not in expression.layers:
                yield layer


def _total_derivative(
    expression: sp.Expr, variable: sp.Expr, rules: Sequence[Rule], constants: frozenset[sp.Expr]
) -> sp.Expr:
    if isinstance(expression, sp.Sum | LayerSum):
        term, *limits = expression.args
        index = limits[0][0] if isinstance(expression, sp.Sum) else limits[0]
        return expression.func(_total_derivative(term, variable, rules, constants | {index}), *limits)
    if isinstance(expression, LayerProduct):
        term, index, *rest = expression.args
        relative = _total_derivative(term, variable, rules, constants | {index}) / term
        return expression * LayerSum(relative, index, *rest)
    atoms = sorted(atoms_of(expression), key=sp.default_sort_key)
    stand_ins = {
        atom: _stand_in(i, bool(atom.is_positive), bool(atom.is_real)) for i, atom in enumerate(atoms)
    }
    back = {dummy: atom for atom, dummy in stand_ins.items()}
    plain = expression.xreplace(stand_ins)
    result = sp.S.Zero
    for atom, dummy in stand_ins.items():
        rate = _rate_of(atom, variable, rules, constants)
        if rate != 0:
            result += sp.diff(plain, dummy).xreplace(back) * rate
    return result


def _rate_of(
    atom: sp.Expr, variable: sp.Expr, rules: Sequence[Rule], constants: frozenset[sp.Expr]
) -> sp.Expr:
    if atom == variable:
        return sp.S.One
    for rule in rules:
        value = rule.match(Rate(atom, variable))
        if value is not None:
            return evaluate_rates(value, rules, constants)
    if isinstance(atom, sp.conjugate):
        return sp.conjugate(_rate_of(atom.args[0], variable, rules, constants))
    if atom in constants or (isinstance(atom, sp.Indexed) and atom.base in constants):
        return sp.S.Zero
    if isinstance(atom, LayerProduct | LayerSum):
        return _total_derivative(atom, variable, rules, constants)
    raise UnknownRate(f"neither constant nor of stated rate in {variable}: {atom}")


@cache
def _stand_in(number: int, positive: bool, real: bool) -> sp.Dummy:
    """The same symbols for every derivative: what sympy has found out about them is kept."""
    signs = {"positive": True} if positive else {"real": True} if real else {}
    return sp.Dummy(f"m{number}", **signs)
