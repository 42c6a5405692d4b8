"""Write the Coq file that proves, for given data, the digits of a regression limit (depth 2, 3 or 4).

Usage: python generate_instance.py instances/reference.json > ReferenceLimit.v

Input: JSON with name, depth, X (n x d), y, alpha, etabar as rationals written as text, and digits. Reduced
coordinates with A = X (diagonal network). Numbers found here (a root, an approximate inverse, a lower bound of
sigma_min^2) are untrusted: the kernel checks every inequality they have to satisfy.
"""

import json
import sys
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

import mpmath as mp

Matrix = list[list[Fraction]]


def rational(x: Fraction) -> str:
    """The rational as a Coq real number."""
    if x.denominator == 1:
        return f"({x.numerator})"
    return f"({x.numerator} / {x.denominator})"


def rounded(x: mp.mpf, digits: int) -> Fraction:
    return Fraction(int(mp.nint(x * mp.mpf(10) ** digits)), 10**digits)


def table(name: str, values: Sequence[Fraction]) -> str:
    rows = "".join(f"  | {i}%nat => {rational(v)}\n" for i, v in enumerate(values))
    return f"Definition {name} (i : nat) : R :=\n  match i with\n{rows}  | _ => 0 end.\n"


def table2(name: str, values: Matrix) -> str:
    rows = "".join(
        f"  | {i}%nat => match j with "
        + " ".join(f"| {j}%nat => {rational(v)}" for j, v in enumerate(row))
        + " | _ => 0 end\n"
        for i, row in enumerate(values)
    )
    return f"Definition {name} (i j : nat) : R :=\n  match i with\n{rows}  | _ => 0 end.\n"


def depth_function(depth: int, s: mp.mpf) -> tuple[mp.mpf, mp.mpf]:
    """h_L(s) and its derivative."""
    if depth == 2:
        return mp.sinh(2 * s) / 2, mp.cosh(2 * s)
    if depth == 3:
        q2 = mp.tan(s) ** 2
        return mp.tan(s) * (1 + q2), (1 + q2) * (1 + 3 * q2)
    return s / (1 - s * s) ** 2, (1 + 3 * s * s) / (1 - s * s) ** 3


def in_domain(depth: int, s: mp.mpf) -> bool:
    return depth == 2 or abs(s) < (mp.pi / 2 if depth == 3 else 1)


def dual_root(depth: int, A: Matrix, y: list[Fraction], a: list[Fraction]) -> mp.matrix:
    """Damped Newton for sum_j A_ij a_j^L h(a_j^(L-2) (A^T nu)_j) = y_i."""
    n, m = len(A), len(A[0])
    number = lambda f: mp.mpf(f.numerator) / f.denominator  # noqa: E731
    nu = mp.matrix(n, 1)

    def evaluate(nu: mp.matrix) -> tuple[mp.matrix, mp.matrix] | None:
        F, J = mp.matrix(n, 1), mp.matrix(n, n)
        for i in range(n):
            F[i] = -number(y[i])
        for j in range(m):
            scale = number(a[j]) ** (depth - 2)
            s = scale * mp.fsum(number(A[i][j]) * nu[i] for i in range(n))
            if not in_domain(depth, s):
                return None
            h, dh = depth_function(depth, s)
            for i in range(n):
                F[i] += number(A[i][j]) * number(a[j]) ** depth * h
                for l in range(n):
                    J[i, l] += number(A[i][j]) * number(a[j]) ** depth * dh * scale * number(A[l][j])
        return F, J

    state = evaluate(nu)
    for _ in range(400):
        assert state is not None
        F, J = state
        if mp.norm(F) < mp.mpf(10) ** (-mp.mp.dps + 8):
            break
        step, t = mp.lu_solve(J, F), mp.mpf(1)
        while True:
            trial = evaluate(nu - t * step)
            if trial is not None and (mp.norm(trial[0]) < mp.norm(F) or t < mp.mpf(10) ** -12):
                break
            t /= 2
        nu, state = nu - t * step, trial
    else:
        raise SystemExit("the dual equation was not solved: are the data of full row rank?")
    return nu


def rank_bound(A: Matrix) -> tuple[Fraction, list[Fraction], Matrix]:
    """mu > 0 and a Cholesky certificate A A^T - mu I = sum_k D_k (row_k r)^2, exact."""
    n = len(A)
    gram = [
        [sum((a * b for a, b in zip(A[i], A[l], strict=True)), Fraction(0)) for l in range(n)]
        for i in range(n)
    ]
    smallest = min(
        mp.eigsy(mp.matrix([[mp.mpf(x.numerator) / x.denominator for x in row] for row in gram]))[0]
    )
    if smallest <= 0:
        raise SystemExit("X has no full row rank")
    mu = rounded(smallest * mp.mpf("0.9"), 3 - int(mp.floor(mp.log10(smallest))))
    M = [[gram[i][l] - (mu if i == l else 0) for l in range(n)] for i in range(n)]
    D, rows = [], []
    for k in range(n):
        assert M[k][k] > 0
        D.append(M[k][k])
        rows.append([M[k][l] / M[k][k] if l >= k else Fraction(0) for l in range(n)])
        M = [[M[i][l] - M[i][k] * M[k][l] / M[k][k] for l in range(n)] for i in range(n)]
    return mu, D, rows


def coq_file(data: dict) -> str:
    depth, digits, name = int(data["depth"]), int(data["digits"]), data["name"]
    if depth not in (2, 3, 4):
        raise SystemExit("depth must be 2, 3 or 4: h_L is elementary there")
    A = [[Fraction(x) for x in row] for row in data["X"]]
    y, etabar = [Fraction(x) for x in data["y"]], [Fraction(x) for x in data["etabar"]]
    alpha = Fraction(data["alpha"])
    a = [alpha * abs(e) for e in etabar]
    n, m = len(A), len(A[0])
    mp.mp.dps = digits + 40
    nu = dual_root(depth, A, y, a)
    number = lambda f: mp.mpf(f.numerator) / f.denominator  # noqa: E731
    B = [[a[j] ** (depth - 2) * A[l][j] for l in range(n)] for j in range(m)]
    s = [mp.fsum(number(B[j][l]) * nu[l] for l in range(n)) for j in range(m)]
    J = mp.matrix(n, n)
    for i in range(n):
        for l in range(n):
            J[i, l] = mp.fsum(
                number(A[i][j]) * number(a[j]) ** depth * depth_function(depth, s[j])[1] * number(B[j][l])
                for j in range(m)
            )
    C = J**-1
    rho = [number(a[j]) ** depth * depth_function(depth, s[j])[0] for j in range(m)]
    # the box must be small enough that its image has the digits asked for
    growth = max(
        number(a[j]) ** depth * depth_function(depth, s[j])[1] * mp.fsum(abs(number(b)) for b in B[j])
        for j in range(m)
    )
    guard = max(0, int(mp.ceil(mp.log10(4 * growth)))) + 2
    D = digits + guard
    bits = int(3.33 * (D + 12)) + 60
    low_bits = 90
    mu, diag, rows = rank_bound(A)
    extra = max(0, int(mp.ceil(mp.log10(max(abs(x) for x in C) + 1)))) + 12
    slack = mp.mpf(10) ** (-digits)
    out = [
        f"(* Generated by generate_instance.py from exact data: depth {depth}, {n} data points, {m} coordinates.\n"
        f"   Every solution of the flow converges, to the numbers below, each right to {digits} digits after the point. *)\n"
        "Require Import Reals Lra Lia Arith.\nFrom Coquelicot Require Import Coquelicot.\n"
        "From Interval Require Import Tactic.\n"
        "From Litproof Require Import Sums Flow Kkt DepthPotential Diagonal CertifiedLimit Krawczyk.\nOpen Scope R_scope.\n\n"
        "Ltac cases i k := match k with O => lia | S ?k' => destruct i as [|i]; [|cases i k'] end.\n\n"
    ]
    out.append(
        table2("A", A)
        + table("y", y)
        + f"Definition alpha : R := {rational(alpha)}.\n"
        + table("etabar", etabar)
    )
    out.append("(* found outside, checked here *)\n" + table("a", a) + table2("B", B))
    out.append(table("x0", [rounded(v, D + 10) for v in nu]))
    out.append(table2("C", [[rounded(C[i, l], extra) for l in range(n)] for i in range(n)]))
    out.append(table2("Cinv", [[rounded(J[i, l], extra) for l in range(n)] for i in range(n)]))
    out.append(f"Definition r : R := 1 / 10 ^ {D}.\nDefinition k : R := 1 / 10.\n")
    out.append(f"Definition mu : R := {rational(mu)}.\n")
    out.append(f"Definition f (j : nat) (s : R) : R := a j ^ {depth} * h{depth} s.\n")
    out.append(f"Definition df (j : nat) (s : R) : R := a j ^ {depth} * dh{depth} s.\n")
    out.append(table("answer", [rounded(v, digits + 5) for v in rho]) + "\n")
    # ranges
    domain = {2: "True", 3: "- PI / 2 < inner {n} B x {j} < PI / 2", 4: "-1 < inner {n} B x {j} < 1"}[depth]
    box = "; ".join(
        f"assert (X{l} := Hx {l}%nat ltac:(lia)); apply Rabs_le_between' in X{l}; cbn [x0] in X{l}; unfold r in X{l}"
        for l in range(n)
    )
    generalize = "; ".join(f"generalize dependent (x {l}%nat); intros x{l}' X{l}" for l in range(n))
    wide = []
    for j in range(m):
        radius = mp.mpf(2) * mp.fsum(abs(number(b)) for b in B[j]) * mp.mpf(10) ** (-D) + mp.mpf(10) ** (
            -D - 9
        )
        lo, hi = rounded(s[j] - radius, D + 12), rounded(s[j] + radius, D + 12)
        h, dh = depth_function(depth, s[j])
        dlo, dhi = (
            rounded(number(a[j]) ** depth * dh + e * mp.mpf(10) ** -extra, extra + 2) for e in (-1, 1)
        )
        wide.append((dlo, dhi))
        p = rational(rounded(number(a[j]) ** depth * h, D + 10))
        out.append(
            f"Lemma range_{j} x : box {n} x0 r x -> {rational(lo)} <= inner {n} B x {j} <= {rational(hi)}.\n"
            f"Proof.\n  intros Hx. unfold inner. cbn [Sum B]. {box}; {generalize};\n"
            f"  split; interval with (i_prec {bits}).\nQed.\n"
            f"Lemma domain_{j} x : box {n} x0 r x -> {domain.format(n=n, j=j)}.\n"
            f"Proof.\n  intros Hx. pose proof (range_{j} x Hx) as Hr. revert Hr. generalize (inner {n} B x {j}).\n"
            f"  intros s Hs. "
            + ("exact I" if depth == 2 else "split; interval with (i_prec 60)")
            + ".\nQed.\n"
            f"Lemma slope_{j} x : box {n} x0 r x -> {rational(dlo)} <= df {j} (inner {n} B x {j}) <= {rational(dhi)}.\n"
            f"Proof.\n  intros Hx. pose proof (range_{j} x Hx) as Hr. revert Hr. unfold df, dh{depth}. cbn [a].\n"
            f"  generalize (inner {n} B x {j}). intros s Hs. split; interval with (i_prec {bits}).\nQed.\n"
            f"Lemma value_{j} x : box {n} x0 r x -> Rabs (f {j} (inner {n} B x {j}) - answer {j}) <= 1 / 10 ^ {digits}.\n"
            f"Proof.\n  intros Hx. pose proof (range_{j} x Hx) as Hr. revert Hr. unfold f, h{depth}. cbn [a answer].\n"
            f"  generalize (inner {n} B x {j}). intros s Hs. interval with (i_prec {bits}).\nQed.\n"
            f"Lemma centre_{j} : Rabs (f {j} (inner {n} B x0 {j}) - {p}) <= 1 / 10 ^ {D + 7}.\n"
            f"Proof. unfold f, h{depth}, inner. cbn [Sum B x0 a]. interval with (i_prec {bits + 40}). Qed.\n\n"
        )
    slopes = " ".join(f"pose proof (slope_{j} x Hx) as D{j}." for j in range(m))
    free = "; ".join(f"generalize dependent (df {j} (inner {n} B x {j})); intros d{j} D{j}" for j in range(m))
    out.append(
        f"Lemma preconditioned x i : box {n} x0 r x -> (i < {n})%nat ->\n"
        f"  Sum {n} (fun j => Rabs (delta i j - Sum {n} (fun l => C i l * ridge_jacobian {n} {m} A B df x l j))) <= k.\n"
        f"Proof.\n  intros Hx Hi. {slopes}\n  unfold ridge_jacobian, k. cases i {n}%nat; cbn [Sum A B C delta Nat.eqb];\n"
        f"  {free};\n  clear Hx; interval with (i_prec {low_bits + 4 * extra}).\nQed.\n\n"
    )
    centres = " ".join(f"pose proof centre_{j} as V{j}; apply Rabs_le_between' in V{j}." for j in range(m))
    free0 = "; ".join(
        f"generalize dependent (f {j} (inner {n} B x0 {j})); intros v{j} V{j}" for j in range(m)
    )
    out.append(
        f"Lemma residual_small i : (i < {n})%nat ->\n"
        f"  Rabs (Sum {n} (fun l => C i l * ridge {n} {m} A B y f x0 l)) <= (1 - k) * r.\n"
        f"Proof.\n  intros Hi. {centres}\n  unfold ridge, k, r. cases i {n}%nat; cbn [Sum A C y];\n"
        f"  {free0};\n  interval with (i_prec {bits + 40}).\nQed.\n\n"
        f"Lemma inverse_close i : (i < {n})%nat ->\n"
        f"  Sum {n} (fun j => Rabs (delta i j - Sum {n} (fun l => Cinv i l * C l j))) <= / 2.\n"
        f"Proof. intros Hi. cases i {n}%nat; cbn [Sum Cinv C delta Nat.eqb]; interval with (i_prec {low_bits + 4 * extra}). Qed.\n\n"
    )
    squares = " + ".join(
        f"{rational(diag[q])} * ("
        + " + ".join(f"{rational(rows[q][l])} * u{l}" for l in range(q, n))
        + ") ^ 2"
        for q in range(n)
    )
    uvars = " ".join(f"u{l}" for l in range(n))
    left = " + ".join(f"u{l} ^ 2" for l in range(n))
    right = " + ".join(
        "(" + " + ".join(f"{rational(A[i][j])} * u{i}" for i in range(n)) + ") ^ 2" for j in range(m)
    )
    out.append(
        f"Lemma full_rank : row_rank_bound {m} {n} A mu.\n"
        f"Proof.\n  intros u. unfold mu. cbn [Sum A].\n"
        f"  enough (E : forall {uvars} : R, {right} = {rational(mu)} * ({left}) + ({squares})).\n"
        "  - "
        + " ".join(
            f"pose proof (pow2_ge_0 ({' + '.join(f'{rational(rows[q][l])} * u {l}%nat' for l in range(q, n))})) as P{q}."
            for q in range(n)
        )
        + f"\n    pose proof (E {' '.join(f'(u {l}%nat)' for l in range(n))}) as E'. lra.\n"
        "  - intros. field.\nQed.\n\n"
    )
    out.append(
        f"Lemma scale_value j : (j < {m})%nat -> alpha * Rabs (etabar j) = a j.\n"
        f"Proof.\n  intros Hj. cases j {m}%nat; cbn [etabar a]; unfold alpha;\n"
        "  (rewrite Rabs_pos_eq by lra; lra) || (rewrite Rabs_left by lra; lra).\nQed.\n"
        f"Lemma a_nonzero j : (j < {m})%nat -> a j <> 0.\n"
        f"Proof. intros Hj. cases j {m}%nat; cbn [a]; lra. Qed.\n"
        f"Lemma etabar_nonzero j : (j < {m})%nat -> etabar j <> 0.\n"
        f"Proof. intros Hj. cases j {m}%nat; cbn [etabar]; lra. Qed.\n\n"
        f"Lemma inner_value x j : (j < {m})%nat ->\n"
        f"  inner {n} B x j = a j ^ ({depth} - 2) * Sum {n} (fun i => A i j * x i).\n"
        f"Proof. intros Hj. simpl Nat.sub. unfold inner. cases j {m}%nat; cbn [Sum A B a]; field. Qed.\n"
    )
    per_coordinate = " | ".join(f"apply (domain_{j} x Hx)" for j in range(m))
    if depth > 2:
        out.append(
            f"Lemma in_domain x j : box {n} x0 r x -> (j < {m})%nat -> {domain.format(n=n, j='j')}.\n"
            f"Proof. intros Hx Hj. cases j {m}%nat; [{per_coordinate}]. Qed.\n"
        )
    inside = "" if depth == 2 else " by (apply in_domain; auto)"
    out.append(
        f"\nTheorem {name} (v : nat -> nat -> R -> R) :\n"
        f"  diagonal_gradient_flow {depth} {m} {n} A y v ->\n"
        f"  (forall l j, (l < {depth} - 1)%nat -> (j < {m})%nat -> v l j 0 = alpha * etabar j) ->\n"
        f"  (forall j, (j < {m})%nat -> v ({depth} - 1)%nat j 0 = 0) ->\n"
        f"  forall j, (j < {m})%nat -> exists beta : R,\n"
        f"    is_lim (fun t => Prod {depth} (fun l => v l j t)) p_infty beta /\\\n"
        f"    Rabs (beta - answer j) <= 1 / 10 ^ {digits}.\n"
        "Proof.\n  intros Flow First Last.\n"
        f"  destruct (ridge_zero {n} {m} A B y f df C Cinv x0 r k) as [x [Hx [Zero _]]].\n"
        "  - unfold r. apply Rdiv_lt_0_compat; [lra | apply pow_lt; lra].\n"
        "  - unfold k; lra.\n"
        f"  - intros x j Hx Hj. unfold f, df. apply (is_derive_scal h{depth}). "
        + ("apply h2_derive.\n" if depth == 2 else f"apply h{depth}_derive, in_domain; auto.\n")
        + "  - exact preconditioned.\n  - exact residual_small.\n  - exact inverse_close.\n"
        f"  - intros j Hj. exists (f j (inner {n} B x j)). split.\n"
        f"    + apply (limit_of_kkt_point {depth} {m} {n} A y (fun j l => v l j) alpha etabar mu\n"
        f"        (fun j => f j (inner {n} B x j)) x); auto.\n"
        "      * apply diagonal_solution; exact Flow.\n"
        "      * unfold alpha; lra.\n"
        "      * exact etabar_nonzero.\n"
        "      * unfold mu; lra.\n"
        "      * exact full_rank.\n"
        f"      * intros i Hi. rewrite scale_value, <- inner_value by auto. unfold f.\n"
        f"        replace (a i ^ {depth} * h{depth} (inner {n} B x i) / a i ^ {depth}) with (h{depth} (inner {n} B x i))\n"
        f"          by (field; apply a_nonzero; auto).\n"
        f"        rewrite h{depth}_inverse{inside}. reflexivity.\n"
        f"    + cases j {m}%nat; [" + " | ".join(f"apply (value_{j} x Hx)" for j in range(m)) + "].\nQed.\n"
    )
    return "".join(out)


if __name__ == "__main__":
    sys.stdout.write(coq_file(json.loads(Path(sys.argv[1]).read_text())))
