(* K2, the chain of layers. For a network of matrices V_0, .., V_{L-1} with one output, z_l = V_l ... V_{L-1} (a vector,
   [chain_vector]) and g_l = u^T V_0 ... V_{l-1} ([row]): <g_l, z_l> does not depend on l; |z_0|^2 is at most the
   product of the layers' squared norms ([size_product]); and by the conserved differences V_l^T V_l - V_{l+1} V_{l+1}^T
   each |z_l|^2 is at least (|V_{L-1}|^2 - const) |z_{l+1}|^2 ([ladder]). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Kkt Network Tensor Margin Conserved Sensing.
Open Scope R_scope.

(* --- matrices as functions --- *)
Definition sq2 (p q : nat) (F : nat -> nat -> R) : R := Sum p (fun a => Sum q (fun b => F a b ^ 2)).

Lemma sq2_nonneg p q F : 0 <= sq2 p q F.
Proof. apply Sum_nonneg. intros; apply Sum_nonneg; intros; apply pow2_ge_0. Qed.

Lemma cauchy2 p q F G : Sum p (fun a => Sum q (fun b => F a b * G a b)) ^ 2 <= sq2 p q F * sq2 p q G.
Proof.
  apply discriminant; [|apply sq2_nonneg]. intros x.
  replace (sq2 p q F * x ^ 2 + 2 * Sum p (fun a => Sum q (fun b => F a b * G a b)) * x + sq2 p q G)
    with (Sum p (fun a => Sum q (fun b => (x * F a b + G a b) ^ 2))).
  - apply Sum_nonneg. intros; apply Sum_nonneg; intros; apply pow2_ge_0.
  - unfold sq2. rewrite (Sum_ext p _ (fun a => x ^ 2 * Sum q (fun b => F a b ^ 2) + 2 * x * Sum q (fun b =>
      F a b * G a b)
      + Sum q (fun b => G a b ^ 2))).
    + rewrite !Sum_plus, !Sum_scal_l. ring.
    + intros a _. rewrite <- !Sum_scal_l, <- !Sum_plus. apply Sum_ext. intros; ring.
Qed.

Lemma sq2_outer p q f g : sq2 p q (fun a b => f a * g b) = sq p f * sq q g.
Proof.
  unfold sq2, sq. rewrite <- Sum_scal_r. apply Sum_ext. intros a _. rewrite <- Sum_scal_l. apply Sum_ext. intros; ring.
Qed.

(* |M z|^2 <= |M|^2 |z|^2 *)
Lemma sq_apply p q M z : sq p (fun a => Sum q (fun b => M a b * z b)) <= sq2 p q M * sq q z.
Proof.
  unfold sq at 1, sq2. rewrite <- Sum_scal_r. apply Sum_le. intros a _. apply cauchy.
Qed.

(* a quadratic form is at most the sum of its absolute entries times the square *)
Lemma form_bound k (C : nat -> nat -> R) z :
  - (Sum k (fun a => Sum k (fun b => Rabs (C a b))) * sq k z) <= Sum k (fun a => Sum k (fun b => z a * (C a b * z b))).
Proof.
  rewrite <- Sum_scal_r, <- Sum_opp. apply Sum_le. intros a Ha. rewrite <- Sum_scal_r, <- Sum_opp. apply Sum_le.
  intros b Hb.
  pose proof (Sum_term k (fun c => z c ^ 2) a Ha ltac:(intros; apply pow2_ge_0)) as Ta.
  pose proof (Sum_term k (fun c => z c ^ 2) b Hb ltac:(intros; apply pow2_ge_0)) as Tb. cbv beta in Ta, Tb.
  fold (sq k z) in Ta, Tb.
  assert (Q : Rabs (z a * z b) <= sq k z).
  { apply Rabs_le. pose proof (pow2_ge_0 (z a + z b)). pose proof (pow2_ge_0 (z a - z b)). nra. }
  replace (z a * (C a b * z b)) with (C a b * (z a * z b)) by ring.
  pose proof (Rle_abs (- (C a b * (z a * z b)))) as R1. rewrite Rabs_Ropp, Rabs_mult in R1.
  pose proof (Rabs_pos (C a b)). nra.
Qed.

(* the shortest feasible vector supports the feasible set *)
Lemma shortest_supports m n X z x : margin_feasible m n X z ->
  (forall x, margin_feasible m n X x -> sq m z <= sq m x) -> margin_feasible m n X x ->
  sq m z <= Sum m (fun p => x p * z p).
Proof.
  intros Fz Short Fx. set (b := Sum m (fun p => x p * z p)). set (q := sq m (fun p => x p - z p)).
  assert (Pq : 0 <= q) by apply sq_nonneg.
  assert (Seg : forall s, 0 <= s <= 1 -> 0 <= 2 * s * (b - sq m z) + s ^ 2 * q).
  { intros s Hs. pose proof (Short (fun p => z p + s * (x p - z p))) as H.
    assert (E : sq m (fun p => z p + s * (x p - z p)) = sq m z + (2 * s * (b - sq m z) + s ^ 2 * q)).
    { unfold q, b, sq. rewrite (Sum_ext m _ (fun p => z p ^ 2 + (2 * s * (x p * z p) + (- (2 * s)) * z p ^ 2
        + s ^ 2 * (x p - z p) ^ 2))) by (intros; ring). rewrite !Sum_plus, !Sum_scal_l. ring. }
    rewrite E in H. enough (margin_feasible m n X (fun p => z p + s * (x p - z p))) by (specialize (H H0); lra).
    intros i Hi. pose proof (Fz i Hi) as F1. pose proof (Fx i Hi) as F2.
    rewrite (Sum_ext m _ (fun p => (1 - s) * (X i p * z p) + s * (X i p * x p))) by (intros; ring).
    rewrite Sum_plus, !Sum_scal_l. nra. }
  apply Rnot_lt_le. intros Lt. set (g := sq m z - b). assert (Pg : 0 < g) by (unfold g; lra).
  set (s := Rmin 1 (g / (q + 1))).
  assert (Pr : 0 < g / (q + 1)) by (apply Rdiv_lt_0_compat; lra).
  assert (Ps : 0 < s <= 1) by (split; [apply Rmin_glb_lt; lra | apply Rmin_l]).
  assert (Sq : s * q <= g).
  { apply Rle_trans with (g / (q + 1) * (q + 1)); [|right; field; lra].
    apply Rmult_le_compat; try lra. apply Rmin_r. }
  pose proof (Seg s ltac:(lra)) as H. replace (b - sq m z) with (- g) in H by (unfold g; ring).
  assert (s * (s * q) <= s * g) by (apply Rmult_le_compat_l; lra). assert (0 < s * g) by (apply Rmult_lt_0_compat; lra).
  simpl in H. lra.
Qed.

(* --- the network --- *)
Section Chain.
Variables (L : nat) (d : nat -> nat) (V : nat -> R -> matrix).
Hypothesis one_output : d L = 1%nat.

(* z_l = W_l ... W_{L-1}, a vector of length d_l; g_l = u^T W_0 ... W_{l-1} *)
Definition chain_vector (l : nat) (t : R) (b : nat) : R := after d V (L - l) l t b 0%nat.
Definition row (u : nat -> R) (l : nat) (t : R) (a : nat) : R := Sum (d 0%nat) (fun p => u p * before d V l t p a).

Lemma zv_last t b : (b < 1)%nat -> chain_vector L t b = 1.
Proof. intros Hb. unfold chain_vector. rewrite Nat.sub_diag. simpl. destruct b; [apply delta_same | lia]. Qed.

Lemma zv_step l t b : (l < L)%nat -> chain_vector l t b = Sum (d (S l)) (fun q => V l t b q * chain_vector (S l) t q).
Proof. intros Hl. unfold chain_vector. replace (L - l)%nat with (S (L - S l)) by lia. reflexivity. Qed.

Lemma row_start u t a : (a < d 0)%nat -> row u 0 t a = u a.
Proof.
  intros Ha. unfold row. simpl. unfold identity. rewrite (Sum_ext _ _ (fun p => delta a p * u p)).
  - apply (Sum_delta (d 0%nat) a u); auto.
  - intros p _. unfold delta. rewrite Nat.eqb_sym. ring.
Qed.

Lemma row_step u l t b : row u (S l) t b = Sum (d l) (fun a => row u l t a * V l t a b).
Proof.
  unfold row. simpl. unfold mul.
  rewrite (Sum_ext (d 0%nat) _ (fun p => Sum (d l) (fun a => u p * before d V l t p a * V l t a b)))
    by (intros; rewrite <- Sum_scal_l; apply Sum_ext; intros; ring).
  rewrite Sum_swap. apply Sum_ext. intros a _. rewrite Sum_scal_r. reflexivity.
Qed.

(* <g_l, z_l> does not depend on l *)
Lemma row_zv u l t : (l <= L)%nat -> Sum (d l) (fun a => row u l t a * chain_vector l t a) = Sum (d 0%nat)
  (fun p => u p * chain_vector 0 t p).
Proof.
  induction l as [|l IH]; intros Hl.
  - apply Sum_ext. intros a Ha. rewrite row_start; auto.
  - rewrite <- IH by lia.
    rewrite (Sum_ext (d (S l)) _ (fun b => Sum (d l) (fun a => row u l t a * V l t a b * chain_vector (S l) t b)))
      by (intros b _; rewrite row_step, Sum_scal_r; reflexivity).
    rewrite Sum_swap. apply Sum_ext. intros a _. rewrite zv_step, <- Sum_scal_l by lia. apply Sum_ext. intros; ring.
Qed.

(* <W_l, g_l z_{l+1}^T> = <u, z_0> *)
Lemma euler u l t : (l < L)%nat ->
  Sum (d l) (fun a => Sum (d (S l)) (fun b => V l t a b * (row u l t a * chain_vector (S l) t b))) = Sum (d 0%nat)
    (fun p => u p * chain_vector 0 t p).
Proof.
  intros Hl. rewrite <- (row_zv u l t) by lia. apply Sum_ext. intros a _. rewrite zv_step, <- Sum_scal_l by auto.
  apply Sum_ext. intros; ring.
Qed.

Definition frob (l : nat) (t : R) : R := sq2 (d l) (d (S l)) (V l t).
Definition size (l : nat) (t : R) : R := sq (d l) (chain_vector l t).

Lemma size_last t : size L t = 1.
Proof. unfold size, sq. rewrite one_output. simpl. rewrite zv_last by lia. ring. Qed.

Lemma size_above l t : (l < L)%nat -> size l t <= frob l t * size (S l) t.
Proof.
  intros Hl. unfold size, frob. unfold sq at 1.
  rewrite (Sum_ext (d l) _ (fun a => Sum (d (S l)) (fun q => V l t a q * chain_vector (S l) t q) ^ 2)).
  - apply sq_apply.
  - intros a _. rewrite zv_step; auto.
Qed.

(* |beta|^2 <= product of the squared norms *)
Lemma size_product s l t : (l + s = L)%nat -> size l t <= Prod s (fun i => frob (l + s - 1 - i) t).
Proof.
  revert l. induction s as [|s IH]; intros l Hs.
  - replace l with L by lia. rewrite size_last. simpl. lra.
  - simpl Prod. replace (l + S s - 1 - s)%nat with l by lia.
    apply Rle_trans with (frob l t * size (S l) t); [apply size_above; lia|]. rewrite Rmult_comm.
    apply Rmult_le_compat_r; [apply sq2_nonneg|].
    rewrite (Prod_ext s _ (fun i => frob (S l + s - 1 - i) t)); [apply IH; lia|]. intros i Hi. f_equal. lia.
Qed.

(* --- the ladder: |z_l|^2 >= (|w_L|^2 - K) |z_{l+1}|^2 with K from the conserved differences --- *)
Definition drift_bound (C : nat -> matrix) (l : nat) : R :=
  Sum (d (S l)) (fun a => Sum (d (S l)) (fun b => Rabs (C l a b))).

Lemma ladder (C : nat -> matrix) t :
  (forall l i j, (S l < L)%nat -> (i < d (S l))%nat -> (j < d (S l))%nat -> gram_difference d V l t i j = C l i j) ->
  forall s l, (S l + s = L)%nat ->
    (frob (L - 1) t - Sum s (fun i => drift_bound C (l + s - 1 - i))) * size (S l) t <= size l t.
Proof.
  intros Bal. induction s as [|s IH]; intros l Hs.
  - replace (L - 1)%nat with l by lia. simpl Sum. rewrite Rminus_0_r.
    replace (S l) with L by lia. rewrite size_last, Rmult_1_r. right. unfold frob, size, sq, sq2.
    apply Sum_ext. intros a _. rewrite zv_step by lia. replace (S l) with L by lia. rewrite one_output. simpl.
    rewrite zv_last by lia. ring.
  - assert (Hl : (S l < L)%nat) by lia.
    set (K := Sum s (fun i => drift_bound C (S l + s - 1 - i))).
    assert (EK : Sum (S s) (fun i => drift_bound C (l + S s - 1 - i)) = K + drift_bound C l).
    { simpl Sum. replace (l + S s - 1 - s)%nat with l by lia. f_equal. unfold K. apply Sum_ext. intros i Hi. f_equal.
      lia. }
    rewrite EK. specialize (IH (S l) ltac:(lia)). fold K in IH.
    set (a := frob (L - 1) t) in *. set (z1 := size (S l) t) in *. set (z2 := size (S (S l)) t) in *.
    (* V = |W_{l+1}^T z_{l+1}|^2 *)
    set (back := fun q => Sum (d (S l)) (fun i => chain_vector (S l) t i * V (S l) t i q)).
    set (v2 := sq (d (S (S l))) back).
    assert (P1 : 0 <= z1) by apply sq_nonneg. assert (P2 : 0 <= z2) by apply sq_nonneg.
    assert (P3 : 0 <= v2) by apply sq_nonneg.
    assert (CS : z1 ^ 2 <= v2 * z2).
    { replace z1 with (Sum (d (S (S l))) (fun q => back q * chain_vector (S (S l)) t q)); [apply cauchy|].
      unfold back. rewrite (Sum_ext (d (S (S l))) _ (fun q =>
        Sum (d (S l)) (fun i => chain_vector (S l) t i * V (S l) t i q * chain_vector (S (S l)) t q)))
        by (intros; rewrite Sum_scal_r; reflexivity).
      rewrite Sum_swap. unfold z1, size, sq. apply Sum_ext. intros i _.
      replace (chain_vector (S l) t i ^ 2)
        with (chain_vector (S l) t i * Sum (d (S (S l))) (fun q => V (S l) t i q * chain_vector (S (S l)) t q))
        by (rewrite <- zv_step by auto; ring).
      rewrite <- Sum_scal_l. apply Sum_ext. intros; ring. }
    assert (Low : (a - K) * z1 <= v2).
    { destruct (Rle_lt_or_eq_dec 0 z2 P2) as [Pz|Z].
      - apply (Rmult_le_reg_r z2); auto. apply Rle_trans with (z1 ^ 2); [|exact CS].
        replace ((a - K) * z1 * z2) with (z1 * ((a - K) * z2)) by ring. simpl. rewrite Rmult_1_r.
        apply Rmult_le_compat_l; auto.
      - rewrite <- Z, Rmult_0_r in CS. assert (z1 = 0)
          by (destruct (Req_dec z1 0) as [|N]; auto; pose proof (pow_lt z1 2 ltac:(lra)); lra).
        rewrite H, Rmult_0_r. exact P3. }
    assert (Dec : size l t = v2 + Sum (d (S l)) (fun i =>
      Sum (d (S l)) (fun j => chain_vector (S l) t i * (C l i j * chain_vector (S l) t j)))).
    { unfold size, sq.
      rewrite (Sum_ext (d l) _ (fun k => Sum (d (S l)) (fun i =>
        Sum (d (S l)) (fun j => chain_vector (S l) t i * (V l t k i * V l t k j * chain_vector (S l) t j))))).
      2:{ intros k _. rewrite zv_step by lia. simpl. rewrite Rmult_1_r, <- Sum_scal_r. apply Sum_ext. intros i _.
          rewrite <- Sum_scal_l. apply Sum_ext. intros; ring. }
      rewrite Sum_rotate3.
      rewrite (Sum_ext (d (S l)) _ (fun j => Sum (d (S l)) (fun i =>
        chain_vector (S l) t i * (mul (d l) (transpose (V l t)) (V l t) i j * chain_vector (S l) t j)))).
      2:{ intros j _. apply Sum_ext. intros i _. rewrite Sum_scal_l. f_equal. unfold mul, transpose. rewrite Sum_scal_r.
      reflexivity. }
      rewrite Sum_swap.
      assert (Ev2 : v2 = Sum (d (S l)) (fun i => Sum (d (S l)) (fun j =>
        chain_vector (S l) t i * (mul (d (S (S l))) (V (S l) t) (transpose (V (S l) t)) i j
        * chain_vector (S l) t j)))).
      { unfold v2, sq, back.
        rewrite (Sum_ext (d (S (S l))) _ (fun q => Sum (d (S l)) (fun i =>
          Sum (d (S l)) (fun j => chain_vector (S l) t i * (V (S l) t i q * V (S l) t j q * chain_vector (S l) t j))))).
        2:{ intros q _. simpl. rewrite Rmult_1_r, <- Sum_scal_r. apply Sum_ext. intros i _. rewrite <- Sum_scal_l.
        apply Sum_ext. intros; ring. }
        rewrite Sum_rotate3, Sum_swap. apply Sum_ext. intros i _. apply Sum_ext. intros j _. rewrite Sum_scal_l.
        f_equal.
        unfold mul, transpose. rewrite Sum_scal_r. reflexivity. }
      rewrite Ev2, <- Sum_plus. apply Sum_ext. intros i Hi. rewrite <- Sum_plus. apply Sum_ext. intros j Hj.
      rewrite <- (Bal l i j Hl Hi Hj). unfold gram_difference. ring. }
    pose proof (form_bound (d (S l)) (C l) (chain_vector (S l) t)) as Fb. fold (drift_bound C l) in Fb.
    fold (size (S l) t) in Fb. fold z1 in Fb.
    rewrite Dec. replace ((a - (K + drift_bound C l)) * z1) with ((a - K) * z1 - drift_bound C l * z1) by ring. lra.
Qed.
End Chain.

Lemma mul_one P Q i j : mul 1 P Q i j = P i 0%nat * Q 0%nat j.
Proof. unfold mul. simpl. ring. Qed.

(* the coefficients beta = W_0 ... W_{L-1} of a network *)
Definition coefficients (L : nat) (d : nat -> nat) (W : nat -> R -> matrix) (t : R) (p : nat) : R :=
  product d L (matrix_at W t) p 0%nat.

Lemma coefficients_after L d W t p : d L = 1%nat -> (p < d 0)%nat -> coefficients L d W t p = after d W L 0 t p 0%nat.
Proof.
  intros one_output Hp. unfold coefficients, product.
  assert (Bf : forall q, before d (fun l _ => matrix_at W t l) q 0 = before d W q t).
  { induction q as [|q IH]; simpl; [reflexivity|]. rewrite IH. reflexivity. }
  rewrite Bf. pose proof (before_after d W L 0 t p 0%nat) as BA. simpl Nat.add in BA.
  rewrite BA by (rewrite one_output; lia).
  simpl before. unfold mul, identity. apply (Sum_delta (d 0%nat) p (fun k => after d W L 0 t k 0%nat)); auto.
Qed.
