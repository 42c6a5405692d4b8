(* The hypotheses of K3 for two layers can be met: a two-layer diagonal network with two coordinates and one data point
   x = (2, 1), started at v_1 = (1, 1), v_2 = (0, 0). With the solution w of w' = exp(-(2 cosh(2w) sinh(2w) + cosh(w)
   sinh(w))), w(0) = 0 (the inverse function of a primitive), v_1 = (cosh 2w, cosh w), v_2 = (sinh 2w, sinh w) is a
   gradient flow of exp(-f). The only l1 solution is (1/2, 0): beta/|beta| tends to (1, 0). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Potential AutonomousFlow Kkt Network Classification K3TwoLayersScalar
  K3TwoLayersFlow K3TwoLayers K3TwoLayersNetwork.
Open Scope R_scope.

(* w' = 1/c(w), w(0) = 0 has a solution if c is continuous and at least 1 *)
Definition ch (x : R) : R := (exp x + exp (- x)) / 2.
Definition sh (x : R) : R := (exp x - exp (- x)) / 2.
Definition first_input (i j : nat) : R := match j with O => 2 | _ => 1 end.
Definition hyperbolic (w : R -> R) (l j : nat) (t : R) : R :=
  match l with O => ch (first_input 0 j * w t) | _ => sh (first_input 0 j * w t) end.
Definition two (_ : nat) : nat := 2%nat.
Definition unit_basis (_ c j : nat) : R := delta j c.
Definition best (j : nat) : R := match j with O => / 2 | _ => 0 end.

Lemma sh_nonneg x : 0 <= x -> 0 <= sh x.
Proof. intros H. unfold sh. pose proof (exp_le (- x) x ltac:(lra)). lra. Qed.

Lemma ch_pos x : 0 < ch x.
Proof. unfold ch. pose proof (exp_pos x). pose proof (exp_pos (- x)). lra. Qed.

Definition witness_output (u : R) : R := 2 * (ch (2 * u) * sh (2 * u)) + ch u * sh u.

Lemma hyperbolic_flow w : (forall t, 0 <= t -> 0 <= w t) ->
  (forall t, is_derive w t (/ exp (Rabs (witness_output (w t))))) ->
  classification_flow 2 2 2 1 two delta unit_basis first_input (hyperbolic w).
Proof.
  intros Pw Dw.
  assert (Hyp : forall l j t, (j < 2)%nat -> 0 <= t -> is_derive (hyperbolic w l j) t
    (first_input 0 j * exp (- witness_output (w t)) * hyperbolic w (1 - l) j t)).
  { intros l j t Hj Ht. specialize (Dw t).
    replace (/ exp (Rabs (witness_output (w t)))) with (exp (- witness_output (w t))) in Dw.
    - assert (Dc : is_derive (fun s => first_input 0 j * w s) t (first_input 0 j * exp (- witness_output (w t))))
        by (apply (is_derive_scal w); auto).
      destruct l as [|l].
      + apply (is_derive_comp ch (fun s => first_input 0 j * w s)); auto.
        unfold ch. change (1 - 0)%nat with 1%nat. unfold hyperbolic, sh. auto_derive; auto. field.
      + apply (is_derive_comp sh (fun s => first_input 0 j * w s)); auto.
        unfold sh. change (1 - S l)%nat with 0%nat. unfold hyperbolic, ch. auto_derive; auto. field.
    - rewrite exp_Ropp, Rabs_pos_eq; auto. specialize (Pw t Ht). unfold witness_output.
      pose proof (ch_pos (2 * w t)). pose proof (sh_nonneg (2 * w t) ltac:(lra)).
      pose proof (ch_pos (w t)). pose proof (sh_nonneg (w t) Pw). nra. }
  intros l c Hl Hc. unfold two in Hc. split.
  - intros Q HQ. pose proof (continuous_of_derive _ _ _ (Hyp l c 0 Hc ltac:(lra)) Q HQ) as [e He].
    exists e. intros u Hu _. apply He, Hu.
  - intros t Ht.
    pose proof (is_derive_unique _ _ _ (exponential_partial_derivative 2 2 2 1 two delta unit_basis first_input
      (at_time (hyperbolic w) t) l c Hl Hc)) as E.
    match goal with |- is_derive _ _ (- ?x) => match type of E with _ = ?e => replace x with e
      by (symmetry; exact E) end end.
    match goal with |- is_derive _ _ ?x =>
      replace x with (first_input 0 c * exp (- witness_output (w t)) * hyperbolic w (1 - l) c t) end;
      [apply Hyp; auto; lra|].
    rewrite Ropp_involutive. unfold unit_basis, pull, margin_at, coefficient, reduced, data_matrix, ProdBut, two.
    unfold at_time, delta, witness_output.
    destruct l as [|[|l]]; [| |lia]; (destruct c as [|[|c]]; [| |lia]); cbn; replace (1 * w t) with (w t) by ring;
      match goal with |- context [exp (- (0 + ?a + ?b))] =>
        replace (0 + a + b) with (2 * (ch (2 * w t) * sh (2 * w t)) + ch (w t) * sh (w t)) by ring end; ring.
Qed.

Lemma witness_output_cont u : continuous (fun u => exp (Rabs (witness_output u))) u.
Proof.
  apply (continuous_comp (fun u => Rabs (witness_output u)) exp).
  - apply (continuous_comp witness_output Rabs); [|apply continuous_Rabs].
    apply (ex_derive_continuous witness_output). unfold witness_output, ch, sh. auto_derive. auto.
  - apply (ex_derive_continuous exp). exists (exp (Rabs (witness_output u))). apply is_derive_exp.
Qed.

Lemma best_unique x : margin_feasible 2 1 first_input x -> l1 2 x <= l1 2 best -> forall j, (j < 2)%nat -> x j = best j.
Proof.
  intros Fx Le. specialize (Fx 0%nat ltac:(lia)). unfold l1, best in Le. cbn in Fx, Le.
  rewrite Rabs_R0, (Rabs_pos_eq (/ 2)) in Le by lra.
  pose proof (Rle_abs (x 0%nat)). pose proof (Rle_abs (x 1%nat)).
  pose proof (Rle_abs (- x 1%nat)) as R1. rewrite Rabs_Ropp in R1.
  intros j Hj. destruct j as [|[|j]]; [| |lia]; unfold best; lra.
Qed.

(* all hypotheses at once, hence the conclusion, for a flow that moves *)
Theorem witness_l1_max_margin : exists v : nat -> nat -> R -> R,
  orthonormal 2 2 two unit_basis /\
  classification_flow 2 2 2 1 two delta unit_basis first_input v /\
  (forall c, (c < 2)%nat -> v 0%nat c 0 = 1 /\ v 1%nat c 0 = 0 /\ v 1%nat c 0 < v 1%nat c 1) /\
  is_lim (fun t => network_exponential_loss 2 2 2 1 two delta unit_basis first_input (at_time v t)) p_infty 0 /\
  forall a, (a < 2)%nat ->
    let beta t := linear_coefficient 2 2 two delta unit_basis (at_time v t) in
    is_lim (fun t => beta t a / euclid 2 (beta t)) p_infty (delta 0 a).
Proof.
  destruct (autonomous_solution (fun u => exp (Rabs (witness_output u)))) as [w [W0 [Pw Dw]]].
  { apply witness_output_cont. }
  { intros u. rewrite <- exp_0. apply exp_le, Rabs_pos. }
  pose proof (hyperbolic_flow w Pw Dw) as Fl.
  assert (Orth : orthonormal 2 2 two unit_basis).
  { intros l j j' _ Hj _. unfold unit_basis, two. rewrite (Sum_delta 2 j (fun c => delta j' c)) by auto.
    unfold delta. rewrite Nat.eqb_sym. reflexivity. }
  assert (Start : forall c, hyperbolic w 0 c 0 = 1 /\ hyperbolic w 1 c 0 = 0).
  { intros c. unfold hyperbolic, ch, sh. rewrite W0, Rmult_0_r, Ropp_0, exp_0. split; field. }
  exists (hyperbolic w). split; [exact Orth|]. split; [exact Fl|]. split.
  { intros c Hc. destruct (Start c) as [S0 S1]. split; [exact S0|]. split; [exact S1|]. rewrite S1.
    assert (P1 : 0 < w 1).
    { destruct (MVT_gen w 0 1 (fun t => / exp (Rabs (witness_output (w t))))) as [t [_ E]].
      - intros t _. apply Dw.
      - intros t _. apply continuity_pt_filterlim. eapply continuous_of_derive, Dw.
      - rewrite W0 in E. pose proof (Rinv_0_lt_compat _ (exp_pos (Rabs (witness_output (w t))))). lra. }
    assert (Pi : 0 < first_input 0 c * w 1) by (apply Rmult_lt_0_compat; auto; destruct c; simpl; lra).
    unfold hyperbolic, sh. pose proof (exp_increasing (- (first_input 0 c * w 1)) (first_input 0 c * w 1) ltac:(lra)).
    lra. }
  assert (Data : forall i j, (j < 2)%nat -> data_matrix 2 delta first_input i j = first_input i j).
  { intros i j Hj. unfold data_matrix. apply (Sum_delta 2 j (fun a => first_input i a) Hj). }
  assert (Feas : forall x, margin_feasible 2 1 (data_matrix 2 delta first_input) x -> margin_feasible 2 1 first_input
    x).
  { intros x Fx i Hi. rewrite (Sum_ext 2 _ (fun j => data_matrix 2 delta first_input i j * x j)); auto.
    intros j Hj. rewrite Data by auto. reflexivity. }
  destruct (odeco_network_l1_max_margin 2 2 1 two delta unit_basis first_input (hyperbolic w) best
    ltac:(lia) Orth Fl) as [Lo [_ [_ [Pl Di]]]].
  - intros j Hj. unfold two, unit_basis.
    rewrite (Sum_delta 2 j (fun c => hyperbolic w 0 c 0)), (Sum_delta 2 j (fun c => hyperbolic w 1 c 0)) by auto.
    destruct (Start j) as [-> ->]. split; intros; exfalso; lra.
  - intros i Hi. rewrite (Sum_ext 2 _ (fun j => first_input i j * best j)) by (intros j Hj; rewrite Data; auto).
    unfold best. cbn. lra.
  - intros x _ Fx Le. apply best_unique; auto.
  - split; [exact Lo|]. intros a Ha beta.
    assert (E : forall a, (a < 2)%nat -> Sum 2 (fun j => delta j a * best j) = / 2 * delta 0 a).
    { intros b Hb. destruct b as [|[|b]]; [| |lia]; unfold delta, best; cbn; ring. }
    assert (N : euclid 2 (fun a => Sum 2 (fun j => delta j a * best j)) = / 2).
    { unfold euclid. rewrite (Sum_ext 2 _ (fun a => (/ 2 * delta 0 a) ^ 2)) by (intros b Hb; rewrite E; auto).
      replace (Sum 2 (fun a => (/ 2 * delta 0 a) ^ 2)) with ((/ 2) ^ 2) by (unfold delta; cbn; ring).
      apply sqrt_pow2. lra. }
    specialize (Di a Ha). rewrite N, E in Di by auto. replace (delta 0 a) with (/ 2 * delta 0 a / / 2) by field.
    exact Di.
Qed.
