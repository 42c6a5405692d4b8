(* R1 + R2 + R4: families of gradient flows, one for each scale alpha of the start. For each alpha the network's
   coefficients converge as t -> infinity; these limits converge as alpha -> 0 and as alpha -> infinity.
   First the limit t -> infinity, then the limit in alpha. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Norms Flow Kkt DepthPotential Network Conserved Diagonal Cluster R4Stable R4Potential
  R4Limits R4Existence R4LargeRate R4SmallRate.
Open Scope R_scope.

(* the limit of a path, as a number *)
Definition end_of (f : R -> R) : R := real (Lim f p_infty).

Lemma end_of_lim (f : R -> R) (l : R) : is_lim f p_infty l -> end_of f = l.
Proof. intros H. unfold end_of. rewrite (is_lim_unique f p_infty l H). reflexivity. Qed.

Lemma minimiser_ext L m n A y etabar alpha x u : (forall j, (j < m)%nat -> x j = u j) ->
  minimiser m n A y (scaled_potential L m etabar alpha) x -> minimiser m n A y (scaled_potential L m etabar alpha) u.
Proof.
  intros E [Fx Mx]. split.
  - intros i Hi. rewrite <- (Fx i Hi). apply Sum_ext. intros j Hj. rewrite E; auto.
  - intros r Fr. pose proof (Mx r Fr) as M. unfold scaled_potential in *.
    rewrite (Sum_ext m (fun j => etabar j ^ 2 * HL L (u j / (alpha * Rabs (etabar j)) ^ L))
       (fun j => etabar j ^ 2 * HL L (x j / (alpha * Rabs (etabar j)) ^ L))); auto.
    intros j Hj. rewrite E; auto.
Qed.

(* --- diagonal networks --- *)
Section DiagonalFamily.
Variables (L m n : nat) (X : nat -> nat -> R) (y etabar : nat -> R) (mu : R) (v : R -> nat -> nat -> R -> R).
Hypothesis depth : (2 <= L)%nat.
Hypothesis etabar_nonzero : forall j, (j < m)%nat -> etabar j <> 0.
Hypothesis mu_pos : 0 < mu.
Hypothesis rank : row_rank_bound m n X mu.
Hypothesis flows : forall alpha, 0 < alpha -> diagonal_gradient_flow L m n X y (v alpha).
Hypothesis start_first : forall alpha l j, 0 < alpha -> (l < L - 1)%nat -> (j < m)%nat ->
  v alpha l j 0 = alpha * etabar j.
Hypothesis start_last : forall alpha j, 0 < alpha -> (j < m)%nat -> v alpha (L - 1)%nat j 0 = 0.

Definition diagonal_limit (alpha : R) (j : nat) : R := end_of (fun t => Prod L (fun l => v alpha l j t)).

Lemma diagonal_family_limit alpha : 0 < alpha ->
  (forall j, (j < m)%nat -> is_lim (fun t => Prod L (fun l => v alpha l j t)) p_infty (diagonal_limit alpha j)) /\
  minimiser m n X y (scaled_potential L m etabar alpha) (diagonal_limit alpha).
Proof.
  intros Pa. destruct (diagonal_network_regression L m n X y (v alpha) alpha etabar mu depth (flows alpha Pa) Pa
    etabar_nonzero
    (fun l j => start_first alpha l j Pa) (fun j => start_last alpha j Pa) mu_pos rank) as [beta [_ [Lim [Feas Min]]]].
  assert (E : forall j, (j < m)%nat -> beta j = diagonal_limit alpha j).
  { intros j Hj. symmetry. apply end_of_lim, Lim, Hj. }
  split.
  - intros j Hj. rewrite <- E by auto. apply Lim, Hj.
  - apply (minimiser_ext L m n X y etabar alpha beta); auto. apply only_minimiser_is_minimiser. split; auto.
Qed.

Lemma diagonal_small : at_right 0 (fun a => minimiser m n X y (scaled_potential L m etabar a) (diagonal_limit a)).
Proof.
  generalize (right_of_0 1 Rlt_0_1). apply filter_imp. intros a [Pa _]. apply (diagonal_family_limit a Pa).
Qed.

Theorem diagonal_small_scale_two_layers z : L = 2%nat -> only_minimiser m n X y (l1 m) z ->
  (forall alpha j, 0 < alpha -> (j < m)%nat ->
     is_lim (fun t => Prod L (fun l => v alpha l j t)) p_infty (diagonal_limit alpha j)) /\
  forall j, (j < m)%nat -> filterlim (fun alpha => diagonal_limit alpha j) (at_right 0) (locally (z j)).
Proof.
  intros E2 Oz. split; [intros a j Pa; apply (diagonal_family_limit a Pa)|].
  apply (small_scale_two_layers_lim L m n X y etabar etabar_nonzero diagonal_limit z E2 Oz diagonal_small).
Qed.

Theorem diagonal_small_scale_deep z : (3 <= L)%nat -> only_minimiser m n X y (weighted_norm_1 L m etabar) z ->
  (forall alpha j, 0 < alpha -> (j < m)%nat ->
     is_lim (fun t => Prod L (fun l => v alpha l j t)) p_infty (diagonal_limit alpha j)) /\
  forall j, (j < m)%nat -> filterlim (fun alpha => diagonal_limit alpha j) (at_right 0) (locally (z j)).
Proof.
  intros HL3 Oz. split; [intros a j Pa; apply (diagonal_family_limit a Pa)|].
  apply (small_scale_deep_lim L m n X y etabar etabar_nonzero diagonal_limit z HL3 Oz diagonal_small).
Qed.

Theorem diagonal_large_scale z : minimiser m n X y (weighted_square L m etabar) z ->
  (forall alpha j, 0 < alpha -> (j < m)%nat ->
     is_lim (fun t => Prod L (fun l => v alpha l j t)) p_infty (diagonal_limit alpha j)) /\
  forall j, (j < m)%nat -> is_lim (fun alpha => diagonal_limit alpha j) p_infty (z j).
Proof.
  intros Mz. split; [intros a j Pa; apply (diagonal_family_limit a Pa)|].
  apply (large_scale_lim L m n X y etabar etabar_nonzero diagonal_limit z ltac:(lia) Mz).
  generalize (near_infinity 0). apply filter_imp. intros a Pa. apply (diagonal_family_limit a Pa).
Qed.

(* rates *)
Theorem diagonal_small_scale_two_layers_rate z : L = 2%nat -> only_minimiser m n X y (l1 m) z ->
  exists C, at_right 0 (fun alpha => forall j, (j < m)%nat -> Rabs (diagonal_limit alpha j - z j) <= C / - ln alpha).
Proof.
  intros E2 Oz. destruct (small_scale_two_layers_rate L m n X y etabar z etabar_nonzero E2 Oz) as [C HC]. exists C.
  generalize (filter_and _ _ diagonal_small HC). apply filter_imp. intros a [Ma Ha]. apply Ha, Ma.
Qed.

Theorem diagonal_small_scale_deep_rate z : (3 <= L)%nat -> only_minimiser m n X y (weighted_norm_1 L m etabar) z ->
  exists C, at_right 0 (fun alpha => forall j, (j < m)%nat -> Rabs (diagonal_limit alpha j - z j) <= C
    * alpha ^ (L - 2)).
Proof.
  intros HL3 Oz. destruct (small_scale_deep_rate L m n X y etabar z etabar_nonzero HL3 Oz) as [C HC]. exists C.
  generalize (filter_and _ _ diagonal_small HC). apply filter_imp. intros a [Ma Ha]. apply Ha, Ma.
Qed.

Theorem diagonal_large_scale_rate z : minimiser m n X y (weighted_square L m etabar) z ->
  exists C, Rbar_locally p_infty (fun alpha => forall j,
    (j < m)%nat -> Rabs (diagonal_limit alpha j - z j) <= C / alpha ^ (2 * L)).
Proof.
  intros Mz. destruct (large_scale_rate L m n X y etabar z etabar_nonzero ltac:(lia) Mz) as [C HC]. exists C.
  generalize (filter_and _ _ (near_infinity 0) HC). apply filter_imp. intros a [Pa Ha].
  apply Ha, (diagonal_family_limit a Pa).
Qed.
End DiagonalFamily.

(* --- orthogonally decomposable networks --- *)
Section OdecoFamily.
Variables (L d m n : nat) (k : nat -> nat) (S : nat -> nat -> R) (U : nat -> nat -> nat -> R).
Variables (X : nat -> nat -> R) (y etabar : nat -> R) (mu : R) (v : R -> nat -> nat -> R -> R).
Let A := data_matrix d S X.
Hypothesis depth : (2 <= L)%nat.
Hypothesis U_orthonormal : orthonormal L m k U.
Hypothesis etabar_nonzero : forall j, (j < m)%nat -> etabar j <> 0.
Hypothesis mu_pos : 0 < mu.
Hypothesis rank : row_rank_bound m n A mu.
Hypothesis flows : forall alpha, 0 < alpha -> gradient_flow L d m n k S U X y (v alpha).
Hypothesis start_first : forall alpha j l, 0 < alpha -> (j < m)%nat -> (l < L - 1)%nat ->
  Sum (k l) (fun c => U l c j * v alpha l c 0) = alpha * etabar j.
Hypothesis start_last : forall alpha j, 0 < alpha -> (j < m)%nat ->
  Sum (k (L - 1)%nat) (fun c => U (L - 1)%nat c j * v alpha (L - 1)%nat c 0) = 0.

(* the limit of entry a of the linear coefficients beta(t), f(x) = <x, beta> *)
Definition network_limit (alpha : R) (a : nat) : R :=
  end_of (fun t => linear_coefficient L m k S U (at_time (v alpha) t) a).

Lemma network_family_limit alpha : 0 < alpha ->
  (forall a, is_lim (fun t => linear_coefficient L m k S U (at_time (v alpha) t) a) p_infty (network_limit alpha a)) /\
  exists rho, minimiser m n A y (scaled_potential L m etabar alpha) rho /\
    forall a, network_limit alpha a = Sum m (fun j => S j a * rho j).
Proof.
  intros Pa. destruct (odeco_network_regression L d m n k S U X y (v alpha) alpha etabar mu depth U_orthonormal
    (flows alpha Pa) Pa
    etabar_nonzero (fun j l => start_first alpha j l Pa) (fun j => start_last alpha j Pa) mu_pos rank)
    as [rho [_ [_ [Lim [_ [Feas Min]]]]]].
  assert (E : forall a, network_limit alpha a = Sum m (fun j => S j a * rho j)).
  { intros a. apply end_of_lim, Lim. }
  split.
  - intros a. rewrite E. apply Lim.
  - exists rho. split; auto. apply only_minimiser_is_minimiser. split; auto.
Qed.

(* S^T is continuous *)
Lemma transpose_near z a e : 0 < e -> exists s, 0 < s /\ forall r, (forall j, (j < m)%nat -> Rabs (r j - z j) < s) ->
  Rabs (Sum m (fun j => S j a * r j) - Sum m (fun j => S j a * z j)) < e.
Proof.
  intros Pe. set (c := Sum m (fun j => Rabs (S j a))).
  assert (Pc : 0 <= c) by (apply Sum_nonneg; intros; apply Rabs_pos).
  exists (e / (c + 1)). split; [apply Rdiv_lt_0_compat; lra|]. intros r Hr.
  apply Rle_lt_trans with (c * (e / (c + 1))).
  - rewrite <- Sum_minus. apply Rle_trans with (1 := Sum_abs _ _). unfold c at 1. rewrite <- Sum_scal_r. apply Sum_le.
    intros j Hj. replace (S j a * r j - S j a * z j) with (S j a * (r j - z j)) by ring. rewrite Rabs_mult.
    apply Rmult_le_compat_l; [apply Rabs_pos | left; auto].
  - apply Rlt_le_trans with ((c + 1) * (e / (c + 1))); [|right; field; lra].
    apply Rmult_lt_compat_r; [apply Rdiv_lt_0_compat; lra | lra].
Qed.

Lemma network_tends (F : (R -> Prop) -> Prop) {FF : Filter F} z : F (fun a => 0 < a) ->
  (forall s, 0 < s -> F (fun alpha => forall r, minimiser m n A y (scaled_potential L m etabar alpha) r ->
    forall j, (j < m)%nat -> Rabs (r j - z j) < s)) ->
  forall a, filterlim (fun alpha => network_limit alpha a) F (locally (Sum m (fun j => S j a * z j))).
Proof.
  intros Pos H a. apply filterlim_locally. intros e.
  destruct (transpose_near z a e (cond_pos e)) as [s [Ps Hs]].
  generalize (filter_and _ _ Pos (H s Ps)). apply filter_imp. intros alpha [Pa Ha].
  destruct (network_family_limit alpha Pa) as [_ [rho [Mr Er]]]. rewrite Er. apply (Hs rho). apply Ha, Mr.
Qed.

Lemma positive_right : at_right 0 (fun a => 0 < a).
Proof. generalize (right_of_0 1 Rlt_0_1). apply filter_imp. intros a [Pa _]. exact Pa. Qed.

Theorem network_small_scale_two_layers z : L = 2%nat -> only_minimiser m n A y (l1 m) z ->
  (forall alpha a, 0 < alpha ->
     is_lim (fun t => linear_coefficient L m k S U (at_time (v alpha) t) a) p_infty (network_limit alpha a)) /\
  forall a, filterlim (fun alpha => network_limit alpha a) (at_right 0) (locally (Sum m (fun j => S j a * z j))).
Proof.
  intros E2 Oz. split; [intros alpha a Pa; apply (network_family_limit alpha Pa)|].
  apply network_tends; [apply at_right_proper_filter | apply positive_right | apply small_scale_two_layers; auto].
Qed.

Theorem network_small_scale_deep z : (3 <= L)%nat -> only_minimiser m n A y (weighted_norm_1 L m etabar) z ->
  (forall alpha a, 0 < alpha ->
     is_lim (fun t => linear_coefficient L m k S U (at_time (v alpha) t) a) p_infty (network_limit alpha a)) /\
  forall a, filterlim (fun alpha => network_limit alpha a) (at_right 0) (locally (Sum m (fun j => S j a * z j))).
Proof.
  intros HL3 Oz. split; [intros alpha a Pa; apply (network_family_limit alpha Pa)|].
  apply network_tends; [apply at_right_proper_filter | apply positive_right | apply small_scale_deep; auto].
Qed.

Theorem network_large_scale z : minimiser m n A y (weighted_square L m etabar) z ->
  (forall alpha a, 0 < alpha ->
     is_lim (fun t => linear_coefficient L m k S U (at_time (v alpha) t) a) p_infty (network_limit alpha a)) /\
  forall a, is_lim (fun alpha => network_limit alpha a) p_infty (Sum m (fun j => S j a * z j)).
Proof.
  intros Mz. split; [intros alpha a Pa; apply (network_family_limit alpha Pa)|].
  apply (network_tends (Rbar_locally p_infty)); [apply near_infinity | apply large_scale_limit; auto; lia].
Qed.
End OdecoFamily.
