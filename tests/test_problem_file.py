import copy
import json
import subprocess
import sys
import tomllib
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st

import litproof
from litproof.algebra.cyclotomic import Cyclotomic
from litproof.algebra.linear import rank
from litproof.algebra.separation import separate
from litproof.errors import InputError
from litproof.networks.convolutional import Convolutional
from litproof.networks.diagonal import Diagonal
from litproof.networks.draw import KINDS, draw_layers, draw_network
from litproof.networks.fully_connected import FullyConnected
from litproof.networks.matrix_sensing import MatrixSensing
from litproof.networks.specs import FullyConnectedSpec, ReluSpec
from litproof.problem import Problem
from litproof.problem_file import problem_from_mapping, read_network, read_problem, write_problem

DIAGONAL = """
schema = 1
[network]
kind = "diagonal"
depth = 3
[task]
kind = "regression"
[data]
X = [["1/2", "-5/4", "2", "3/4"], ["3/2", "1/4", "-1/2", "1"]]
y = ["1", "-1/2"]
[init]
scale = "3/10"
v = [["1", "3/4", "5/4", "1/2"], ["1", "3/4", "5/4", "1/2"], ["0", "0", "0", "0"]]
"""

CLASSIFICATION = """
schema = 1
[network]
kind = "fully-connected"
widths = [1]
[task]
kind = "classification"
[data]
X = [[1, 2], [-1, "0.5"], [2, 1]]
y = [1, -1, "1"]
[init]
scale = "1e-1"
v = [[1, "2"], [1]]
"""

ODECO = """
schema = 1
[network]
kind = "odeco"
depth = 2
S = [["1", 0], ["0", "1/2"]]
U = [[["3/5", "-4/5"], ["4/5", "3/5"]], [["1", "0"], ["0", "i"]]]
[task]
kind = "regression"
[data]
X = [[1, 1]]
y = [1]
[init]
scale = 1
v = [[1, 1], [0, 1]]
"""

REAL_ODECO = ODECO.replace('"i"', '"1"')

SENSING = """
schema = 1
[network]
kind = "matrix-sensing"
depth = 2
[task]
kind = "regression"
[data]
A = [[[1, 2], [2, 0]], [[0, 1], [1, 1]]]
y = [1, 2]
[init]
scale = 1
v = [[1, 0, 0, 1], [0, 0, 0, 0]]
"""

CONVOLUTION = """
schema = 1
[network]
kind = "convolutional"
filter-sizes = [2, 3]
[task]
kind = "regression"
[data]
X = [[1, 2, 3]]
y = [1]
[init]
scale = 1
v = [[1, 2], [0, 1, 0]]
"""

TENSOR = """
schema = 1
[network]
kind = "tensor"
tensor = [[["1", 2], [0, 1], [0, 0]], [[0, 0], ["1/3", 0], [1, 1]]]
[task]
kind = "regression"
[data]
X = [[1, 2]]
y = [1]
[init]
scale = 1
v = [[1, 2, 3], [0, 1]]
"""

VALID = {
    "diagonal": DIAGONAL,
    "classification": CLASSIFICATION,
    "odeco": REAL_ODECO,
    "sensing": SENSING,
    "convolution": CONVOLUTION,
    "tensor": TENSOR,
}

# (base, text to replace, replacement, key in the message, words of the expectation)
MALFORMED = [
    (DIAGONAL, "schema = 1", "", "schema", "missing key"),
    (DIAGONAL, "schema = 1", "schema = 2", "schema", "expected 1"),
    (DIAGONAL, "schema = 1", "schema = true", "schema", "expected 1"),
    (DIAGONAL, "schema = 1", 'schema = "1"', "schema", "expected 1"),
    (DIAGONAL, "schema = 1", "schema = 1.0", "schema", "expected 1"),
    (DIAGONAL, "schema = 1", "schema = 1\nnetwrk = 2", "", "unknown key 'netwrk', expected 'schema', "),
    (DIAGONAL, "[network]", "[networks]", "", "did you mean 'network'?"),
    (DIAGONAL, "depth = 3", "", "network.depth", "missing key"),
    (DIAGONAL, "depth = 3", "deptj = 3", "network", "did you mean 'depth'?"),
    (
        DIAGONAL,
        "depth = 3",
        "depth = 3\nwidth = 4",
        "network",
        "unknown key 'width', expected 'kind', 'depth' or 'input-dim'",
    ),
    (DIAGONAL, "depth = 3", "depth = 0", "network.depth", "from 1 to"),
    (DIAGONAL, "depth = 3", "depth = -2", "network.depth", "from 1 to"),
    (DIAGONAL, "depth = 3", "depth = 3.0", "network.depth", "expected an integer"),
    (DIAGONAL, "depth = 3", 'depth = "three"', "network.depth", "expected an integer"),
    (DIAGONAL, "depth = 3", "depth = true", "network.depth", "expected an integer"),
    (DIAGONAL, "depth = 3", "depth = 1000000000000", "network.depth", "from 1 to"),
    (DIAGONAL, "depth = 3", f"depth = 0x{'f' * 5000}", "network.depth", "from 1 to"),
    (DIAGONAL, "depth = 3", "depth = 2", "init.v", "expected 2 lists"),
    (DIAGONAL, "depth = 3", "depth = 3\nwidths = [4]", "network", "unknown key 'widths'"),
    (DIAGONAL, "depth = 3", "depth = 3\ninput-dim = 5", "network.input-dim", "expected 4"),
    (DIAGONAL, 'kind = "diagonal"', "", "network.kind", "missing key"),
    (DIAGONAL, 'kind = "diagonal"', 'kind = "diagnal"', "network.kind", "did you mean 'diagonal'?"),
    (DIAGONAL, 'kind = "diagonal"', 'kind = "transformer"', "network.kind", "expected 'diagonal'"),
    (DIAGONAL, 'kind = "diagonal"', "kind = 3", "network.kind", "expected 'diagonal'"),
    (DIAGONAL, 'kind = "diagonal"', 'kind = ["diagonal"]', "network.kind", "expected 'diagonal'"),
    (DIAGONAL, 'kind = "diagonal"', 'kind = "relu"', "network.kind", "litproof conserved"),
    (DIAGONAL, '"regression"', '"ranking"', "task.kind", "expected 'regression' or 'classification'"),
    (DIAGONAL, '[task]\nkind = "regression"', 'task = "regression"', "task", "missing key"),
    (DIAGONAL, "[network]", 'task = "regression"\n[network]', "", "valid TOML"),
    (DIAGONAL, '"-5/4"', "-1.25", "data.X", 'quote it: "-1.25"'),
    (DIAGONAL, '"-5/4"', "nan", "data.X", "finite"),
    (DIAGONAL, '"-5/4"', '"NaN"', "data.X", "finite"),
    (DIAGONAL, '"-5/4"', "-inf", "data.X", "finite"),
    (DIAGONAL, '"-5/4"', '"-Infinity"', "data.X", "finite"),
    (DIAGONAL, '"-5/4"', "true", "data.X", "expected an integer or a quoted number"),
    (DIAGONAL, '"-5/4"', '""', "data.X", "expected an integer or a quoted number"),
    (DIAGONAL, '"-5/4"', '"5/0"', "data.X", "divides by zero"),
    (DIAGONAL, '"-5/4"', '"1,25"', "data.X", "entry [1, 2]"),
    (DIAGONAL, '"-5/4"', '"0x10"', "data.X", "expected an integer or a quoted number"),
    (DIAGONAL, '"-5/4"', '"1_000"', "data.X", "expected an integer or a quoted number"),
    (DIAGONAL, '"-5/4"', '"٣"', "data.X", "expected an integer or a quoted number"),
    (DIAGONAL, '"-5/4"', '"1+2i"', "data.X", "expected an integer or a quoted number"),
    (DIAGONAL, '"-5/4"', '"1e999999999"', "data.X", "digits"),
    (DIAGONAL, '"-5/4"', '"1e-999999999999999999999999"', "data.X", "digits"),
    (DIAGONAL, '"-5/4"', f'"{"7" * 5000}"', "data.X", "digits"),
    (DIAGONAL, '"-5/4"', f"0x{'f' * 5000}", "data.X", "digits"),
    (DIAGONAL, '"-5/4"', f'"{"7" * 3990}x"', "data.X", "expected an integer or a quoted number"),
    (DIAGONAL, '"-5/4"', "1979-05-27", "data.X", "expected an integer or a quoted number"),
    (DIAGONAL, '"-5/4"', "[1]", "data.X", "expected an integer or a quoted number"),
    (DIAGONAL, '"-5/4", ', "", "data.X", "ragged"),
    (DIAGONAL, '["1/2", "-5/4", "2", "3/4"]', "[]", "data.X", "empty list"),
    (
        DIAGONAL,
        'X = [["1/2", "-5/4", "2", "3/4"], ["3/2", "1/4", "-1/2", "1"]]',
        "X = []",
        "data.X",
        "empty list",
    ),
    (
        DIAGONAL,
        'X = [["1/2", "-5/4", "2", "3/4"], ["3/2", "1/4", "-1/2", "1"]]',
        "X = 3",
        "data.X",
        "list of rows",
    ),
    (DIAGONAL, "X = [", "X = [[1, 2, 3, 4], ", "data.y", "expected 3 numbers"),
    (
        DIAGONAL,
        '[["1/2", "-5/4", "2", "3/4"], ["3/2", "1/4", "-1/2", "1"]]',
        "[[0, 0, 0, 0], [0, 0, 0, 0]]",
        "data.X",
        "a point that is not zero",
    ),
    (DIAGONAL, "X = ", "Z = ", "data", "unknown key 'Z'"),
    (DIAGONAL, "X = ", "A = ", "data.A", "expected the key 'X'"),
    (DIAGONAL, 'y = ["1", "-1/2"]', "", "data.y", "missing key"),
    (DIAGONAL, 'y = ["1", "-1/2"]', 'y = ["1"]', "data.y", "expected 2 numbers"),
    (DIAGONAL, 'y = ["1", "-1/2"]', "y = []", "data.y", "empty list"),
    (DIAGONAL, 'y = ["1", "-1/2"]', "y = [[1], [2]]", "data.y", "expected an integer or a quoted number"),
    (DIAGONAL, 'y = ["1", "-1/2"]', 'y = "1"', "data.y", "list of numbers"),
    (DIAGONAL, 'scale = "3/10"', "", "init.scale", "missing key"),
    (DIAGONAL, 'scale = "3/10"', "scale = 0", "init.scale", "above 0"),
    (DIAGONAL, 'scale = "3/10"', 'scale = "-3/10"', "init.scale", "above 0"),
    (DIAGONAL, 'scale = "3/10"', "scale = 0.3", "init.scale", 'quote it: "0.3"'),
    (DIAGONAL, 'scale = "3/10"', "scale = [1]", "init.scale", "expected an integer or a quoted number"),
    (DIAGONAL, ', ["0", "0", "0", "0"]', "", "init.v", "expected 3 lists"),
    (DIAGONAL, '["0", "0", "0", "0"]', '["0", "0", "0"]', "init.v", "layer 3: expected 4 numbers, got 3"),
    (DIAGONAL, '["0", "0", "0", "0"]', "0", "init.v", "layer 3: expected a list of"),
    (DIAGONAL, '["0", "0", "0", "0"]', '["0", "0", "0", 0.5]', "init.v", "entry [3, 4]"),
    (DIAGONAL, "[init]", "", "init", "missing key, this table needs schema, network"),
    (DIAGONAL, "[init]", "[init", "", "valid TOML"),
    (DIAGONAL, "schema = 1", "schema = 1\nschema = 1", "", "valid TOML"),
    (DIAGONAL, "depth = 3", f"depth = {'1' * 5000}", "", "valid TOML"),
    (CLASSIFICATION, "y = [1, -1,", "y = [1, 0,", "data.y", "labels 1 or -1, got 0 as number 2"),
    (CLASSIFICATION, "y = [1, -1,", "y = [1, 2,", "data.y", "labels 1 or -1"),
    (CLASSIFICATION, "[-1,", "[1,", "data.X", "convex combination"),
    (CLASSIFICATION, "[2, 1]", "[0, 0]", "data.X", "point 3 is zero"),
    (CLASSIFICATION, "widths = [1]", "", "network.widths", "missing key"),
    (CLASSIFICATION, "widths = [1]", "widths = [0]", "network.widths", "from 1 to"),
    (CLASSIFICATION, "widths = [1]", 'widths = ["1"]', "network.widths", "expected an integer"),
    (CLASSIFICATION, "widths = [1]", "widths = 1", "network.widths", "list of integers"),
    (CLASSIFICATION, "widths = [1]", "widths = [1]\ndepth = 3", "network.depth", "expected 2"),
    (CLASSIFICATION, "widths = [1]", "widths = [2]", "init.v", "layer 1: expected 4 numbers"),
    (CLASSIFICATION, "widths = [1]", "widths = [1]\noutputs = 2", "network", "unknown key 'outputs'"),
    (REAL_ODECO, '"3/5"]', '"4/5"]', "network.U", "orthonormal columns in U_1"),
    (REAL_ODECO, '["0", "1"]]]', '["0", "1"], [0, 0, 0]]]', "network.U", "ragged"),
    (REAL_ODECO, '["0", "1"]]]', '["0", "1"], [0, 0.5]]]', "network.U", "U_2, entry [3, 2]"),
    (REAL_ODECO, 'S = [["1", 0], ["0", "1/2"]]', 'S = [["1", 2], ["2", 4]]', "network.S", "column rank 2"),
    (REAL_ODECO, 'S = [["1", 0], ["0", "1/2"]]', 'S = [["1", "0"]]', "network.U", "1 columns"),
    (REAL_ODECO, 'S = [["1", 0], ["0", "1/2"]]', 'S = [["1"], ["0"]]', "data.X", "rows of 1 entries"),
    (REAL_ODECO, 'S = [["1", 0], ["0", "1/2"]]', "", "network.S", "missing key"),
    (REAL_ODECO, "depth = 2", "depth = 3", "network.depth", "expected 2"),
    (REAL_ODECO, 'S = [["1"', 'S = [["1+i+i"', "network.S", "expected an integer or a quoted number"),
    (
        REAL_ODECO,
        'S = [["1"',
        f'S = [["{"7" * 30000}x"',
        "network.S",
        "expected an integer or a quoted number",
    ),
    (
        REAL_ODECO,
        'S = [["1"',
        f'S = [["1{" " * 30000}x"',
        "network.S",
        "expected an integer or a quoted number",
    ),
    (REAL_ODECO, 'S = [["1"', 'S = [["1 2i"', "network.S", "3/5+4/5i"),
    (ODECO, "schema = 1", "schema = 1", "network", "real data tensor"),
    (SENSING, "[[1, 2], [2, 0]]", "[[1, 2], [3, 0]]", "data.A", "symmetric"),
    (SENSING, "[[0, 1], [1, 1]]", "[[0, 1]]", "data.A", "ragged"),
    (SENSING, "[[[1, 2], [2, 0]], [[0, 1], [1, 1]]]", "[[[1, 2]], [[0, 1]]]", "data.A", "square"),
    (SENSING, "A = ", "X = ", "data.X", "expected the key 'A'"),
    (SENSING, "[1, 0, 0, 1]", "[1, 0]", "init.v", "layer 1: expected 4 numbers"),
    (
        CONVOLUTION,
        "filter-sizes = [2, 3]",
        "filter-sizes = [4, 3]",
        "network.filter-sizes",
        "from 1 to d = 3",
    ),
    (CONVOLUTION, "filter-sizes = [2, 3]", "filter-sizes = [2, 2]", "data.X", "rows of 2 entries"),
    (CONVOLUTION, "filter-sizes = [2, 3]", "filter-sizes = []", "network.filter-sizes", "at least one"),
    (
        CONVOLUTION,
        "filter-sizes = [2, 3]",
        "filter_sizes = [2, 3]",
        "network",
        "did you mean 'filter-sizes'?",
    ),
    (CONVOLUTION, "filter-sizes = [2, 3]", "filter-sizes = [2, 3]\ndepth = 3", "network.depth", "expected 2"),
    (TENSOR, "[0, 1], [0, 0]]", "[0, 1]]", "network.tensor", "ragged"),
    (TENSOR, "tensor = [", "tensor = [3, ", "network.tensor", "expected a list of"),
    (TENSOR, 'kind = "tensor"', 'kind = "tensor"\ndepth = 3', "network.depth", "expected 2"),
    (TENSOR, "X = [[1, 2]]", "X = [[1, 2, 3]]", "data.X", "rows of 2 entries"),
    (TENSOR, "X = [[1, 2]]", "X = [[1, 2], [0, 1], [1, 1]]", "data.y", "expected 3 numbers"),
    (TENSOR, "X = [[1, 2]]\ny = [1]", "X = [[1], [2]]\ny = [1, 1]", "data.X", "rows of 2 entries"),
    (
        DIAGONAL,
        'X = [["1/2", "-5/4", "2", "3/4"]',
        'X = [[1], [2], ["1/2", "-5/4", "2", "3/4"]',
        "data.X",
        "ragged",
    ),
]


def refusal(path: Path) -> InputError:
    with pytest.raises(InputError) as caught:
        read_problem(path)
    message = str(caught.value)
    assert "\n" not in message and message.startswith(f"{path}: ") and len(message) < 400 + len(str(path))
    assert caught.value.exit_code == 2
    return caught.value


@pytest.mark.parametrize(("base", "old", "new", "key", "message"), MALFORMED, ids=range(len(MALFORMED)))
def test_malformed_files(tmp_path: Path, base: str, old: str, new: str, key: str, message: str) -> None:
    assert old in base
    path = tmp_path / "p.toml"
    path.write_text(base.replace(old, new, 1), encoding="utf-8")
    error = refusal(path)
    assert error.key == key, error
    assert message in error.message, error


def test_any_number_of_points_is_read(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text(TENSOR.replace("X = [[1, 2]]\ny = [1]", "X = [[1, 2], [0, 1], [1, 2]]\ny = [1, 1, 3]"))
    assert len(read_problem(path).independent.X) == 2


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("p.json", b"{", "valid JSON"),
        ("p.json", b"[1, 2]", "expected a table"),
        ("p.json", b'{"schema": 1, "schema": 1}', "'schema' is given twice"),
        ("p.json", b'{"schema": NaN}', "missing key"),
        ("p.json", b"", "valid JSON"),
        ("p.json", b"[" * 100_000, "nested too deeply"),
        ("p.toml", b"a = " + b"[" * 100_000, "nested too deeply"),
        ("p.toml", b"", "missing key"),
        ("p.toml", b"\xff\xfe\x00", "UTF-8"),
        ("p.toml", b"\x00\x01", "valid TOML"),
        ("p.toml", b"schema = 1\nnetwork = 3", "missing key"),
        ("p.toml", b"schema = 1\nnetwork = 3\ntask = 1\ndata = 1\ninit = 1", "expected a table"),
        ("p.txt", b'{"schema": 1', "valid JSON"),
    ],
)
def test_files_that_are_no_tables(tmp_path: Path, name: str, content: bytes, message: str) -> None:
    path = tmp_path / name
    path.write_bytes(content)
    error = refusal(path)
    assert message in str(error)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    assert "directory" in refusal(tmp_path).message
    assert "no such file" in refusal(tmp_path / "missing.toml").message
    with pytest.raises(InputError, match="name of a file"):
        read_problem("a\0b")
    with pytest.raises(InputError) as caught:
        read_problem(tmp_path / "two\nlines.toml")
    assert "\n" not in str(caught.value)
    with pytest.raises(InputError, match="MiB"):
        read_problem("/dev/zero")


def test_reading_is_exact(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text("\ufeff" + DIAGONAL, encoding="utf-8")
    problem = read_problem(path)
    assert problem.X[0] == (Fraction(1, 2), Fraction(-5, 4), 2, Fraction(3, 4)) and problem.scale == Fraction(
        3, 10
    )
    assert problem.v0[0] == (Fraction(3, 10), Fraction(9, 40), Fraction(3, 8), Fraction(3, 20))
    assert problem.name == str(path) and litproof.read_problem is read_problem
    numbers = problem_from_mapping(tomllib.loads(CLASSIFICATION))
    assert (
        numbers.scale == Fraction(1, 10) and numbers.X[1] == (-1, Fraction(1, 2)) and numbers.y == (1, -1, 1)
    )
    assert numbers.network == FullyConnected(2, (1,))


@pytest.mark.parametrize("text", VALID.values(), ids=VALID)
def test_json_and_toml_are_the_same(tmp_path: Path, text: str) -> None:
    (tmp_path / "p.toml").write_text(text)
    (tmp_path / "p.json").write_text(json.dumps(tomllib.loads(text)))
    a, b = read_problem(tmp_path / "p.toml"), read_problem(tmp_path / "p.json")
    assert (a.network, a.task, a.X, a.y, a.scale, a.v) == (b.network, b.task, b.X, b.y, b.scale, b.v)


@pytest.mark.parametrize(
    ("text", "re", "im"),
    [
        ("3/5+4/5i", "3/5", "4/5"),
        ("3/5 - 4/5 j", "3/5", "-4/5"),
        ("i", "0", "1"),
        ("-i", "0", "-1"),
        ("+2i", "0", "2"),
        ("0.5j", "0", "1/2"),
        ("-0.5*i", "0", "-1/2"),
        ("1e-1+2e1i", "1/10", "20"),
        ("-1-i", "-1", "-1"),
        ("7", "7", "0"),
    ],
)
def test_complex_entries(text: str, re: str, im: str) -> None:
    from litproof.problem_file.values import Node, gaussian

    assert gaussian(Node(text, "", "")) == Cyclotomic.gaussian(Fraction(re), Fraction(im))


def random_problem(rng: Random, kind: str) -> Problem:
    while True:
        network = draw_network(rng, kind)
        if isinstance(network, MatrixSensing):
            k = network.size
            triangle = [[Fraction(rng.randint(-3, 3)) for _ in range(i + 1)] for i in range(k)]
            X = (tuple(triangle[max(i, j)][min(i, j)] for i in range(k) for j in range(k)),)
        else:
            n = rng.randint(1, network.input_dim)
            X = tuple(
                tuple(Fraction(rng.randint(-3, 3), 2) for _ in range(network.input_dim)) for _ in range(n)
            )
        if rank(X) == len(X):
            y = tuple(Fraction(rng.randint(-9, 9), 7) for _ in X)
            return Problem(network, "regression", X, y, Fraction(1, 3), draw_layers(rng, network))


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(KINDS), st.integers(0, 10**6))
def test_round_trip(kind: str, seed: int) -> None:
    problem = random_problem(Random(seed), kind)
    assert problem_from_mapping(tomllib.loads(write_problem(problem))) == problem


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=6),
    st.sampled_from(
        [
            "1/0",
            "nan",
            "1e9",
            "i",
            "relu",
            "tensor",
            "odeco",
            0,
            1,
            -1,
            [],
            {},
            [[]],
            [1, "2"],
            [[1, 2], [3, 4]],
        ]
    ),
    st.lists(st.integers(-3, 3), max_size=3),
    st.dictionaries(st.sampled_from(["kind", "X", "y", "", "v"]), st.integers(), max_size=2),
)


def places(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path] + [p for key, inner in items for p in places(inner, (*path, key))]


@settings(max_examples=400, deadline=None)
@given(st.sampled_from(sorted(VALID)), st.data())
def test_fuzzed_files_are_read_or_refused(name: str, data: st.DataObject) -> None:
    content = copy.deepcopy(tomllib.loads(VALID[name]))
    for _ in range(data.draw(st.integers(1, 2))):
        candidates = [path for path in places(content) if path]
        if not candidates:
            break
        *path, last = data.draw(st.sampled_from(candidates))
        holder = content
        for step in path:
            holder = holder[step]
        action = data.draw(st.sampled_from(["replace", "delete", "insert"]))
        if action == "delete":
            del holder[last]
        elif action == "replace":
            holder[last] = copy.deepcopy(data.draw(JUNK))
        elif isinstance(holder, list):
            holder.insert(last, copy.deepcopy(data.draw(JUNK)))
        else:
            holder[data.draw(st.text(max_size=5))] = copy.deepcopy(data.draw(JUNK))
    message = ""
    try:
        problem = problem_from_mapping(content, source="fuzz.toml")
    except InputError as error:
        message = str(error)
    if message:
        assert message.startswith("fuzz.toml: ") and "\n" not in message
    else:
        assert [len(layer) for layer in problem.v] == list(problem.network.shapes)
        assert all(len(x) == problem.network.input_dim for x in problem.X)


@settings(max_examples=150, deadline=None)
@given(st.binary(max_size=60), st.integers(0, 400), st.sampled_from(sorted(VALID)))
def test_fuzzed_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, junk: bytes, at: int, name: str
) -> None:
    raw = VALID[name].encode()
    path = tmp_path_factory.getbasetemp() / "fuzz.toml"
    path.write_bytes(raw[:at] + junk + raw[at:])
    message = ""
    try:
        read_problem(path)
    except InputError as error:
        message = str(error)
    assert "\n" not in message


def test_networks_without_data(tmp_path: Path) -> None:
    path = tmp_path / "n.toml"

    def network_of(body: str) -> Any:
        path.write_text(f"schema = 1\n[network]\n{body}")
        read = read_network(path)
        assert read.problem is None
        return read.network

    assert network_of('kind = "relu"\nwidths = [3, 2]\noutputs = 2\nbias = true\ninput-dim = 4') == ReluSpec(
        4, (3, 2), 2, True
    )
    assert network_of('kind = "relu"\nwidths = [3]\ninput-dim = 4') == ReluSpec(4, (3,), 1, False)
    spec = network_of('kind = "fully-connected"\nwidths = [3]\noutputs = 2\ninput-dim = 4')
    assert spec == FullyConnectedSpec(4, (3,), 2)
    assert network_of('kind = "fully-connected"\nwidths = [3]\noutputs = 1\ninput-dim = 4') == FullyConnected(
        4, (3,)
    )
    assert network_of('kind = "convolutional"\nfilter-sizes = [2, 3]') == Convolutional((2, 3))
    assert network_of('kind = "matrix-sensing"\ndepth = 2\ninput-dim = 3') == MatrixSensing(2, 3)
    path.write_text(DIAGONAL)
    whole = read_network(path)
    assert whole.problem == read_problem(path) and whole.network == whole.problem.network
    path.write_text(CLASSIFICATION.replace("widths = [1]", "widths = [5]\noutputs = 3"))
    assert read_network(path).network == FullyConnectedSpec(2, (5,), 3)


@pytest.mark.parametrize(
    ("body", "key", "message"),
    [
        ('kind = "diagonal"\ndepth = 2', "network.input-dim", "missing key"),
        ('kind = "relu"\nwidths = [3]\noutputs = 0\ninput-dim = 4', "network.outputs", "from 1"),
        ('kind = "relu"\nwidths = [3]\nbias = 1\ninput-dim = 4', "network.bias", "true or false"),
        ('kind = "relu"\ninput-dim = 4', "network.widths", "missing key"),
        ('kind = "diagonal"\ndepth = 2\ninput-dim = 3\noutputs = 2', "network", "unknown key 'outputs'"),
        ('kind = "convolutional"\nfilter-sizes = [2, 3]\ninput-dim = 4', "network.input-dim", "expected 3"),
        ('kind = "relux"\ninput-dim = 4', "network.kind", "did you mean 'relu'?"),
        ('kind = "diagonal"\ndepth = 2\ninput-dim = 3\n[init]\nspeed = 1', "init", "unknown key 'speed'"),
    ],
)
def test_bad_networks_without_data(tmp_path: Path, body: str, key: str, message: str) -> None:
    path = tmp_path / "n.toml"
    path.write_text(f"schema = 1\n[network]\n{body}")
    with pytest.raises(InputError) as caught:
        read_network(path)
    assert caught.value.key == key and message in caught.value.message and caught.value.source == str(path)


@settings(max_examples=150, deadline=None)
@given(
    st.integers(1, 3).flatmap(
        lambda d: st.lists(st.lists(st.integers(-3, 3), min_size=d, max_size=d), min_size=1, max_size=6)
    )
)
def test_separation_is_certified_either_way(points: list[list[int]]) -> None:
    separation = separate([[Fraction(entry) for entry in point] for point in points])
    assert (separation.direction is None) != (separation.weights is None)
    if separation.direction is not None:
        assert all(
            sum(a * b for a, b in zip(separation.direction, point, strict=True)) >= 1 for point in points
        )
    if separation.weights is not None:
        assert min(separation.weights) >= 0 and sum(separation.weights) == 1
        for k in range(len(points[0])):
            assert sum(p * point[k] for p, point in zip(separation.weights, points, strict=True)) == 0


def test_reading_loads_nothing_heavy(tmp_path: Path) -> None:
    path = tmp_path / "p.toml"
    path.write_text(REAL_ODECO)
    code = (
        "import sys; from litproof import read_problem; read_problem(sys.argv[1]);"
        "print([m for m in ('sympy', 'numpy', 'scipy', 'mpmath', 'matplotlib') if m in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    assert result.stdout.strip() == "[]"


MANY = 400_000
HOSTILE_FILES = {
    "last key repeated": (".json", "{" + ",".join(f'"k{i}":1' for i in range(MANY)) + ',"k1":1}'),
    "dotted key": (".toml", ".".join("a" * MANY) + " = 1\n"),
    "dotted key in quotes": (".toml", " . ".join(['"a"', "'b'"] * MANY) + " = 1\n"),
    "header": (".toml", f"[{'.'.join('a' * MANY)}]\n"),
    "key of an inline table": (".toml", f"x = {{{'.'.join('a' * MANY)} = 1}}\n"),
    "escaped quotes": (".toml", 'x = "' + '\\"' * MANY + "\n"),
    "quotes": (".toml", "x = " + '"' * MANY + "\n"),
    "brackets": (".toml", "x = " + "[" * MANY + "\n"),
    "nesting": (".json", '{"a":' * MANY),
    "digits": (".toml", "x = " + "1" * MANY + "\n"),
}


@pytest.mark.parametrize("name", HOSTILE_FILES)
def test_hostile_files_take_no_time_that_grows_like_a_square(name, tmp_path):
    """Of a size that whatever takes the square of it would never finish."""
    ending, text = HOSTILE_FILES[name]
    path = tmp_path / f"file{ending}"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_problem(path)
    assert "\n" not in str(caught.value) and len(str(caught.value)) < 400


def test_keys_of_usual_length_and_decimals_in_lists_are_no_long_keys(tmp_path):
    path = tmp_path / "file.toml"
    path.write_text(
        'a.b."c.d".e = ["0.5", "1.25", ' + '"0.1", ' * 1000 + "0.5]\n# " + "v.w and so on. " * 99, "utf-8"
    )
    with pytest.raises(InputError, match="unknown key 'a'"):
        read_problem(path)


POLYNOMIAL = """
schema = 1
[network]
kind = "polynomial"
parameters = ["u[2]", "W[2,2]"]
beta = ["W*u"]
[task]
kind = "regression"
[data]
X = [["1", "2"]]
y = ["1"]
[init]
scale = "1"
v = [["1", "1"], ["1", "0", "0", "1"]]
"""

WRONG_POLYNOMIALS = [
    ('["W*u"]', '["W*u + exp(u)"]', "network.beta, position 7", "unknown name 'exp'"),
    ('["W*u"]', '"W*u"', "network.beta", "expected a list of formulas"),
    ('["W*u"]', '["W*u", 3]', "network.beta", "got 3 in it"),
    ('["W*u"]', "[]", "network.beta", "not an empty list"),
    ('["W*u"]', '["u*W"]', "network.beta, position 2", "expected a matrix to the left"),
    ('["W*u"]', '["3"]', "network.beta", "parameters that move"),
    ('["u[2]", "W[2,2]"]', '["u[2]", "W[2,2]", "n[3]"]', "network.parameters", "stands for something else"),
    ('["u[2]", "W[2,2]"]', '["u[2", "W[2,2]"]', "network.parameters", "expected a parameter such as"),
    ('["u[2]", "W[2,2]"]', '["u[2]", "W[3,2]"]', "network.beta", "expected 2 entries"),
    ("[network]", "[network]\noutputs = 2", "network.beta", "expected 4 entries"),
    ("[network]", "[network]\noutputs = 0", "network.outputs", "from 1 to"),
    ("[network]", "[network]\ndepth = 2", "network", "unknown key 'depth'"),
    ('["1", "0", "0", "1"]', '["1", "0"]', "init.v", "layer 2: expected 4 numbers, got 2"),
    ('X = [["1", "2"]]', 'A = [[["1"], ["2"], ["3"]]]', "network.beta", "expected 3 entries"),
]


@pytest.mark.parametrize(("old", "new", "key", "message"), WRONG_POLYNOMIALS)
def test_malformed_polynomial_networks(tmp_path: Path, old: str, new: str, key: str, message: str) -> None:
    assert old in POLYNOMIAL
    path = tmp_path / "p.toml"
    path.write_text(POLYNOMIAL.replace(old, new, 1), encoding="utf-8")
    error = refusal(path)
    assert error.key == key and message in error.message, error
    assert "\n" not in str(error)


def test_targets_of_several_outputs_are_a_matrix(tmp_path: Path) -> None:
    text = POLYNOMIAL.replace('["W*u"]', '["W"]').replace("[network]", "[network]\noutputs = 2", 1)
    path = tmp_path / "p.toml"
    for y, message in (
        ('["1"]', "expected a list of numbers"),
        ('[["1", "2", "3"]]', "expected 1 rows of 2 numbers"),
    ):
        path.write_text(text.replace('y = ["1"]', f"y = {y}"), encoding="utf-8")
        error = refusal(path)
        assert error.key == "data.y" and message in error.message, error


def test_numbers_that_repeat_are_read_as_what_they_are(tmp_path: Path) -> None:
    """1 and true are equal to Python, "1" and 1 to a reader; wrong numbers are named where they stand."""
    start = DIAGONAL.index("X = ")
    rest = DIAGONAL[DIAGONAL.index("y = ") :]
    path = tmp_path / "p.toml"
    path.write_text(DIAGONAL[:start] + 'X = [[1, "1", "2/2", "1e0"], ["0.5", "1/2", 0, "0"]]\n' + rest)
    first, second = read_problem(path).X
    assert set(first) == {1} and second == (Fraction(1, 2), Fraction(1, 2), 0, 0)
    for wrong in ("true", "1.0", '"1/0"'):
        path.write_text(DIAGONAL[:start] + f'X = [[1, "1", 1, 1], [1, "1", {wrong}, 1]]\n' + rest)
        assert refusal(path).message.startswith("entry [2, 3]: ")


def test_copies_of_points_count_as_weights() -> None:
    """No row operation makes long numbers of them; of rows that span everything only the moments matter."""
    rows = [["1/3", "2/7", "1"], ["5/11", "-1", "1/13"]]
    twice = problem(rows + rows[:1], ["1", "2", "3"]).independent
    assert twice.X == problem(rows, ["1", "2"]).X
    assert twice.y == (2, 2) and twice.weights == (2, 1)
    wide = problem([["1", "2"], ["3", "1/5"], ["-1", "1"]], ["1", "2", "3"], [[1, 1], [0, 0]])
    assert len(wide.independent.X) == 2
    beta = (Fraction(3, 7), Fraction(-2, 5))
    lowest = wide.squared_loss(beta) - wide.independent.squared_loss(beta)
    assert lowest == wide.squared_loss((0, 0)) - wide.independent.squared_loss((0, 0)) > 0


def problem(
    X: list[list[str]], y: list[str], v: list[list[int]] | None = None, scale: str = "1/2"
) -> Problem:
    return Problem(Diagonal(2, len(X[0])), "regression", X, y, scale, v or [[1] * len(X[0]), [0] * len(X[0])])


def test_many_guilty_points_are_one_short_line(tmp_path: Path) -> None:
    """0 is the mean of 150 points, none of which can be left out."""
    rows = [[int(k == j) for j in range(149)] for k in range(149)] + [[-1] * 149]
    file = {"schema": 1, "network": {"kind": "diagonal", "depth": 2}, "task": {"kind": "classification"}}
    file |= {"data": {"X": rows, "y": [1] * 150}, "init": {"scale": 1, "v": [[1] * 149, [0] * 149]}}
    path = tmp_path / "p.json"
    path.write_text(json.dumps(file))
    message = refusal(path).message
    assert "i = 1, 2, 3, " in message and message.endswith("... (150 in all)")
