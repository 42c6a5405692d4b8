"""The grammar of statements: round trips, and one line with the position for everything else."""

from contextlib import suppress

import pytest
from hypothesis import given, strategies as st

from litproof.errors import InputError
from litproof.language.grammar import LETTERS
from litproof.language.statements import free_letters, parse_definition, parse_statement
from litproof.language.tree import to_text

DEFINITIONS = {}
for head, text in (("f(z)", "alpha^3*(z + 1)"), ("w[j]", "f(beta[j]) + beta0[j]"), ("c", "2*n")):
    definition = parse_definition(head, text, DEFINITIONS, f"let.{head}")
    DEFINITIONS[definition.name] = definition


@pytest.mark.parametrize(
    "text",
    [
        "sum(k, k = 1..depth - 1, v[k + 1,1]^2) = norm(beta)",
        "max(abs(beta[1]), 2) + max(k, k != 3, beta[k]) <= w[2]*loss",
        "inverse(f, beta[1]) + if(1 = 2, 3, dot(beta, X*beta)) = c",
        "prod(l, l >= 2, v0[l,2]) - rate(integral(u[j])) >= -norm(theta, 1)",
        "beta[d] = -(-1)^j*W1[i,k]/(2 - t)",
    ],
)
def test_text_and_tree_are_inverse_to_each_other(text):
    options = {"relations": ("=", "<=", ">="), "definitions": DEFINITIONS, "implicit": LETTERS}
    tree = parse_statement(text, **options)
    assert to_text(tree) == text
    assert to_text(parse_statement(to_text(tree), **options)) == text


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("beta[", "position 6: expected a number, a name or '('"),
        ("g(2)", "position 1: unknown function 'g'; [let] defines c, f, w"),
        ("sum(k = 1.., 2)", "position 12: expected a number, a name or '(', got ','"),
        ("if(beta, 1, 2)", "position 8: expected a condition between indices"),
        ("loss[2]", "position 5: loss is a number and takes no index"),
        ("inverse(g, 2)", "position 9: expected a function of one argument from [let], got 'g'"),
        ("inverse(f, 1, 2)", "position 1: inverse takes a function and a number"),
        ("f(1, 2)", "position 1: f takes 1 argument(s), got 2"),
        ("beta[k]", "position 6: the index 'k' is not bound"),
        ("max(2)", "position 1: max takes at least 2 arguments"),
        ("w[1,2]", "position 1: w takes 1 index(es), got 2"),
        ("sum(k, sum(k, beta[k]))", "position 8: the index 'k' is already in use"),
        ("dept*2", "position 1: unknown name 'dept'; did you mean 'depth'?"),
        ("1 = 2", "position 3: expected an operator or the end of the formula, got '='"),
    ],
)
def test_bad_formulas_in_one_line(text, message):
    with pytest.raises(InputError) as error:
        parse_statement(text, definitions=DEFINITIONS)
    assert message in str(error.value) and "\n" not in str(error.value)


@pytest.mark.parametrize(
    ("head", "message"),
    [
        ("beta", "the name 'beta' is in use already"),
        ("f(y", "expected a name, name(x, y) or name[j]"),
        ("g(sum)", "expected names that are not in use as arguments"),
        ("g(x, x)", "a name is given twice"),
        ("g[q]", "expected index letters"),
        ("w", "the name 'w' is in use already"),
    ],
)
def test_bad_definitions_in_one_line(head, message):
    with pytest.raises(InputError) as error:
        parse_definition(head, "1", DEFINITIONS, "let.x")
    assert message in str(error.value)


def test_a_definition_knows_earlier_ones_only():
    with pytest.raises(InputError, match="unknown function 'g'"):
        parse_definition("g(x)", "g(x - 1)", {}, "let.g(x)")


def test_letters_that_no_sum_binds():
    tree = parse_statement("sum(k, X[i,k]*beta[k]) + max(l, v[l,j])", implicit=LETTERS)
    assert free_letters(tree) == ("i", "j")


@given(st.text(alphabet="beta[]jk(),=<>.+-*/^ 12sumifnormXytX", max_size=30))
def test_any_text_is_a_tree_or_one_line(text):
    with suppress(InputError):
        tree = parse_statement(text, implicit=LETTERS, definitions=DEFINITIONS)
        assert to_text(parse_statement(to_text(tree), implicit=LETTERS, definitions=DEFINITIONS)) == to_text(
            tree
        )
