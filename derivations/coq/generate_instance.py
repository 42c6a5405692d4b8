"""Write the Coq file that proves, for given data, where a regression flow goes.

Usage: python generate_instance.py FILE [--digits N] [--name NAME] > NAME.v

FILE is a problem file (TOML or JSON), or a certificate of kind regression-limit, of a diagonal network: two
layers with any start that has a strictly smaller layer in each coordinate; three or four layers, one of which
starts at 0 and the others at one modulus (elsewhere the dual potential is not elementary).
From a problem file the theorem gives N digits after the point (default 50); from a certificate it gives the
box that the certificate states. The numbers found here (a root, an approximate inverse, a lower bound of
sigma_min^2) are untrusted: the kernel checks every inequality they have to satisfy.
Exit code 2, and one line, for a file that is not of this kind.
"""

import argparse
import json
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from string import Template
from typing import Any

from mpmath import MPContext

from litproof.errors import Inconclusive, InputError, LitproofError
from litproof.problem import Problem
from litproof.problem_file import problem_from_mapping, read_problem

HERE = Path(__file__).resolve().parent
Row = list[Fraction]
Real = Any
"""A number of the multiprecision context."""

mp: Any = MPContext()

DOMAIN = {2: "True", 3: "- PI / 2 < inner $n B x $j < PI / 2", 4: "-1 < inner $n B x $j < 1"}
"""Where h_L is defined, as a statement about the j-th dual variable."""


@dataclass(frozen=True)
class Instance:
    """Exact data of a diagonal network: A = X (n x m), targets, start (L x m), and what is to be proved.

    `box` holds the ends that a certificate states for each coefficient, None where `digits` digits are asked.
    """

    name: str
    A: list[Row]
    y: Row
    start: list[Row]
    digits: int
    box: list[tuple[Fraction, Fraction]] | None = None

    @property
    def depth(self) -> int:
        """L."""
        return len(self.start)

    @property
    def pivots(self) -> list[int]:
        """For each coordinate the layer that starts smallest."""
        return [min(range(self.depth), key=lambda l: abs(self.start[l][j])) for j in range(len(self.A[0]))]

    def pivot_and_others(self, j: int) -> tuple[Fraction, Row]:
        """Start of coordinate j: its pivot, and the other layers."""
        p = self.pivots[j]
        return self.start[p][j], [layer[j] for l, layer in enumerate(self.start) if l != p]

    @property
    def scales(self) -> Row:
        """The modulus a_j of the layers that do not start at zero (depth 3 and 4)."""
        return [abs(self.pivot_and_others(j)[1][0]) for j in range(len(self.A[0]))]

    @property
    def dual_rows(self) -> list[Row]:
        """B (m x n), so that s = B nu: B_jl = a_j^(L-2) A_lj."""
        return [[a ** (self.depth - 2) * row[j] for row in self.A] for j, a in enumerate(self.scales)]

    def least_gap(self) -> Fraction:
        """lambda: the least difference of squares between a layer and its pivot."""
        coordinates = map(self.pivot_and_others, range(len(self.A[0])))
        return min(o * o - z * z for z, others in coordinates for o in others)


def read_instance(path: Path, digits: int, name: str) -> Instance:
    """The instance in a problem file or a certificate; InputError where no theorem here covers it."""
    source = path.name
    if not re.fullmatch(r"[A-Z]\w*", name):
        raise InputError(f"expected a capitalised identifier as the name of the theorem, found {name!r}")
    if path.suffix == ".json" and (content := json.loads(path.read_text())).get("format"):
        if content.get("kind") != "regression-limit":
            raise InputError(
                f"expected a regression-limit certificate, found {content.get('kind')!r}", source=source
            )
        problem = _stated_problem(content, source)
        box = [(exact(low), exact(high)) for low, high in content["enclosure"]]
    else:
        problem, box = read_problem(path), None
    _check(problem, source)
    start, rows = [list(layer) for layer in problem.v0], [list(row) for row in problem.X]
    case = Instance(name, rows, list(problem.y), start, digits, box)
    for j in range(len(rows[0])):
        z, others = case.pivot_and_others(j)
        if min(map(abs, others)) <= abs(z):
            raise InputError(
                f"expected one strictly smallest layer in coordinate {j + 1}", key="init.v", source=source
            )
        if case.depth > 2 and (z != 0 or len({abs(o) for o in others}) > 1):
            raise InputError(
                f"expected one layer at 0 and the others at one modulus in coordinate {j + 1} (depth {case.depth})",
                key="init.v",
                source=source,
            )
    return case


def _stated_problem(content: dict[str, Any], source: str) -> Problem:
    """The problem that a certificate speaks of."""
    return problem_from_mapping(
        {
            "schema": 1,
            "network": content["network"],
            "task": {"kind": "regression"},
            "data": {
                "X": [[exact(x) for x in row] for row in content["X"]],
                "y": [exact(x) for x in content["y"]],
            },
            "init": {"scale": Fraction(1), "v": [[exact(x) for x in row] for row in content["v0"]]},
        },
        source=source,
    )


def _check(problem: Problem, source: str) -> None:
    network = problem.network
    if problem.task != "regression" or network.kind != "diagonal":
        raise InputError(
            f"expected regression with a diagonal network, found {problem.task}, {network.kind}",
            source=source,
        )
    if network.depth not in DOMAIN:
        raise InputError(
            f"expected depth 2, 3 or 4, found {network.depth}", key="network.depth", source=source
        )


def exact(text: str) -> Fraction:
    """A rational from "p/q", a decimal, or "m*2^e"."""
    mantissa, _, exponent = text.partition("*2^")
    return Fraction(mantissa) * Fraction(2) ** int(exponent or 0)


def number(x: Fraction) -> Real:
    """The rational at the working precision."""
    return mp.mpf(x.numerator) / x.denominator


def rounded(x: Real, digits: int) -> Fraction:
    """Nearest decimal with that many digits after the point."""
    return Fraction(int(mp.nint(x * mp.mpf(10) ** digits)), 10**digits)


def magnitude(*values: Real) -> int:
    """Digits before the point of the largest value; at least 0."""
    return max(0, int(mp.ceil(mp.log10(max(abs(v) for v in values) + 1))))


@dataclass(frozen=True)
class Root:
    """The solution of the dual equation and what the test needs around it, at the working precision."""

    nu: list[Real]
    s: list[Real]
    value: list[Real]
    slope: list[Real]
    jacobian: Any


def coefficient(case: Instance, j: int, s: Real) -> tuple[Real, Real]:
    """rho_j as a function of the dual variable s_j, and its derivative."""
    if case.depth == 2:
        z, (o,) = case.pivot_and_others(j)
        up, down = number((z + o) ** 2) * mp.exp(2 * s), number((z - o) ** 2) * mp.exp(-2 * s)
        return (up - down) / 4, (up + down) / 2
    height = number(case.scales[j] ** case.depth)
    if case.depth == 3:
        q, q2 = mp.tan(s), mp.tan(s) ** 2
        return height * q * (1 + q2), height * (1 + q2) * (1 + 3 * q2)
    return height * s / (1 - s * s) ** 2, height * (1 + 3 * s * s) / (1 - s * s) ** 3


def evaluate(case: Instance, nu: Any) -> tuple[Any, Root] | None:
    """F_i = sum_j A_ij rho_j(s_j) - y_i with its Jacobian; None outside the domain of h_L."""
    n, m = len(case.A), len(case.A[0])
    B = [[number(b) for b in row] for row in case.dual_rows]
    s = [mp.fsum(b * nu[l] for l, b in enumerate(row)) for row in B]
    bound = {2: mp.inf, 3: mp.pi / 2, 4: mp.mpf(1)}[case.depth]
    if max(abs(x) for x in s) >= bound:
        return None
    pairs = [coefficient(case, j, x) for j, x in enumerate(s)]
    value, slope = [f for f, _ in pairs], [df for _, df in pairs]
    A = [[number(x) for x in row] for row in case.A]
    F = mp.matrix([mp.fsum(A[i][j] * value[j] for j in range(m)) - number(case.y[i]) for i in range(n)])
    J = mp.matrix(n, n)
    for i in range(n):
        for l in range(n):
            J[i, l] = mp.fsum(A[i][j] * slope[j] * B[j][l] for j in range(m))
    return F, Root(list(nu), s, value, slope, J)


def dual_root(case: Instance) -> Root:
    """Damped Newton; the equation is the gradient of a strictly convex function."""
    nu = mp.matrix(len(case.A), 1)
    state = evaluate(case, nu)
    for _ in range(1000):
        if state is None:
            break
        F, root = state
        if mp.norm(F) < mp.mpf(10) ** (12 - mp.dps):
            return root
        step, t, trial = mp.lu_solve(root.jacobian, F), mp.mpf(1), None
        while t > mp.mpf(10) ** -20:
            trial = evaluate(case, nu - t * step)
            if trial is not None and mp.norm(trial[0]) < mp.norm(F):
                break
            t /= 2
        nu, state = nu - t * step, trial
    raise Inconclusive("the dual equation was not solved")


def rank_bound(A: list[Row]) -> tuple[Fraction, Row, list[Row]]:
    """mu > 0, D and unit upper triangular R with A A^T - mu I = R^T diag(D) R, exact."""
    n = len(A)
    gram = [[sum((p * q for p, q in zip(x, z, strict=True)), Fraction(0)) for z in A] for x in A]
    smallest = min(mp.eigsy(mp.matrix([[number(x) for x in row] for row in gram]), eigvals_only=True))
    if smallest < mp.mpf(10) ** (10 - mp.dps):
        raise InputError("expected X of full row rank", key="data.X")
    mu = rounded(smallest * mp.mpf("0.9"), 3 - int(mp.floor(mp.log10(smallest))))
    M = [[gram[i][l] - (mu if i == l else 0) for l in range(n)] for i in range(n)]
    D: Row = []
    R: list[Row] = []
    for k in range(n):
        D.append(M[k][k])
        R.append([M[k][l] / M[k][k] for l in range(n)])
        M = [[M[i][l] - M[i][k] * R[k][l] for l in range(n)] for i in range(n)]
    return mu, D, R


def rational(x: Fraction) -> str:
    """The rational as a Coq real number."""
    return f"({x.numerator})" if x.denominator == 1 else f"({x.numerator} / {x.denominator})"


def table(name: str, values: Sequence[str], kind: str = "R", default: str = "0") -> str:
    """A vector as a Coq function of one index."""
    rows = "".join(f"  | {i}%nat => {v}\n" for i, v in enumerate(values))
    return f"Definition {name} (i : nat) : {kind} :=\n  match i with\n{rows}  | _ => {default} end.\n"


def vector(name: str, values: Row) -> str:
    """A vector of rationals."""
    return table(name, [rational(v) for v in values])


def matrix(name: str, values: Sequence[Row]) -> str:
    """A matrix as a Coq function of two indices."""
    rows = ""
    for i, row in enumerate(values):
        entries = " ".join(f"| {j}%nat => {rational(v)}" for j, v in enumerate(row))
        rows += f"  | {i}%nat => match j with {entries} | _ => 0 end\n"
    return f"Definition {name} (i j : nat) : R :=\n  match i with\n{rows}  | _ => 0 end.\n"


def generalized(pattern: str, letter: str, count: int) -> str:
    """Tactics that forget how the numbers came about and keep their bounds."""
    one = "generalize dependent {term}; intros {name}{j} {letter}{j}"
    return "; ".join(
        one.format(term=pattern.format(j), name=letter.lower(), letter=letter, j=j) for j in range(count)
    )


def linear(row: Row, name: Callable[[int], str]) -> str:
    """sum_l row_l u_l."""
    return " + ".join(f"{rational(c)} * {name(l)}" for l, c in enumerate(row))


def rank_words(A: list[Row]) -> dict[str, str]:
    """The sum-of-squares proof of |A^T u|^2 >= mu |u|^2."""
    n = len(A)
    mu, D, R = rank_bound(A)
    free, actual = "u{}".format, "(u {}%nat)".format
    return {
        "mu": rational(mu),
        "vars": " ".join(map(free, range(n))),
        "actual": " ".join(map(actual, range(n))),
        "norm": " + ".join(f"{free(l)} ^ 2" for l in range(n)),
        "gram": " + ".join(f"({linear(list(column), free)}) ^ 2" for column in zip(*A, strict=True)),
        "squares": " + ".join(
            f"{rational(d)} * ({linear(row, free)}) ^ 2" for d, row in zip(D, R, strict=True)
        ),
        "positive": "\n    ".join(
            f"pose proof (pow2_ge_0 ({linear(row, actual)})) as P{q}." for q, row in enumerate(R)
        ),
    }


def depth_words(depth: int) -> dict[str, str]:
    """What depends on the formula for the inverse potential: f2 of any start, or a^L h_L."""
    if depth == 2:
        z, o = "start (pivot j) j", "start (1 - pivot j)%nat j"
        return {
            "function": f"f2 ({z}) ({o}) s",
            "derivative": f"df2 ({z}) ({o}) s",
            "f_name": "f2",
            "df_name": "df2",
            "constants": "start pivot Nat.sub",
            "derivative_proof": "apply f2_derive",
            "row_scale": "1",
            "scale_name": "",
            "kkt_proof": "pose proof (pivot_layer i Hi) as P.\n        "
            "pose proof (dbias_two (pivot i) (fun l => v l i 0) P) as D. cbv beta in D.\n        "
            "rewrite !Start in D by (auto; lia). unfold f. rewrite D.\n        "
            "+ rewrite inner_value by auto. ring.\n        "
            "+ pose proof (start_gaps (1 - pivot i) i ltac:(lia) Hi ltac:(lia)). unfold lambda in *. lra.",
        }
    inside = "apply in_domain; auto"
    return {
        "function": f"a j ^ {depth} * h{depth} s",
        "derivative": f"a j ^ {depth} * dh{depth} s",
        "f_name": f"h{depth}",
        "df_name": f"dh{depth}",
        "constants": "a",
        "derivative_proof": f"apply (is_derive_scal h{depth}), h{depth}_derive, in_domain; auto",
        "row_scale": f"a j ^ {depth - 2}",
        "scale_name": " a",
        "kkt_proof": f"unfold f. apply dbias_from_inverse; [lia | apply pivot_layer; auto | apply scale_positive; auto "
        "| | |].\n        "
        "+ intros l Hl N. rewrite Start by auto. apply start_others; auto.\n        "
        "+ rewrite Start by auto using pivot_layer. apply start_pivot; auto.\n        "
        f"+ rewrite h{depth}_inverse by ({inside}). apply inner_value; auto.",
    }


def box_of(case: Instance, root: Root) -> list[tuple[Fraction, Fraction]]:
    """What is to be proved of each coefficient; InputError where the stated box does not hold the limit."""
    if case.box is None:
        reach, places = Fraction(1, 10**case.digits), case.digits + 5
        return [(rounded(v, places) - reach, rounded(v, places) + reach) for v in root.value]
    for j, ((low, high), value) in enumerate(zip(case.box, root.value, strict=True)):
        if not number(low) < value < number(high):
            raise InputError(
                f"the stated box of coefficient {j + 1} does not hold the limit", key="enclosure"
            )
    return case.box


def template(name: str) -> Template:
    """One of the parts of the Coq file."""
    return Template((HERE / "templates" / f"{name}.v.in").read_text())


def coq_file(case: Instance) -> str:
    """The whole file. The box of dual variables is so small that its image lies in the box to be proved."""
    depth, n, m = case.depth, len(case.A), len(case.A[0])
    mp.dps = case.digits + 60
    if case.box is not None:
        mp.dps += max(len(str(high.denominator)) for _, high in case.box)
    root = dual_root(case)
    box = box_of(case, root)
    slack = min(
        min(v - number(low), number(high) - v) for v, (low, high) in zip(root.value, box, strict=True)
    )
    places = int(mp.ceil(-mp.log10(slack)))
    B = case.dual_rows
    spread = [mp.fsum(abs(number(b)) for b in row) for row in B]
    inverse = root.jacobian**-1
    radius = places + magnitude(*(4 * d * w for d, w in zip(root.slope, spread, strict=True))) + 2
    condition = magnitude(*root.jacobian, *inverse) + magnitude(*(number(x) for row in case.A for x in row))
    centre_digits = radius + condition + magnitude(*inverse) + 7
    mp.dps = centre_digits + 60
    root = dual_root(case)
    small = 2 * condition + 12
    bits = int(3.33 * (centre_digits + 12)) + 80
    data = matrix("A", case.A) + vector("y", case.y) + matrix("start", case.start)
    found = table("pivot", [f"{p}%nat" for p in case.pivots], "nat", "0%nat")
    if depth > 2:
        found += vector("a", case.scales)
    found += matrix("B", B) + vector("x0", [rounded(v, centre_digits + 3) for v in root.nu])
    inverse = root.jacobian**-1
    for name, M in (("C", inverse), ("Cinv", root.jacobian)):
        found += matrix(name, [[rounded(M[i, l], small) for l in range(n)] for i in range(n)])
    common = {
        "name": case.name,
        "depth": depth,
        "n": n,
        "m": m,
        "radius": radius,
        "bits": bits,
        "centre_digits": centre_digits,
        "domain_any": Template(DOMAIN[depth]).substitute(n=n, j="j"),
        **depth_words(depth),
        **rank_words(case.A),
    }
    bounds = vector("low", [low for low, _ in box]) + vector("high", [high for _, high in box])
    out = template("header").substitute(
        common,
        claim=f", less than 2/10^{case.digits} apart" if case.box is None else ", the box of a certificate",
        data=data + bounds,
        found=f"{found}Definition mu : R := {common['mu']}.\n"
        f"Definition lambda : R := {rational(case.least_gap())}.",
    )
    for j in range(m):
        width = 2 * spread[j] * mp.mpf(10) ** -radius + mp.mpf(10) ** (-radius - 9)
        tolerance = mp.mpf(10) ** -small
        out += template("coordinate").substitute(
            common,
            j=j,
            low=rational(rounded(root.s[j] - width, radius + 12)),
            high=rational(rounded(root.s[j] + width, radius + 12)),
            bounds="\n  ".join(
                f"assert (X{l} := Hx {l}%nat ltac:(lia)); apply Rabs_le_between' in X{l}; "
                f"cbn [x0] in X{l}; unfold r in X{l}."
                for l in range(n)
            ),
            free_x=generalized("(x {}%nat)", "X", n),
            domain=Template(DOMAIN[depth]).substitute(n=n, j=j),
            domain_proof="exact I" if depth == 2 else f"split; interval with (i_prec {bits})",
            slope_low=rational(rounded(root.slope[j] - tolerance, small + 2)),
            slope_high=rational(rounded(root.slope[j] + tolerance, small + 2)),
            centre=rational(rounded(root.value[j], centre_digits + 3)),
        )
    each = range(m)
    return out + template("theorem").substitute(
        common,
        slopes=" ".join(f"pose proof (slope_{j} x Hx) as D{j}." for j in each),
        centres=" ".join(f"pose proof centre_{j} as V{j}; apply Rabs_le_between' in V{j}." for j in each),
        free_slopes=generalized(f"(df {{0}} (inner {n} B x {{0}}))", "D", m),
        free_centres=generalized(f"(f {{0}} (inner {n} B x0 {{0}}))", "V", m),
        domains=" | ".join(f"apply (domain_{j} x Hx)" for j in each),
        values=" | ".join(f"apply (value_{j} x Hx)" for j in each),
        scale_lemmas="" if depth == 2 else template("scales").substitute(common),
    )


def main() -> int:
    """Exit code of the command."""
    parser = argparse.ArgumentParser(description="Write a kernel proof of the limit of one regression flow.")
    parser.add_argument("file", type=Path, help="problem file, or certificate (JSON)")
    parser.add_argument("--digits", type=int, default=50, help="digits after the point (problem files)")
    parser.add_argument("--name", default="InstanceLimit", help="name of the theorem")
    arguments = parser.parse_args()
    try:
        sys.stdout.write(coq_file(read_instance(arguments.file, arguments.digits, arguments.name)))
    except LitproofError as failure:
        print(f"generate_instance.py: {failure}", file=sys.stderr)
        return failure.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main())
