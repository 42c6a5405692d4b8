import sys
from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given, settings, strategies as st

from litproof.algebra.balls import ball
from litproof.errors import InputError
from litproof.formula.evaluate import check_symbols, evaluate
from litproof.formula.jets import NotDefined
from litproof.formula.setting import Point, Setting
from litproof.language.grammar import FUNCTIONS, MAX_LENGTH, SYMBOLS, parse
from litproof.language.tree import Call, Negation, Number, Operation, Sum, Symbol, nodes, rewrite, to_text
from litproof.precision import ball_precision
from litproof.theorems.shared.instances import diagonal_from_zero


def stripped(tree):
    """The tree without places."""
    match tree:
        case Operation():
            return replace(tree, left=stripped(tree.left), right=stripped(tree.right), place=0)
        case Negation() | Sum():
            return replace(tree, inner=stripped(tree.inner), place=0)
        case Call():
            return replace(tree, arguments=tuple(map(stripped, tree.arguments)), place=0)
    return replace(tree, place=0)


@pytest.mark.parametrize(
    ("text", "canonical"),
    [
        ("sum( abs(beta[j]) ** (2/depth) )", "sum(abs(beta[j])^(2/depth))"),
        ("-2^2", "-2^2"),
        ("(-2)^2", "(-2)^2"),
        ("2^-3^2", "2^(-3^2)"),
        ("1-(2-3)-4", "1 - (2 - 3) - 4"),
        ("1/2/3", "1/2/3"),
        ("1/(2/3)", "1/(2/3)"),
        ("sum(k, X[1,k]^2)", "sum(k, X[1,k]^2)"),
        (".5e1*alpha", "5*alpha"),
    ],
)
def test_text_of_the_tree(text, canonical):
    assert to_text(parse(text)) == canonical


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "position 1: expected a number, a name or '(', got the end of the formula"),
        ("sum(beta[j]", "position 12: expected ')', got the end of the formula"),
        ("beta[i]", "position 6: the index 'i' is not bound; write sum(i, ...)"),
        ("beta", "position 5: expected beta[j], as beta has 1 index"),
        ("alpah + 1", "position 1: unknown name 'alpah'; did you mean 'alpha'"),
        ("__import__(os)", "position 1: unknown name '__import__'"),
        ("beta.real", "position 5: expected a number, a name or an operator, got '.'"),
        ("1 2", "position 3: expected an operator or the end"),
        ("H(3)", "position 1: H takes 2 argument(s), got 1"),
        ("beta[0]", "position 6: expected an index"),
        ("beta[1.5]", "position 6: expected an index"),
        ("X[1]", "position 1: X takes 2 index(es), got 1"),
        ("alpha[1]", "position 6: alpha is a number and takes no index"),
        ("sum(sum(beta[j]))", "position 5: the index 'j' is already in use"),
        ("sum(j)", "position 5: the index 'j' stands in brackets only"),
        ("(" * 80 + "1" + ")" * 80, "nested at most"),
        ("-" * 300 + "1", "nested at most"),
        ("1" + "+1" * 300, "at most 60 terms in a row"),
        ("1" * 300, "at most 200 digits"),
        ("1e999999999", "at most 200 digits"),
        ("1" * (MAX_LENGTH + 1), "at most 4000 characters"),
        ("beta[٣]", "position 6"),
    ],
)
def test_refused_with_the_position(text, message):
    with pytest.raises(InputError) as error:
        parse(text, key="claim.minimises", source="c.toml")
    assert message in str(error.value)
    assert str(error.value).startswith("c.toml: claim.minimises, position ")
    assert "\n" not in str(error.value)


def trees():
    numbers = st.fractions(min_value=0, max_value=100, max_denominator=1).map(Number)
    plain = st.sampled_from(["alpha", "depth", "pi"]).map(Symbol)
    entries = st.builds(
        lambda name, index: Symbol(name, (index,)), st.sampled_from(["beta", "rho", "y"]), st.integers(1, 9)
    )
    leaves = numbers | plain | entries

    def grow(inner):
        return (
            st.builds(Operation, st.sampled_from("+-*/^"), inner, inner)
            | st.builds(Negation, inner)
            | st.builds(lambda a: Call("abs", (a,)), inner)
            | st.builds(lambda a, b: Call("H", (a, b)), inner, inner)
        )

    return st.recursive(leaves, grow, max_leaves=12)


@given(trees())
def test_text_and_tree_are_inverse(tree):
    assert stripped(parse(to_text(tree))) == tree


words = st.sampled_from(
    [
        *SYMBOLS,
        *FUNCTIONS,
        "sum",
        "j",
        "k",
        "[",
        "]",
        "(",
        ")",
        ",",
        "+",
        "-",
        "*",
        "/",
        "^",
        "**",
        "1",
        "0.5",
        "9e9",
    ]
)


@given(st.lists(words, max_size=60).map(" ".join) | st.text(max_size=200))
@settings(max_examples=400, deadline=None)
def test_any_text_parses_or_is_refused_in_one_line(text):
    calls = 0

    def count(frame, event, argument):
        nonlocal calls
        calls += event == "call"

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        tree = parse(text)
    except InputError as error:
        said = str(error)
        if "\n" in said or "position" not in said:
            raise AssertionError(said) from None
    else:
        sys.setprofile(before)
        assert sum(1 for _ in nodes(tree)) <= len(text) + 1
        assert to_text(parse(to_text(tree))) == to_text(tree)
    finally:
        sys.setprofile(before)
    assert calls <= 1000 + 100 * len(text)


def test_rewriting_replaces_from_the_root():
    tree = parse("sum(beta[j]^2) + alpha")
    doubled = rewrite(
        tree, lambda node: Number(Fraction(7)) if isinstance(node, Symbol) and node.name == "alpha" else None
    )
    assert to_text(doubled) == "sum(beta[j]^2) + 7"


@given(trees())
@settings(max_examples=200, deadline=None)
def test_every_tree_has_a_value_or_says_why_not(tree):
    setting = Setting(diagonal_from_zero(3, "1 2 -1", "3/2", "1/2", "1 1/2 3/4"))
    with ball_precision(80):
        try:
            check_symbols(tree, setting)
            jet = evaluate(
                tree, Point(setting, "rho", tuple(map(ball, map(Fraction, ("3/10", "-1/5", "2/5")))))
            )
        except (InputError, NotDefined):
            return
        assert not jet.ball.is_nan()
