"""Grid files: a problem template, and lists of values by dotted key; every combination is one point."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import prod
from pathlib import Path
from typing import Any, overload

from litproof.claims.catalogue import load_file, matching
from litproof.errors import InputError
from litproof.problem import Problem
from litproof.problem_file import TABLES, problem_from_mapping
from litproof.problem_file.syntax import load
from litproof.problem_file.values import Node, table
from litproof.sweep.template import draws, filled

MAX_POINTS = 1_000_000
DIGITS = range(4, 10001)
SEED = "seed"

Value = str | int


@dataclass(frozen=True)
class Point:
    """One point of a grid: the values of its keys, for the table, and the problem they make."""

    values: tuple[tuple[str, Value], ...]
    problem: Problem


@dataclass(frozen=True)
class Combination:
    """A point whose problem is made from the template when it is asked for, each time anew."""

    template: Mapping[str, Any]
    chosen: tuple[tuple[str, Any], ...]
    source: str

    @property
    def values(self) -> tuple[tuple[str, Value], ...]:
        """The values of the keys, for the table."""
        return tuple((key, _shown(value)) for key, value in self.chosen)

    @property
    def problem(self) -> Problem:
        """The problem; InputError where there is none with these values."""
        name = f"{self.source} at {', '.join(f'{key} = {value}' for key, value in self.values)}"
        content: dict[str, Any] = dict(self.template)
        for key, value in self.chosen:
            if key != SEED:
                content = _with(content, key.split("."), value, name)
        return problem_from_mapping(filled(content, dict(self.chosen).get(SEED, 0), name), source=name)


@dataclass(frozen=True)
class Points(Sequence[Combination]):
    """Every combination of the values of the axes, the last one fastest."""

    template: Mapping[str, Any]
    axes: Mapping[str, Sequence[Any]]
    source: str

    def __len__(self) -> int:
        return prod(map(len, self.axes.values()))

    @overload
    def __getitem__(self, index: int) -> Combination: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[Combination, ...]: ...

    def __getitem__(self, index: int | slice) -> Combination | tuple[Combination, ...]:
        if isinstance(index, slice):
            return tuple(self[k] for k in range(*index.indices(len(self))))
        rest, chosen = range(len(self))[index], []
        for key, values in tuple(self.axes.items())[::-1]:
            rest, place = divmod(rest, len(values))
            chosen.append((key, values[place]))
        return Combination(self.template, tuple(reversed(chosen)), self.source)


@dataclass(frozen=True)
class Grid:
    """What a sweep runs.

    Attributes
    ----------
    keys : dotted keys in the order of the file.
    points : every combination, the last key fastest.
    digits : significant digits asked for.
    claims : ids of claims that are verified at each point where their hypotheses hold.
    origins : the claim files of those that are not in the catalogue.
    """

    keys: tuple[str, ...]
    points: Sequence[Point | Combination]
    digits: int
    claims: tuple[str, ...]
    origins: tuple[str, ...] = ()


def read_grid(path: str | Path, progress: Callable[[int, int], None] | None = None) -> Grid:
    """Read a grid file and build every problem, before anything is run; `progress` is called with (built, total).

    Keys: ``schema = 1``, ``problem`` (a table, or the name of a problem file next to the grid file), ``[grid]``
    (dotted keys of the problem, and ``seed``, each with a list of values), ``digits`` (20), ``claims`` (none; ids,
    patterns, and claim files next to the grid file).

    Raises
    ------
    InputError : anything wrong with the file, or with one of the problems (the message names the point).

    Examples
    --------
    >>> from pathlib import Path
    >>> from tempfile import TemporaryDirectory
    >>> text = '''
    ... schema = 1
    ... digits = 12
    ... [problem]
    ... schema = 1
    ... network = {kind = "diagonal", depth = 2}
    ... task = {kind = "regression"}
    ... data = {X = [["1", "2"]], y = ["1"]}
    ... init = {scale = "1/2", v = [["1", "1"], ["0", "0"]]}
    ... [grid]
    ... "init.scale" = ["1/10", "1"]
    ... '''
    >>> with TemporaryDirectory() as directory:
    ...     path = Path(directory, "grid.toml")
    ...     _ = path.write_text(text)
    ...     grid = read_grid(path)
    >>> [dict(point.values) for point in grid.points]
    [{'init.scale': '1/10'}, {'init.scale': '1'}]
    """
    content, source = load(path)
    root = table(Node(content, "", source), ("schema", "problem", "grid"), ("digits", "claims"))
    if root.value["schema"] != 1 or type(root.value["schema"]) is not int:
        raise root.child("schema").error("expected 1, the version of the file format")
    template = _template(root.child("problem"), Path(path).parent)
    axes = _axes(root.child("grid"), "")
    if not axes:
        raise root.child("grid").error("expected lists of values by dotted key, such as init.scale = [...]")
    if (size := prod(len(values) for values in axes.values())) > MAX_POINTS:
        raise root.child("grid").error(f"expected at most {MAX_POINTS} points, got {size}")
    if SEED in axes and not draws(template):
        raise root.child("grid").child(SEED).error("nothing in the problem is drawn at random")
    points = Points(template, axes, source)
    for number, point in enumerate(points, start=1):
        _ = point.problem  # made once to be checked, and again when it is its turn: 10^5 of them are not held
        if progress:
            progress(number, size)
    return Grid(tuple(axes), points, _digits(root), *_claims(root, Path(path).parent))


def _template(node: Node, directory: Path) -> Mapping[str, Any]:
    if isinstance(node.value, Mapping):
        return {"schema": 1, **node.value}
    if not isinstance(node.value, str):
        raise node.error("expected a table, or the name of a problem file")
    content, source = load(directory / node.value)
    if not isinstance(content, Mapping):
        raise InputError("expected a table", source=source)
    return content


def _axes(node: Node, prefix: str) -> dict[str, list[Any]]:
    """Lists by dotted key; nested tables (which unquoted dotted keys make) are flattened."""
    axes: dict[str, list[Any]] = {}
    if not isinstance(node.value, Mapping):
        raise node.error("expected a table of lists")
    for name, value in node.value.items():
        key = f"{prefix}{name}"
        child = node.child(name)
        if isinstance(value, Mapping):
            axes |= _axes(child, f"{key}.")
            continue
        if not isinstance(value, list) or not value:
            raise child.error("expected a list of values")
        if key == SEED and not all(type(entry) is int for entry in value):
            raise child.error("expected integers")
        if key != SEED and key.partition(".")[0] not in TABLES:
            raise child.error("expected a key of the problem, such as init.scale, or seed")
        axes[key] = value
    return axes


def _with(content: Mapping[str, Any], path: list[str], value: Any, source: str) -> dict[str, Any]:
    first, *rest = path
    if not rest:
        return {**content, first: value}
    inner = content.get(first, {})
    if not isinstance(inner, Mapping):
        raise InputError("expected a table in the problem", key=first, source=source)
    return {**content, first: _with(inner, rest, value, source)}


def _shown(value: Any) -> Value:
    if isinstance(value, int | str) and not isinstance(value, bool):
        return value
    if isinstance(value, list):
        return f"[{', '.join(str(_shown(entry)) for entry in value)}]"
    return str(Fraction(value)) if isinstance(value, Fraction) else str(value)


def _digits(root: Node) -> int:
    digits = root.value.get("digits", 20)
    if type(digits) is not int or digits not in DIGITS:
        raise root.child("digits").error(f"expected an integer from {DIGITS.start} to {DIGITS.stop - 1}")
    return digits


def _claims(root: Node, folder: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Ids of the claims, and the files of those that are somebody's own."""
    patterns = root.value.get("claims", [])
    if not isinstance(patterns, list) or not all(isinstance(entry, str) for entry in patterns):
        raise root.child("claims").error('expected a list of ids, patterns such as "ykm/*", or claim files')
    ids: list[str] = []
    origins: list[str] = []
    for pattern in patterns:
        if pattern.endswith((".py", ".toml", ".json")):
            origins.append(str((folder / pattern).resolve()))
            ids += load_file(str(folder / pattern))
        else:
            ids += matching(pattern)
    return tuple(dict.fromkeys(ids)), tuple(dict.fromkeys(origins))
