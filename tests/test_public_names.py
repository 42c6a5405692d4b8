"""The public names: one list, for Python and for type checkers; light to import; real types for a user's file."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import pytest

import litproof
import litproof.networks

PACKAGES = [litproof, litproof.networks]

USER = """
from fractions import Fraction

import litproof
from litproof import LimitResult, Problem, find_limit, gradient_flow, potential, read_problem
from litproof.networks import Diagonal

network = Diagonal(depth=2, width=2)
problem = Problem(network, "regression", [["1", 2]], [1], "1/2", [["1", "1"], [0, Fraction(0)]])
result: LimitResult = find_limit(problem, digits=20)
reveal_type(result.decimals)
reveal_type(gradient_flow(problem).loss)
reveal_type(read_problem("mine.toml"))
reveal_type(potential(problem).holds)
reveal_type(network.depth)
wrong: int = result.decimals
litproof.find_limits(problem)
Problem(network, "regresion", [[1, 2]], [1], 1, [[1, 1], [0, 0]])
"""


def imports_for_checkers(package):
    """{public name: (module, name there)} under `if TYPE_CHECKING`."""
    tree = ast.parse(Path(package.__file__).read_text("utf-8"))
    (block,) = [
        node for node in tree.body if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    return {
        alias.asname or alias.name: (line.module, alias.name)
        for line in block.body
        if isinstance(line, ast.ImportFrom)
        for alias in line.names
    }


@pytest.mark.parametrize("package", PACKAGES, ids=lambda package: package.__name__)
def test_checkers_and_python_see_the_same_objects(package):
    stated = imports_for_checkers(package)
    assert set(stated) == set(package.__all__) - {"__version__"}
    for name, (module, there) in stated.items():
        assert getattr(package, name) is getattr(importlib.import_module(module), there)
    assert dir(package) == sorted(package.__all__)
    with pytest.raises(AttributeError, match="no_such_name"):
        package.no_such_name  # noqa: B018


def test_importing_is_light():
    heavy = ("sympy", "mpmath", "numpy", "scipy", "matplotlib", "flint")
    code = f"import sys, litproof, litproof.networks, litproof.cli; print([m for m in {heavy} if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_mypy_finds_real_types_in_a_users_file(tmp_path):
    pytest.importorskip("mypy")
    file = tmp_path / "mine.py"
    file.write_text(USER, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "mypy", "--strict", "--cache-dir", str(tmp_path / "cache"), str(file)],
        capture_output=True,
        text=True,
        check=False,
        cwd=tmp_path,
    )
    said = done.stdout
    for type_ in (
        "tuple[builtins.str, ...]",
        "litproof.problem.Problem",
        '"builtins.bool"',
        '"builtins.int"',
    ):
        assert type_ in said or type_.replace("builtins.", "") in said, said
    errors = [line for line in said.splitlines() if ": error:" in line]
    assert [line.split(":")[1] for line in errors] == ["16", "17", "18"], said
