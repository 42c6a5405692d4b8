(* Norms of vectors given by their entries below k: |f|^2 ([sq]), |f| ([euclid]), the l1 norm; Cauchy and Schwarz; a
   positive factor does not change the limit of a direction ([direction_of_scaled]). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Potential.
Open Scope R_scope.

Definition sq (k : nat) (f : nat -> R) : R := Sum k (fun c => f c ^ 2).
Definition euclid (k : nat) (f : nat -> R) : R := sqrt (Sum k (fun c => f c ^ 2)).
Definition l1 (k : nat) (f : nat -> R) : R := Sum k (fun c => Rabs (f c)).

Lemma squares_nonneg k f : 0 <= Sum k (fun c => f c ^ 2).
Proof. apply Sum_nonneg. intros; apply pow2_ge_0. Qed.

Lemma sq_nonneg k f : 0 <= sq k f.
Proof. apply squares_nonneg. Qed.

Lemma l1_nonneg k f : 0 <= l1 k f.
Proof. apply Sum_nonneg. intros; apply Rabs_pos. Qed.

Lemma discriminant a b c : (forall x, 0 <= a * x ^ 2 + 2 * b * x + c) -> 0 <= a -> b ^ 2 <= a * c.
Proof.
  intros H Ha. destruct (Rle_lt_or_eq_dec 0 a Ha) as [P|<-].
  - specialize (H (- b / a)). apply (Rmult_le_compat_l a) in H; [|lra].
    replace (a * (a * (- b / a) ^ 2 + 2 * b * (- b / a) + c)) with (a * c - b ^ 2) in H by (field; lra). lra.
  - destruct (Req_dec b 0) as [->|N]; [lra|]. specialize (H (- (c + 1) / (2 * b))).
    replace (0 * (- (c + 1) / (2 * b)) ^ 2 + 2 * b * (- (c + 1) / (2 * b)) + c) with (-1) in H by (field; auto). lra.
Qed.

Lemma cauchy k f g : Sum k (fun c => f c * g c) ^ 2 <= sq k f * sq k g.
Proof.
  apply discriminant; [|apply sq_nonneg]. intros x.
  replace (sq k f * x ^ 2 + 2 * Sum k (fun c => f c * g c) * x + sq k g) with (Sum k (fun c => (x * f c + g c) ^ 2)).
  - apply Sum_nonneg. intros; apply pow2_ge_0.
  - unfold sq. rewrite (Sum_ext k _ (fun c => x ^ 2 * f c ^ 2 + 2 * x * (f c * g c) + g c ^ 2)) by (intros; ring).
    rewrite !Sum_plus, !Sum_scal_l. ring.
Qed.

Lemma euclid_scale k c f : 0 <= c -> euclid k (fun a => c * f a) = c * euclid k f.
Proof.
  intros Pc. unfold euclid. rewrite (Sum_ext k _ (fun a => c ^ 2 * f a ^ 2)) by (intros; ring).
  rewrite Sum_scal_l, sqrt_mult_alt by apply pow2_ge_0. rewrite sqrt_pow2 by auto. reflexivity.
Qed.

(* g(t) x(t) -> b not 0 with g > 0 gives x/|x| -> b/|b| *)
Lemma direction_of_scaled k (x : nat -> R -> R) (g : R -> R) (b : nat -> R) t0 :
  (forall t, t0 < t -> 0 < g t) -> 0 < euclid k b ->
  (forall a, (a < k)%nat -> is_lim (fun t => g t * x a t) p_infty (b a)) ->
  forall a, (a < k)%nat -> is_lim (fun t => x a t / euclid k (fun a => x a t)) p_infty (b a / euclid k b).
Proof.
  intros Pg Pb Lim a Ha.
  assert (Ln : is_lim (fun t => euclid k (fun a => g t * x a t)) p_infty (euclid k b)).
  { unfold euclid. apply (is_lim_comp_continuous (fun t => Sum k (fun a => (g t * x a t) ^ 2)) sqrt).
    - apply (is_lim_Sum k (fun a t => (g t * x a t) ^ 2) (fun a => b a ^ 2)). intros a' Ha'.
      apply (is_lim_comp_continuous (fun t => g t * x a' t) (fun u => u ^ 2)); [auto|].
      apply (ex_derive_continuous (fun u => u ^ 2)). auto_derive; auto.
    - apply continuous_sqrt. }
  apply (is_lim_ext_loc (fun t => (g t * x a t) / euclid k (fun a => g t * x a t))).
  - exists t0. intros t Ht. pose proof (Pg t Ht) as P.
    rewrite euclid_scale by lra. unfold Rdiv. rewrite Rinv_mult.
    replace (g t * x a t * (/ g t * / euclid k (fun a0 => x a0 t)))
      with (g t * / g t * (x a t * / euclid k (fun a0 => x a0 t))) by ring.
    rewrite Rinv_r by lra. ring.
  - apply (is_lim_div (fun t => g t * x a t) (fun t => euclid k (fun a => g t * x a t)) p_infty (b a) (euclid k b));
      auto.
    + intros Z. injection Z. lra.
    + simpl. lra.
Qed.
