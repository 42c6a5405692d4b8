(* Lemma A12: that components move along curves, and a flow that moves for which its bound is an equality. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Norms Uniqueness Potential Network Classification DualTracking DualTube.
Open Scope R_scope.

(* ==================== the bound is attained ==================== *)

(* two layers exp(z), one sample, a reference that is ahead by 1 *)
Theorem tracking_attained : exists (a : nat -> nat -> R) (eta : nat -> nat -> R -> R) (psi : nat -> R -> R)
  (tau theta : nat -> R -> R) (w b : nat -> R) (mu : R -> R),
  let distance u := flow_distance 2 1 eta psi (fun j => theta j u) (fun j => tau j u) in
  (forall u, tracked 2 1 1 a eta psi tau theta w b u /\ joined 2 1 eta psi tau theta u /\
     2 * Rabs (pulled 1 a w 0%nat) * b 0%nat = 2 /\
     divergence 1 w (fun i => exp (mu u - output_margin 2 1 a eta (fun j => theta j u) i)) = 0 /\ 0 < distance u) /\
  forall u0 u1, distance u1 = exp (2 * (u1 - u0)) * distance u0.
Proof.
  set (eta := fun _ _ : nat => exp). set (psi := fun (_ : nat) z => exp (2 * z) / 2).
  set (a := fun _ _ : nat => 1). set (tau := fun (_ : nat) (u : R) => u). set (theta := fun (_ : nat) u => u + 1).
  exists a, eta, psi, tau, theta, (fun _ => 1), (fun _ => 1),
    (fun u => output_margin 2 1 a eta (fun j => theta j u) 0%nat).
  assert (Curve : forall j z, on_curve 2 (eta j) (psi j) z).
  { intros j z. unfold on_curve, eta, psi. split.
    - intros l Hl. assert (E : ProdBut 2 (fun _ => exp z) l = exp z)
        by (destruct l as [|[|l]]; [| |lia]; unfold ProdBut; cbn [Prod Nat.eqb]; ring).
      rewrite E. apply is_derive_exp.
    - cbn [Prod]. auto_derive; auto. replace (2 * z) with (z + z) by ring. rewrite exp_plus. field. }
  assert (Block : forall z, block_bound 2 (fun l => eta 0%nat l z) 1).
  { intros z y. unfold block, ProdBut. cbn [Sum Prod Nat.eqb]. apply Rabs_le.
    pose proof (pow2_ge_0 (y 0%nat + y 1%nat)). pose proof (pow2_ge_0 (y 0%nat - y 1%nat)). lra. }
  assert (D : forall u, flow_distance 2 1 eta psi (fun j => theta j u) (fun j => tau j u) =
    exp (2 * u) * ((1 + exp 2) / 2)).
  { intros u. unfold flow_distance, bregman, eta, psi, tau, theta. cbn [Sum Prod].
    assert (E : forall x, exp (2 * x) = exp x * exp x) by (intros; rewrite <- exp_plus; f_equal; ring).
    assert (E2 : exp 2 = exp 1 * exp 1) by (rewrite <- exp_plus; f_equal; ring).
    rewrite !E, E2, !exp_plus. field. }
  intros distance. unfold distance. split.
  - intros u. split; [|split; [|split; [|split]]].
    + split; [intros; lra | split; [cbn [Sum]; lra|]]. intros j Hj. replace j with 0%nat by lia. split; [|split].
      * unfold tau. evar_last; [apply is_derive_id|]. unfold pulled, share, a. cbn [Sum].
        set (f := output_margin 2 1 _ _ _ 0%nat). pose proof (exp_pos (- f)). change (@one R_AbsRing) with 1.
        field. lra.
      * unfold theta, pulled, a. cbn [Sum]. auto_derive; auto. ring.
      * intros z _. split; [apply Curve | apply Block].
    + intros j Hj. split; [apply continuous_id | split; [|split; apply Curve]].
      apply (continuous_plus (fun u => u) (fun _ => 1)); [apply continuous_id | apply continuous_const].
    + unfold pulled, a. cbn [Sum]. rewrite Rabs_pos_eq; lra.
    + unfold divergence. cbn [Sum]. rewrite Rminus_eq_0, exp_0. replace (1 / 1) with 1 by field. rewrite ln_1. ring.
    + rewrite D. apply Rmult_lt_0_compat; [apply exp_pos|]. pose proof (exp_pos 2). lra.
  - intros u0 u1. rewrite !D. rewrite <- Rmult_assoc, <- exp_plus. do 2 f_equal. ring.
Qed.

(* ==================== components move along curves ==================== *)

Lemma lipschitz_ProdBut L l : locally_lipschitz L (fun x => ProdBut L x l).
Proof.
  apply (lipschitz_Prod L L (fun k x => if Nat.eqb k l then 1 else x k)). intros k Hk.
  destruct (Nat.eqb k l); [apply lipschitz_const | apply lipschitz_coordinate, Hk].
Qed.

(* layers that obey the equation of a curve, at any pace c, are on it *)
Lemma follows_curve L (x e : nat -> R -> R) (tau c : R -> R) t : 0 <= t -> (forall u, continuous c u) ->
  (forall l, (l < L)%nat -> path (x l) (fun u => c u * ProdBut L (fun h => x h u) l)) -> path tau c ->
  (forall l u, (l < L)%nat -> 0 <= u <= t -> is_derive (e l) (tau u) (ProdBut L (fun h => e h (tau u)) l)) ->
  (forall l, (l < L)%nat -> x l 0 = e l (tau 0)) -> forall l, (l < L)%nat -> x l t = e l (tau t).
Proof.
  intros Ht Cc Px [Ct Dt] De Start.
  set (z := fun l u => e l (tau u)). set (f := fun u => Sum L (fun l => (x l u - z l u) ^ 2)).
  assert (Cx : forall l u, (l < L)%nat -> 0 <= u <= t -> continuous (x l) u) by (intros l u Hl _; apply Px, Hl).
  assert (Cz : forall l u, (l < L)%nat -> 0 <= u <= t -> continuous (z l) u).
  { intros l u Hl H. apply (continuous_comp tau (e l)); [apply Ct|]. apply (ex_derive_continuous (e l)).
    eexists. apply De; auto. }
  destruct (common_bound L x t Ht Cx) as [r [R0 Bx]]. destruct (common_bound L z t Ht Cz) as [r' [R0' Bz]].
  destruct (common_bound 1 (fun _ => c) t Ht) as [C [C0 Bc]]; [intros; apply Cc|].
  destruct (lipschitz_common L L (fun l x => ProdBut L x l) (Rmax r r')) as [K [K0 Lip]];
    [intros; apply lipschitz_ProdBut|].
  set (G := 2 * C * K * INR L).
  assert (PG : 0 <= G) by (unfold G; repeat apply Rmult_le_pos; auto; [lra | apply pos_INR]).
  assert (F0 : f 0 = 0) by (apply Sum_zero; intros l Hl; unfold z; rewrite Start by exact Hl; ring).
  assert (Ft : f t <= exp (G * t - G * 0) * (f 0 + (0 - 0))).
  { apply (groenwall_with_source f (fun u => G * u) (fun _ => 0) 0 t Ht).
    - intros u H. split; [|split; [|apply continuous_const]].
      + apply (continuous_Sum L (fun l u => (x l u - z l u) ^ 2)). intros l Hl.
        apply (continuous_comp (fun u => x l u - z l u) (fun d => d ^ 2)).
        * apply (continuous_minus (x l) (z l)); auto.
        * apply (ex_derive_continuous (fun d => d ^ 2)). auto_derive. auto.
      + apply (ex_derive_continuous (fun u => G * u)). auto_derive. auto.
    - intros u H.
      exists (Sum L (fun l => 2 * (x l u - z l u) *
        (c u * ProdBut L (fun h => x h u) l - c u * ProdBut L (fun h => z h u) l))), G, 0.
      split; [|split; [|split; [apply (is_derive_const 0) | split; [exact PG | split; [lra|]]]]].
      + apply (is_derive_Sum L (fun l u => (x l u - z l u) ^ 2)). intros l Hl.
        assert (Dx : is_derive (x l) u (c u * ProdBut L (fun h => x h u) l)) by (apply Px; [exact Hl | lra]).
        assert (Dz : is_derive (z l) u (c u * ProdBut L (fun h => z h u) l)).
        { unfold z at 1. apply (is_derive_comp (e l) tau); [apply De; [exact Hl | lra] | apply Dt; lra]. }
        auto_derive; [repeat split; eexists; eassumption|].
        replace (Derive (fun u => x l u) u) with (c u * ProdBut L (fun h => x h u) l)
          by (symmetry; apply is_derive_unique, Dx).
        replace (Derive (fun u => z l u) u) with (c u * ProdBut L (fun h => z h u) l)
          by (symmetry; apply is_derive_unique, Dz). simpl. ring.
      + auto_derive; auto. ring.
      + set (d := distance L (fun l => x l u) (fun l => z l u)). rewrite Rplus_0_l.
        assert (Pd : 0 <= d) by apply distance_nonneg.
        apply (Rle_trans _ (2 * C * K * (d * d))).
        * replace (2 * C * K * (d * d)) with (2 * C * K * d * d) by ring. unfold d at 2, distance.
          rewrite <- Sum_scal_l. apply Sum_le. intros l Hl.
          eapply Rle_trans; [apply Rle_abs|]. rewrite <- Rmult_minus_distr_l, !Rabs_mult, (Rabs_pos_eq 2) by lra.
          assert (B1 : Rabs (c u) <= C) by (apply (Bc 0%nat); [lia | lra]).
          assert (B2 : Rabs (ProdBut L (fun h => x h u) l - ProdBut L (fun h => z h u) l) <= K * d).
          { apply (Lip l (fun h => x h u) (fun h => z h u) Hl); intros h Hh.
            - eapply Rle_trans; [apply (Bx h u Hh); lra | apply Rmax_l].
            - eapply Rle_trans; [apply (Bz h u Hh); lra | apply Rmax_r]. }
          pose proof (Rmult_le_compat _ _ _ _ (Rabs_pos _) (Rabs_pos _) B1 B2) as M.
          pose proof (Rabs_pos (x l u - z l u)) as Pa.
          apply (Rmult_le_compat_l _ _ _ Pa) in M. lra.
        * unfold G. replace (2 * C * K * INR L * f u) with (2 * C * K * (INR L * f u)) by ring.
          apply Rmult_le_compat_l; [repeat apply Rmult_le_pos; auto; lra|].
          pose proof (cauchy L (fun _ => 1) (fun l => Rabs (x l u - z l u))) as Ca.
          unfold sq in Ca. rewrite (Sum_ext L (fun l => 1 * Rabs (x l u - z l u)) (fun l => Rabs (x l u - z l u))) in Ca
            by (intros; ring).
          rewrite (Sum_ext L (fun l => Rabs (x l u - z l u) ^ 2) (fun l => (x l u - z l u) ^ 2)) in Ca
            by (intros; apply pow2_abs).
          replace (Sum L (fun _ => 1 ^ 2)) with (INR L) in Ca
            by (clear; induction L as [|k IH]; [reflexivity | rewrite S_INR, IH; simpl; ring]).
          unfold d, distance, f. lra. }
  rewrite F0 in Ft. replace (exp (G * t - G * 0) * (0 + (0 - 0))) with 0 in Ft by ring.
  intros l Hl. pose proof (Sum_term L (fun l => (x l t - z l t) ^ 2) l Hl ltac:(intros; apply pow2_ge_0)) as T.
  cbv beta in T. fold (f t) in T. pose proof (pow2_ge_0 (x l t - z l t)) as P.
  assert (Z : x l t - z l t = 0) by nra. change (x l t = z l t). lra.
Qed.

Lemma exponential_loss_pos m n A x : (0 < n)%nat -> 0 < exponential_loss m n A x.
Proof.
  intros Hn. apply (Rlt_le_trans _ (exp (- margin_at m A x 0))); [apply exp_pos|].
  apply (Sum_term n (fun i => exp (- margin_at m A x i))); auto. intros; left; apply exp_pos.
Qed.

(* the flow, continued before 0 by its start *)
Lemma extended_layer L m n A v j l : classification_solution m n A L v -> (j < m)%nat -> (l < L)%nat ->
  path (fun t => v j l (Rmax 0 t)) (fun u => pull m n A (coefficient L (at_time v (Rmax 0 u))) j *
    ProdBut L (fun h => v j h (Rmax 0 u)) l).
Proof.
  intros Sol Hj Hl. destruct (Sol j l Hj Hl) as [C D].
  apply (path_eq _ _ _ (path_extend (v j l) _ C D)). intros t Ht. rewrite Rmax_right by lra. reflexivity.
Qed.

Lemma pull_continuous L m n A v j u : classification_solution m n A L v ->
  continuous (fun u => pull m n A (coefficient L (at_time v (Rmax 0 u))) j) u.
Proof.
  intros Sol. unfold pull. apply (continuous_Sum n (fun i u => A i j *
    exp (- margin_at m A (coefficient L (at_time v (Rmax 0 u))) i))). intros i _.
  apply (continuous_mult (fun _ => A i j)); [apply continuous_const|].
  apply (continuous_comp (fun u => - margin_at m A (coefficient L (at_time v (Rmax 0 u))) i) exp);
    [|apply continuity_pt_filterlim, derivable_continuous_pt, derivable_pt_exp].
  apply (continuous_opp (fun u => margin_at m A (coefficient L (at_time v (Rmax 0 u))) i)).
  apply (continuous_Sum m (fun j u => A i j * coefficient L (at_time v (Rmax 0 u)) j)). intros p Hp.
  apply (continuous_mult (fun _ => A i p)); [apply continuous_const|].
  apply (proj1 (path_prod L (fun l t => v p l (Rmax 0 t)) _ (fun l Hl => extended_layer L m n A v p l Sol Hp Hl))).
Qed.

(* a classification flow in reduced coordinates, in its own time: W is the loss *)
Theorem components_on_curves L m n A v e T : classification_solution m n A L v -> 0 <= T ->
  let tau j t := RInt (fun u => pull m n A (coefficient L (at_time v (Rmax 0 u))) j) 0 t in
  (forall j l, (j < m)%nat -> (l < L)%nat -> e j l 0 = v j l 0) ->
  (forall j l u, (j < m)%nat -> (l < L)%nat -> 0 <= u <= T ->
     is_derive (e j l) (tau j u) (ProdBut L (fun h => e j h (tau j u)) l)) ->
  (forall j l t, (j < m)%nat -> (l < L)%nat -> 0 <= t <= T -> v j l t = e j l (tau j t)) /\
  forall j t, (0 < n)%nat -> (j < m)%nat -> 0 <= t <= T ->
    is_derive (tau j) t (exponential_loss m n A (coefficient L (at_time v t)) *
      pulled n A (share n (output_margin L m A e (fun j => tau j t))) j).
Proof.
  intros Sol HT tau Start De.
  set (V := fun j l t => v j l (Rmax 0 t)).
  set (c := fun j u => pull m n A (coefficient L (at_time v (Rmax 0 u))) j).
  assert (At : forall t, 0 <= t -> at_time v (Rmax 0 t) = at_time v t) by (intros; rewrite Rmax_right; auto).
  assert (PV : forall j l, (j < m)%nat -> (l < L)%nat ->
    path (V j l) (fun u => c j u * ProdBut L (fun h => V j h u) l)) by (intros; apply extended_layer; auto).
  assert (Cc : forall j u, continuous (c j) u) by (intros; apply pull_continuous, Sol).
  assert (Dt : forall j u, is_derive (tau j) u (c j u)) by (intros; apply (primitive_derive (c j)); apply Cc).
  assert (Pt : forall j, path (tau j) (c j)).
  { intros j. split; [intros t; eapply continuous_of_derive, Dt | intros; apply Dt]. }
  assert (T0 : forall j, tau j 0 = 0) by (intros; apply (RInt_point (V := R_CompleteNormedModule))).
  assert (On : forall j l t, (j < m)%nat -> (l < L)%nat -> 0 <= t <= T -> v j l t = e j l (tau j t)).
  { intros j l t Hj Hl Ht. replace (v j l t) with (V j l t) by (unfold V; rewrite Rmax_right by lra; reflexivity).
    apply (follows_curve L (V j) (e j) (tau j) (c j) t ltac:(lra)); auto.
    - intros h u Hh Hu. apply De; auto. lra.
    - intros h Hh. rewrite T0. unfold V. rewrite Rmax_right by lra. symmetry. apply Start; auto. }
  split; [exact On|]. intros j t Hn Hj Ht.
  replace (exponential_loss _ _ _ _ * _) with (c j t); [apply Dt|].
  unfold c. rewrite At by lra. set (x := coefficient L (at_time v t)).
  assert (M : forall i, output_margin L m A e (fun j => tau j t) i = margin_at m A x i).
  { intros i. apply Sum_ext. intros p Hp. f_equal. apply Prod_ext. intros l Hl. symmetry. apply On; auto. }
  pose proof (exponential_loss_pos m n A x Hn) as Pl.
  unfold pulled, pull. rewrite <- Sum_scal_l. apply Sum_ext. intros i _. unfold share.
  rewrite M, (Sum_ext n _ (fun i => exp (- margin_at m A x i))) by (intros; rewrite M; reflexivity).
  fold (exponential_loss m n A x). field. lra.
Qed.

(* the flow of a network is near a reference, if bounds for a tube around the reference say so: nothing is asked of the
   flow but that it is one, from the start of the curves *)
Theorem flow_near_reference L m n A v e psi theta w b r mu G K g k T :
  (0 < n)%nat -> 0 <= T -> classification_solution m n A L v ->
  (forall j l, (j < m)%nat -> (l < L)%nat -> e j l 0 = v j l 0) ->
  let tau j t := RInt (fun u => pull m n A (coefficient L (at_time v (Rmax 0 u))) j) 0 t in
  let distance t := flow_distance L m e psi (fun j => theta j t) (fun j => tau j t) in
  let grown t := exp (g t - g 0) * (distance 0 + (k t - k 0)) in
  let weights t i := w i t in
  (forall j, (j < m)%nat -> 0 <= b j /\ b j * r j <= / 4 /\ Rabs (theta j 0) < r j) ->
  (forall t, 0 <= t <= T -> continuous g t /\ continuous k t /\
     forall j, (j < m)%nat -> continuous (theta j) t /\ tube L (e j) (psi j) (b j) (r j) (theta j t)) ->
  (forall t, 0 < t < T ->
     (forall i, (i < n)%nat -> 0 <= w i t) /\
     Sum n (weights t) = exponential_loss m n A (coefficient L (at_time v t)) /\
     (forall j, (j < m)%nat -> is_derive (theta j) t (pulled n A (weights t) j) /\
        2 * Rabs (pulled n A (weights t) j) * b j <= G t) /\
     0 <= G t /\
     divergence n (weights t) (fun i => exp (mu t - output_margin L m A e (fun j => theta j t) i)) <= K t /\
     is_derive g t (G t) /\ is_derive k t (K t)) ->
  (forall j, (j < m)%nat ->
    (forall t, 0 <= t <= T ->
       exp (/ 4) * sqrt (2 * grown T) < r j * sqrt (slope L (fun l => e j l (theta j t)))) \/
    (exists V lo hi, lo <= hi /\ 0 <= V /\ (forall i, (i < n)%nat -> lo <= A i j <= hi) /\
       (forall t, 0 < t < T -> Sum n (weights t) <= V) /\ Rabs (theta j 0) + V * (hi - lo) * T < r j)) ->
  forall t, 0 <= t <= T ->
    sqrt (Sum m (fun j => Sum L (fun l => (v j l t - e j l (theta j t)) ^ 2))) <= exp (/ 4) * sqrt (2 * grown t).
Proof.
  intros Hn HT Sol Start tau distance grown weights Tube Around Moving Kept t Ht.
  assert (T0 : forall j, tau j 0 = 0) by (intros; apply (RInt_point (V := R_CompleteNormedModule))).
  assert (From : forall j, Rabs (tau j 0 - theta j 0) = Rabs (theta j 0))
    by (intros; rewrite T0, Rminus_0_l, Rabs_Ropp; reflexivity).
  assert (On : forall u, 0 <= u <= T ->
    (forall j x, (j < m)%nat -> 0 <= x <= u -> Rabs (tau j x - theta j x) <= r j) ->
    (forall j l x, (j < m)%nat -> (l < L)%nat -> 0 <= x <= u -> v j l x = e j l (tau j x)) /\
    forall j x, (0 < n)%nat -> (j < m)%nat -> 0 <= x <= u ->
      is_derive (tau j) x (exponential_loss m n A (coefficient L (at_time v x)) *
        pulled n A (share n (output_margin L m A e (fun j => tau j x))) j)).
  { intros u Hu In. apply (components_on_curves L m n A v e u Sol ltac:(lra) Start). intros j l x Hj Hl Hx.
    destruct (Around x ltac:(lra)) as [_ [_ A1]]. destruct (A1 j Hj) as [_ Tb].
    apply (Tb (tau j x) (In j x Hj Hx)), Hl. }
  assert (Ct : forall j u, continuous (tau j) u).
  { intros j u. apply (continuous_of_derive _ u (pull m n A (coefficient L (at_time v (Rmax 0 u))) j)).
    apply (primitive_derive (fun u => pull m n A (coefficient L (at_time v (Rmax 0 u))) j)).
    intros x. apply pull_continuous, Sol. }
  assert (All : forall u, 0 <= u <= T -> distance u <= grown u /\
    (forall j, (j < m)%nat -> Rabs (tau j u - theta j u) < r j /\
       Rabs (tau j u - theta j u) * sqrt (slope L (fun l => e j l (theta j u))) <= exp (/ 4) * sqrt (2 * distance u)) /\
    sqrt (Sum m (fun j => Sum L (fun l => (e j l (tau j u) - e j l (theta j u)) ^ 2))) <=
      exp (/ 4) * sqrt (2 * distance u)).
  { apply (tracking_tube L m n A e psi tau theta w b r mu G K g k 0 T Hn HT).
    - intros j Hj. destruct (Tube j Hj) as [Pb [Q _]]. auto.
    - intros u Hu. destruct (Around u Hu) as [Cg [Ck A1]]. split; [exact Cg | split; [exact Ck|]].
    intros j Hj. split; [apply Ct | apply A1, Hj].
    - intros u Hu. destruct (Moving u Hu) as [Pw [Sw Rest]]. split; [exact Pw | split; [|exact Rest]].
    unfold weights in Sw. rewrite Sw. apply exponential_loss_pos, Hn.
    - intros j u Hj Hu In. destruct (Moving u Hu) as [_ [Sw _]]. unfold weights in Sw. rewrite Sw.
    apply (On u ltac:(lra) In); auto. lra.
    - intros j Hj. rewrite From. apply Tube, Hj.
    - intros j Hj. destruct (Kept j Hj) as [ByError | ByTime]; [left; exact ByError | right].
    rewrite From, Rminus_0_r. exact ByTime. }
  destruct (All t Ht) as [D [_ Near]].
  destruct (On t Ht) as [Eq _]; [intros j x Hj Hx; left; apply (All x ltac:(lra)), Hj|].
  rewrite (Sum_ext m _ (fun j => Sum L (fun l => (e j l (tau j t) - e j l (theta j t)) ^ 2)))
    by (intros j Hj; apply Sum_ext; intros l Hl; rewrite (Eq j l t) by (auto; lra); reflexivity).
  eapply Rle_trans; [exact Near|]. apply Rmult_le_compat_l; [left; apply exp_pos|]. apply sqrt_le_1_alt. lra.
Qed.
