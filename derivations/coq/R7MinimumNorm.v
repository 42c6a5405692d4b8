(* R7 for regression without assumed flow or rank constant: X of full row rank (its rows are independent), any y, any
   alpha > 0, any orthogonal Q_l: there is exactly one flow from the start (SensingExistence.v), its coefficients stay
   in the row space of X and tend to the minimum-norm interpolator, and the loss is at most |y|^2 / 2 exp(- c t). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Network Tensor Margin Conserved Sensing Circular Quasinorm K2Chain
  LinearAlgebra R7RowSpace R7OrthogonalStart Uniqueness Picard Existence NetworkExistence SensingExistence.
Open Scope R_scope.

(* X^T r = 0 only for r = 0 *)
Definition full_row_rank (m n : nat) (X : nat -> nat -> R) : Prop :=
  forall r : nat -> R, (forall p, (p < m)%nat -> Sum n (fun i => X i p * r i) = 0) -> forall i, (i < n)%nat -> r i = 0.

Lemma full_row_rank_bound m n X : full_row_rank m n X -> exists mu, 0 < mu /\ row_rank_bound m n X mu.
Proof.
  intros H.
  set (pull := fun (r : nat -> R) p => Sum n (fun i => X i p * r i)).
  set (see := fun (z : nat -> R) i => Sum m (fun p => X i p * z p)).
  set (gram := (fun i j => Sum m (fun p => X i p * X j p)) : matrix).
  assert (Gs : forall r i, apply_matrix n gram r i = see (pull r) i) by (intros; apply (gram_see n m X r i)).
  assert (Sp : forall r z, Sum n (fun i => r i * see z i) = Sum m (fun p => pull r p * z p))
    by (intros; apply (see_pull n m X r z)).
  assert (Inj : forall z, (forall i, (i < n)%nat -> apply_matrix n gram z i = 0) -> forall i, (i < n)%nat -> z i = 0).
  { intros z Hz. apply H. intros p Hp. apply (sq_zero m (pull z)); [|exact Hp].
    transitivity (Sum n (fun i => z i * see (pull z) i)).
    - rewrite Sp. unfold sq. apply Sum_ext. intros; ring.
    - apply Sum_zero. intros i Hi. rewrite <- Gs, Hz by auto. ring. }
  (* each coordinate of r is bounded by |X^T r| *)
  assert (One : forall N, (N <= n)%nat -> exists K, 0 <= K /\ forall r, Sum N (fun i => r i ^ 2) <= K * sq m (pull r)).
  { induction N as [|N IH]; intros HN.
    - exists 0. split; [lra|]. intros r. simpl. lra.
    - destruct (IH ltac:(lia)) as [K [K0 HK]].
      destruct (injective_surjective n gram (delta N) Inj) as [k Hk].
      exists (K + sq m (pull k)). split; [pose proof (sq_nonneg m (pull k)); lra|]. intros r. simpl Sum.
      assert (E : r N = Sum m (fun p => pull r p * pull k p)).
      { rewrite <- Sp. rewrite <- (Sum_delta n N r) by lia. apply Sum_ext. intros i Hi. rewrite <- Gs, Hk by auto. ring.
        }
      pose proof (cauchy m (pull r) (pull k)) as C. rewrite <- E in C. pose proof (HK r). simpl in *. lra. }
  destruct (One n (Nat.le_refl n)) as [K [K0 HK]]. exists (/ (K + 1)). assert (P : 0 < K + 1) by lra.
  split; [apply Rinv_0_lt_compat; exact P|].
  intros r. change (/ (K + 1) * Sum n (fun i => r i ^ 2) <= sq m (pull r)).
  apply (Rmult_le_reg_l (K + 1)); [exact P|]. rewrite <- Rmult_assoc, Rinv_r, Rmult_1_l by lra.
  pose proof (HK r). pose proof (sq_nonneg m (pull r)). lra.
Qed.

Lemma zero_start_coefficients L d W m p : (1 <= L)%nat -> (forall l, (l < L)%nat -> d l = m) -> d L = 1%nat ->
  (forall i, (i < m)%nat -> W (L - 1)%nat 0 i 0%nat = 0) -> (p < m)%nat -> coefficients L d W 0 p = 0.
Proof.
  intros L1 Hd Ho Z Hp. rewrite coefficients_after by (rewrite ?Hd by lia; auto).
  assert (A : forall s l b, (l + s = L - 1)%nat -> (b < m)%nat -> after d W (S s) l 0 b 0%nat = 0).
  { induction s as [|s IH]; intros l b Hl Hb.
    - replace l with (L - 1)%nat by lia. simpl after. replace (S (L - 1)) with L by lia.
      rewrite mul_identity by (rewrite Ho; lia). auto.
    - change (after d W (S (S s)) l 0) with (mul (d (S l)) (W l 0) (after d W (S s) (S l) 0)). unfold mul.
      apply Sum_zero. intros q Hq. rewrite IH; [ring | lia|]. rewrite <- (Hd (S l)) by lia. exact Hq. }
  replace L with (S (L - 1)) at 1 by lia. apply A; auto; lia.
Qed.

Theorem orthogonal_start_minimum_norm
  (L n m : nat) (d : nat -> nat) (X : nat -> nat -> R) (y : nat -> R) (alpha : R) (Q : nat -> matrix) :
  (2 <= L)%nat -> (forall l, (l < L)%nat -> d l = m) -> d L = 1%nat -> full_row_rank m n X ->
  0 < alpha -> (forall l, (l < L - 1)%nat -> orthogonal_matrix m (Q l)) ->
  let W0 l i j := if Nat.eqb l (L - 1) then 0 else alpha * Q l i j in
  let starts W := forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> W l 0 a b = W0 l a b in
  exists k : nat -> R,
    let best p := Sum n (fun i => X i p * k i) in
    (forall i, (i < n)%nat -> Sum m (fun p => X i p * best p) = y i) /\
    (forall z, (forall i, (i < n)%nat -> Sum m (fun p => X i p * z p) = y i) ->
       sq m z = sq m best + sq m (fun p => z p - best p)) /\
    exists mu, 0 < mu /\ row_rank_bound m n X mu /\
    exists W, fully_connected_gradient_flow L n d X (squared y) W /\ starts W /\
      (forall W', fully_connected_gradient_flow L n d X (squared y) W' -> starts W' ->
         forall l a b t, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> 0 <= t -> W' l t a b = W l t a b) /\
      (forall e, (forall i, (i < n)%nat -> Sum m (fun p => X i p * e p) = 0) ->
         forall t, 0 <= t -> Sum m (fun p => e p * coefficients L d W t p) = 0) /\
      (forall t, 0 <= t -> fully_connected_loss L n d X (squared y) (matrix_at W t) <=
         / 2 * sq n y * exp (- (2 * alpha ^ (2 * (L - 1)) * mu) * t)) /\
      (forall t, 0 <= t -> mu * sq m (fun p => coefficients L d W t p - best p) <= sq n y
        * exp (- (2 * alpha ^ (2 * (L - 1)) * mu) * t)) /\
      (forall p, (p < m)%nat -> is_lim (fun t => coefficients L d W t p) p_infty (best p)).
Proof.
  intros L2 Hd Ho Rk Pa HQ W0 starts.
  destruct (full_row_rank_bound m n X Rk) as [mu [Pmu Hmu]].
  destruct (fully_connected_flow_exists L n d X (squared y) (fun i v => v - y i) W0 (squared_derive y))
    as [W [Fl [St Un]]].
  - intros i _ r. exists 1. split; [lra|]. intros a b _ _. right. rewrite Rmult_1_l. f_equal. ring.
  - intros i v. unfold squared. pose proof (pow2_ge_0 (v - y i)). lra.
  - exact Ho.
  - assert (OS : orthogonal_start L m alpha Q W).
    { split; [exact HQ | split].
      - intros l i j Hl Hi Hj. rewrite St by (rewrite ?Hd by lia; auto; lia). unfold W0.
        destruct (Nat.eqb_spec l (L - 1)); [lia | reflexivity].
      - intros i Hi. rewrite St.
        + unfold W0. rewrite Nat.eqb_refl. reflexivity.
        + lia.
        + rewrite Hd by lia. exact Hi.
        + replace (S (L - 1)) with L by lia. rewrite Ho. lia. }
    destruct (orthogonal_start_regression L n m d X y W alpha Q mu L2 Hd Ho Fl Pa OS Pmu Hmu)
      as [k [H1 [H2 [H3 [H4 H5]]]]].
    assert (E0 : fully_connected_loss L n d X (squared y) (matrix_at W 0) = / 2 * sq n y).
    { unfold fully_connected_loss, squared, sq. rewrite Sum_scal_l. f_equal. apply Sum_ext. intros i _.
      replace (fully_connected_output L d (matrix_at W 0) (X i)) with 0; [ring|]. symmetry.
      unfold fully_connected_output.
      apply Sum_zero. intros p Hp. change (product d L (matrix_at W 0) p 0%nat) with (coefficients L d W 0 p).
      rewrite (zero_start_coefficients L d W m p);
        [ring | lia | exact Hd | exact Ho | apply OS | rewrite <- (Hd 0%nat) by lia; exact Hp]. }
    exists k. split; [exact H1 | split; [exact H2|]]. exists mu. split; [exact Pmu | split; [exact Hmu|]].
    exists W. split; [exact Fl | split; [exact St | split; [exact Un | split; [|split; [|split; [|exact H5]]]]]].
    + apply (orthogonal_start_row_space L n m d X (squared y) (fun i v =>
        v - y i) W alpha Q L2 Hd Ho (squared_derive y) Fl Pa OS).
    + intros t Ht. rewrite <- E0. apply H3. exact Ht.
    + intros t Ht. eapply Rle_trans; [apply H4; exact Ht|]. pose proof (H3 t Ht) as Dt. cbv zeta in Dt.
      rewrite E0 in Dt. lra.
Qed.
