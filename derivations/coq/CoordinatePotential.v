(* The potential of one coordinate, from its start: pivot a layer that starts smallest, z its value,
     modulus(z) = prod_{l <> pivot} sqrt(z^2 + v_l(0)^2 - v_pivot(0)^2)   the product of the other layers,
       up to its sign,
     bias, dbias                                                         the potential of the coefficient,
       its derivative.
   If another layer starts as small as the pivot, modulus vanishes at 0, and the coefficient stays on its side. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Potential.
Open Scope R_scope.

(* --- signs --- *)

Lemma sign_square x : x <> 0 -> sign x * sign x = 1.
Proof.
  intros N. destruct (Rlt_le_dec 0 x).
  - rewrite sign_eq_1; lra.
  - rewrite sign_eq_m1; lra.
Qed.

(* a continuous function without zeros keeps its sign *)
Lemma keeps_sign (f : R -> R) t : (forall u, continuous f u) -> 0 <= t ->
  (forall u, 0 <= u <= t -> f u <> 0) -> 0 < f t * f 0.
Proof.
  intros C Ht N. destruct (Rlt_le_dec 0 (f t * f 0)) as [|Le]; auto. exfalso.
  destruct (IVT_gen f 0 t 0) as [z [Hz E]].
  - intros u. apply continuity_pt_filterlim, C.
  - destruct (Rle_dec (f 0) (f t)).
    + rewrite Rmin_left, Rmax_right by lra. nra.
    + rewrite Rmin_right, Rmax_left by lra. nra.
  - rewrite Rmin_left, Rmax_right in Hz by lra. apply (N z); auto.
Qed.

(* --- the potential of a coordinate, from the initial values of its layers --- *)
(* --- paths that change in proportion to their size --- *)
Lemma exponential_path (h : R -> R) : (forall u, continuous h u) ->
  path (fun x => exp (RInt h 0 x)) (fun u => h u * exp (RInt h 0 u)).
Proof.
  intros C. assert (D : forall u, is_derive (fun x => exp (RInt h 0 x)) u (h u * exp (RInt h 0 u))).
  { intros u. apply (is_derive_comp exp (fun x => RInt h 0 x)); [apply is_derive_exp | apply primitive_derive, C]. }
  split; auto. intros u. eapply continuous_of_derive, D.
Qed.

Lemma proportional_path s (h : R -> R) t : path s (fun u => - h u * s u) -> (forall u, continuous h u) -> 0 <= t ->
  s t * exp (RInt h 0 t) = s 0.
Proof.
  intros P C Ht.
  pose proof (path_constant _ t (path_eq _ _ (fun _ => 0) (path_mult _ _ _ _ P (exponential_path h C))
    ltac:(intros; cbv beta; ring)) Ht) as K. cbv beta in K. rewrite primitive_zero, exp_0, Rmult_1_r in K. exact K.
Qed.

(* a path that shrinks no faster than in proportion to its size stays positive *)
Lemma stays_positive q dq (h : R -> R) t : path q dq -> (forall u, continuous h u) ->
  (forall u, 0 < u -> - h u * q u <= dq u) -> 0 < q 0 -> 0 <= t -> 0 < q t.
Proof.
  intros P C H P0 Ht.
  pose proof (exponential_path h C) as PE.
  pose proof (path_increasing _ _ 0 t (path_mult _ _ _ _ P PE)) as M. cbv beta in M.
  rewrite primitive_zero, exp_0 in M.
  assert (E : q 0 * 1 <= q t * exp (RInt h 0 t)).
  { apply M; [|lra]. intros u Hu. pose proof (H u Hu). pose proof (exp_pos (RInt h 0 u)).
    replace (dq u * exp (RInt h 0 u) + q u * (h u * exp (RInt h 0 u))) with ((dq u + h u * q u) * exp (RInt h 0 u))
      by ring. apply Rmult_le_pos; lra. }
  pose proof (exp_pos (RInt h 0 t)) as Pe. destruct (Rlt_le_dec 0 (q t)) as [|Le]; auto. exfalso. nra.
Qed.

Section Coordinate.
Variables (L pivot : nat) (v0 : nat -> R).
Definition gap (l : nat) : R := v0 l ^ 2 - v0 pivot ^ 2.
Definition other_sign : R := ProdBut L (fun l => sign (v0 l)) pivot.
Definition modulus (z : R) : R := weight L pivot gap z.
Definition bias (x : R) : R := H modulus (v0 pivot) (other_sign * x).
Definition dbias (x : R) : R := other_sign * dH modulus (v0 pivot) (other_sign * x).

Lemma modulus_cont z : continuous modulus z.
Proof. apply weight_cont. Qed.
Lemma modulus_grows x z : x ^ 2 <= z ^ 2 -> modulus x <= modulus z.
Proof. apply weight_grows. Qed.

Lemma modulus_nonneg z : 0 <= modulus z.
Proof.
  apply (Prod_le L _ (fun k => if Nat.eqb k pivot then 1 else sqrt (z ^ 2 + gap k))). intros k _.
  destruct (Nat.eqb k pivot); split; try lra. apply sqrt_pos.
Qed.

(* pivot is a smallest layer; if it is not the only one, it does not start at 0 *)
Section Smallest.
Hypothesis pivot_smallest : forall l, (l < L)%nat -> l <> pivot -> 0 <= gap l.
Hypothesis start_inside : inside modulus (v0 pivot) (v0 pivot).

Lemma modulus_pos_off z : z <> 0 -> 0 < modulus z.
Proof. apply weight_pos_off, pivot_smallest. Qed.

Lemma gap_inside z : inside modulus (v0 pivot) z -> forall l, (l < L)%nat -> l <> pivot -> 0 < z ^ 2 + gap l.
Proof.
  intros I l Hl N. pose proof (pivot_smallest l Hl N) as P. destruct I as [P0|P0].
  - destruct (Rle_lt_or_eq_dec 0 (gap l) P) as [|E]; [pose proof (pow2_ge_0 z); lra | exfalso].
    unfold modulus, weight, ProdBut in P0. rewrite <- (ProdBut_mul L _ l Hl) in P0. cbv beta in P0.
    destruct (Nat.eqb_spec l pivot); [contradiction|].
    rewrite <- E in P0. replace (0 ^ 2 + 0) with 0 in P0 by ring. rewrite sqrt_0, Rmult_0_l in P0. lra.
  - assert (z <> 0) as Nz by (intros ->; lra). pose proof (pow2_gt_0 z Nz). lra.
Qed.

Lemma others_nonzero l : (l < L)%nat -> l <> pivot -> v0 l <> 0.
Proof.
  intros Hl N E. pose proof (gap_inside (v0 pivot) start_inside l Hl N) as P. unfold gap in P. rewrite E in P. lra.
Qed.

Lemma other_sign_squared : other_sign * other_sign = 1.
Proof.
  unfold other_sign. rewrite <- ProdBut_mult. rewrite (ProdBut_ext L _ (fun _ => 1)).
  - unfold ProdBut. rewrite (Prod_ext L _ (fun _ => 1)).
    + rewrite Prod_const. apply pow1.
    + intros k _. destruct (Nat.eqb k pivot); auto.
  - intros k Hk N. apply sign_square, others_nonzero; auto.
Qed.

(* a layer that starts as small as the pivot makes the modulus at most proportional to |z| on the way from the start
   to 0 *)
Lemma modulus_at_tie l u z : (l < L)%nat -> l <> pivot -> gap l = 0 -> Rabs u <= Rabs z ->
  modulus u * Rabs z <= modulus z * Rabs u.
Proof.
  intros Hl N E Le. set (rest := fun u => ProdBut L (fun k => if Nat.eqb k pivot then 1 else sqrt (u ^ 2 + gap k)) l).
  assert (F : forall u, modulus u = Rabs u * rest u).
  { intros x. unfold modulus, weight. unfold ProdBut at 1. rewrite <- (ProdBut_mul L _ l Hl). cbv beta.
    destruct (Nat.eqb_spec l pivot); [contradiction|].
    assert (Q : sqrt (x ^ 2 + gap l) = Rabs x) by (rewrite E, Rplus_0_r, <- Rsqr_pow2; apply sqrt_Rsqr_abs).
    rewrite Q. reflexivity. }
  assert (Q : rest u <= rest z).
  { apply ProdBut_le. intros k _ _. destruct (Nat.eqb k pivot); [lra|]. split; [apply sqrt_pos|]. apply sqrt_le_1_alt.
    rewrite <- (pow2_abs u), <- (pow2_abs z). pose proof (Rabs_pos u). nra. }
  rewrite !F. pose proof (Rabs_pos u). pose proof (Rabs_pos z).
  assert (0 <= Rabs u * Rabs z) by (apply Rmult_le_pos; auto). nra.
Qed.

(* where the coefficient x may be: everywhere, or on the side of the start *)
Definition allowed_by_start (x : R) : Prop := 0 < modulus 0 \/ 0 <= other_sign * x * v0 pivot.

Lemma bias_above_inside z x : inside modulus (v0 pivot) z -> allowed_by_start x ->
  x <> other_sign * T modulus z ->
  let u := other_sign * T modulus z in bias u + dbias u * (x - u) < bias x.
Proof.
  intros I Al N u. unfold bias, dbias, u. pose proof other_sign_squared as S2.
  rewrite <- !Rmult_assoc, S2, Rmult_1_l.
  pose proof (inverse_of_T modulus modulus_pos_off modulus_cont modulus_grows z) as Ez.
  unfold H, dH. rewrite Ez. set (q := Tinv modulus (other_sign * x)).
  assert (Eq : T modulus q = other_sign * x) by (apply T_of_inverse; auto using modulus_pos_off, modulus_cont,
    modulus_grows).
  pose proof (psi_above_inside modulus (v0 pivot) modulus_pos_off modulus_cont modulus_grows q z start_inside I) as P.
  assert (Hq : on_side modulus (v0 pivot) q).
  { destruct Al as [P0|P0]; [left; exact P0 | right]. rewrite <- Eq in P0. unfold T in P0.
    destruct (Req_dec q 0) as [->|Nq]; [lra|]. pose proof (modulus_pos_off q Nq) as Pq. nra. }
  assert (Nz : q <> z).
  { intros E. apply N. rewrite <- E, Eq. rewrite <- Rmult_assoc, S2. ring. }
  specialize (P Hq Nz). rewrite Eq in P.
  replace (other_sign * sigma modulus (v0 pivot) z * (x - other_sign * T modulus z))
    with (sigma modulus (v0 pivot) z * (other_sign * x - other_sign * other_sign * T modulus z)) by ring.
  rewrite S2, Rmult_1_l. exact P.
Qed.
End Smallest.

Hypothesis gap_pos : forall l, (l < L)%nat -> l <> pivot -> 0 < gap l.

Lemma modulus_pos z : 0 < modulus z.
Proof. apply weight_pos, gap_pos. Qed.

Lemma other_sign_square : other_sign * other_sign = 1.
Proof. apply other_sign_squared; [intros l Hl N; left; auto | left; apply modulus_pos]. Qed.

Lemma bias_derive x : is_derive bias x (dbias x).
Proof.
  unfold bias, dbias.
  apply (is_derive_comp (H modulus (v0 pivot)) (fun x => other_sign * x)).
  - apply H_derive; [apply modulus_pos | apply modulus_cont | apply modulus_grows].
  - auto_derive; auto. ring.
Qed.

Lemma bias_above x u : x <> u -> bias u + dbias u * (x - u) < bias x.
Proof.
  intros N. unfold bias, dbias.
  pose proof other_sign_square as S2.
  assert (N' : other_sign * x <> other_sign * u).
  { intros E. apply N. apply (Rmult_eq_compat_l other_sign) in E.
    rewrite <- !Rmult_assoc, S2 in E. lra. }
  pose proof (H_above modulus (v0 pivot) modulus_pos modulus_cont modulus_grows _ _ N') as B.
  replace (other_sign * dH modulus (v0 pivot) (other_sign * u) * (x - u))
    with (dH modulus (v0 pivot) (other_sign * u) * (other_sign * x - other_sign * u)) by ring.
  exact B.
Qed.
End Coordinate.
