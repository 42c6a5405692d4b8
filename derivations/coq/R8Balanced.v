(* Matrix sensing from balanced starts, W_l(0) = alpha I for all layers,
   the last one included (Gunasekar et al. 2017: two
   layers, which stay equal and symmetric, X = U U^T): commuting symmetric sensors, some positive definite matrix fits.
   The product tends to X = Q diag(q_j^L) Q^T, positive definite, and log(X / alpha^2) (L = 2) is a combination of the
   sensors; R5 with ties on the eigenvalues. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality Setoid.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Potential Kkt ImplicitBias Conserved Sensing Uniqueness R8Conjugation
  R8Diagonal R8CommutingSensing
  R8Eigenbasis FromStart R8Sensing BalancedStart.
Open Scope R_scope.

Definition positive_definite (d : nat) (Z : matrix) : Prop := forall x : nat -> R, (exists p, (p < d)%nat /\
  x p <> 0) ->
  0 < Sum d (fun p => x p * Sum d (fun q => x q * Z p q)).

(* two layers of a coordinate that start equal stay equal *)
Lemma equal_layers L m n A y (v : nat -> nat -> R -> R) : solution L m n A y v -> forall j l l' t, (j < m)%nat ->
  (l < L)%nat -> (l' < L)%nat -> 0 <= t -> v j l 0 = v j l' 0 -> v j l t = v j l' t.
Proof.
  intros Sol j l l' t Hj Hl Hl' Ht E. destruct (Nat.eq_dec l l') as [->|Ne]; [reflexivity|].
  pose proof (extend_solution L m n A y v Sol) as X.
  assert (Vt : forall k t, 0 <= t -> extend v j k t = v j k t) by (intros; unfold extend; rewrite Rmax_right; auto).
  set (rest := fun t => ProdBut L (fun k => if Nat.eqb k l' then 1 else extend v j k t) l).
  set (h := fun t => - dual_gradient L m n A y (at_time (extend v) t) j * rest t).
  assert (Two : forall a b t, a <> b -> (a < L)%nat -> (b < L)%nat ->
    ProdBut L (fun k => extend v j k t) a = extend v j b t *
      ProdBut L (fun k => if Nat.eqb k a then 1 else extend v j k t) b).
  { intros a b s N Ha Hb. unfold ProdBut at 1. rewrite <- (ProdBut_mul L _ b Hb). cbv beta.
    destruct (Nat.eqb_spec b a); [congruence | reflexivity]. }
  assert (Ch : forall u, continuous h u).
  { intros u. apply (continuous_mult (fun t => - dual_gradient L m n A y (at_time (extend v) t) j) rest).
    - apply (continuous_opp (fun t => dual_gradient L m n A y (at_time (extend v) t) j)).
      apply (dual_gradient_cont L m n A y (extend v) X).
    - unfold rest, ProdBut.
      apply (continuous_Prod L (fun k s => if Nat.eqb k l then 1 else if Nat.eqb k l' then 1 else extend v j k s)).
      intros k Hk. destruct (Nat.eqb k l); [apply continuous_const|].
      destruct (Nat.eqb k l'); [apply continuous_const | apply (X j k Hj Hk)]. }
  pose proof (proportional_path (fun t => extend v j l t - extend v j l' t) h t) as K. cbv beta in K.
  rewrite !(Vt _ 0), E, Rminus_eq_0 in K by lra.
  assert (Z : (extend v j l t - extend v j l' t) * exp (RInt h 0 t) = 0).
  { apply K; auto. apply (path_eq _ _ _ (path_minus _ _ _ _ (X j l Hj Hl) (X j l' Hj Hl'))). intros u _.
    unfold velocity, h, at_time. fold (at_time (extend v) u).
    change (fun k => at_time (extend v) u j k) with (fun k => extend v j k u).
    change (fun k => extend v j k u) with (fun k => extend v j k u).
    rewrite (Two l l' u Ne Hl Hl'), (Two l' l u (not_eq_sym Ne) Hl' Hl).
    assert (Sw : ProdBut L (fun k => if Nat.eqb k l then 1 else extend v j k u) l' = rest u).
    { apply Prod_ext. intros k _. destruct (Nat.eqb_spec k l), (Nat.eqb_spec k l'); try lia; reflexivity. }
    rewrite Sw. unfold rest. ring. }
  pose proof (exp_pos (RInt h 0 t)) as Px. rewrite !Vt in Z by auto. apply Rmult_integral in Z. lra.
Qed.

Theorem balanced_sensing_from L n d (A : nat -> matrix) y mu alpha Z : (2 <= L)%nat ->
  (forall i, (i < n)%nat -> symmetric d (A i)) ->
  (forall i i', (i < n)%nat -> (i' < n)%nat -> commute d (A i) (A i')) -> 0 < mu -> sensor_rank_bound d n A mu ->
  0 < alpha -> positive_definite d Z -> (forall i, (i < n)%nat -> frobenius d (A i) Z = y i) ->
  exists (Q : matrix) (lam : nat -> nat -> R),
    orthogonal d Q /\ (forall i, (i < n)%nat -> agree d (A i) (spectral d Q (lam i))) /\
    from_matrices L (fun _ => d) (sensing_gradient_flow L n (fun _ => d) A (squared y)) (fun _ p q =>
      alpha * identity p q)
      (fun V => exists q nu : nat -> R,
        (forall j, (j < d)%nat -> 0 < q j) /\ feasible d n lam y (fun j => q j ^ L) /\
        (* all layers stay equal and symmetric *)
        (forall l t, (l < L)%nat -> 0 <= t -> agree d (V l t) (V 0%nat t) /\ symmetric d (V l t)) /\
        (forall p r, (p < d)%nat -> (r < d)%nat ->
           is_lim (fun t => product (fun _ => d) L (matrix_at V t) p r) p_infty (spectral d Q (fun j =>
             q j ^ L) p r)) /\
        forall j, (j < d)%nat -> balanced_dual L alpha (q j) = Sum n (fun i => lam i j * nu i)).
Proof.
  intros HL Sy Co Pmu Rk Pa Pd Fit.
  destruct (sensing_eigenbasis L n d A identity mu) as [Q [lam [etabar [O [HA [HI [_ Rl]]]]]]]; auto.
  { intros p q Hp Hq. unfold transpose, identity, delta. rewrite Nat.eqb_sym. reflexivity. }
  { intros i Hi. unfold commute. rewrite identity_left, identity_right. reflexivity. }
  { intros x H p Hp. specialize (H p Hp). unfold identity in H. rewrite Sum_delta in H; auto. }
  pose proof (identity_eigenvalues d Q etabar O HI) as One.
  exists Q, lam. split; [exact O | split; [exact HA | split; [apply sensing_one_flow|]]]. intros V Fl St.
  assert (Start : forall l, (l < L)%nat -> agree d (V l 0) (spectral d Q (fun _ => alpha))).
  { intros l Hl p q Hp Hq. rewrite (St l p q Hl Hp Hq), (HI p q Hp Hq). unfold spectral. rewrite <- Sum_scal_l.
    apply Sum_ext. intros j Hj. rewrite One by auto. ring. }
  pose proof (eigenvalue_solution L n d A Q lam V (fun _ _ => alpha) O HA Start y Fl) as Sol.
  destruct (equal_factors L d n lam y (fun _ => alpha) (fun j => conj d Q Z j j) (fun j l =>
    eigenvalue d Q V l j) mu HL)
    as [_ [_ [_ [q [nu [Lim [Feas [Dual _]]]]]]]]; auto.
  - intros j l Hj Hl. unfold eigenvalue. rewrite (conj_agree d Q _ _ (Start l Hl)) by auto.
    apply (conj_spectral_diagonal d Q O (fun _ => alpha)); auto.
  - intros i Hi. rewrite <- (Fit i Hi), (inner_agree d _ _ Z Z (HA i Hi) (fun p q _ _ => eq_refl)).
    symmetry. apply (inner_spectral d Q O).
  - intros j Hj. rewrite conj_entry. apply (Pd (fun p => Q p j)).
    destruct O as [O1 _]. specialize (O1 j j Hj Hj). unfold mul, transpose, identity in O1. rewrite delta_same in O1.
    destruct (Classical_Prop.classic (exists p, (p < d)%nat /\ Q p j <> 0)) as [|N]; auto. exfalso.
    rewrite (Sum_zero d) in O1; [lra|]. intros p Hp. destruct (Req_dec (Q p j) 0) as [->|Np]; [ring|].
    exfalso. apply N. exists p. auto.
  - exists q, nu. split; [intros j Hj; apply (Lim j Hj) | split; [exact Feas | split; [|split; [|exact Dual]]]].
    { pose proof (square_flow L n d A V y Fl) as Sq.
      assert (Same : forall l j t, (l < L)%nat -> (j < d)%nat -> 0 <= t ->
        eigenvalue d Q V l j t = eigenvalue d Q V 0 j t).
      { intros l j t Hl Hj Ht. apply (equal_layers L d n lam y (fun j l => eigenvalue d Q V l j) Sol); auto; [lia|].
        unfold eigenvalue. rewrite (conj_agree d Q _ _ (Start l Hl)), (conj_agree d Q _ _ (Start 0%nat ltac:(lia)))
          by auto. reflexivity. }
      pose proof (fun l t => stays_spectral L n d A Q lam V (fun _ _ => alpha) O HA Start (squared_slope y)
        (fun i _ => squared_lipschitz y i) Sq l t) as Sp.
      intros l t Hl Ht. split.
      - rewrite (Sp l t Hl Ht), (Sp 0%nat t ltac:(lia) Ht). rewrite (spectral_agree d Q _ (fun j =>
          eigenvalue d Q V 0 j t));
          [reflexivity | intros j Hj; apply Same; auto].
      - unfold symmetric. rewrite (Sp l t Hl Ht). intros a b _ _. unfold transpose, spectral. apply Sum_ext. intros;
          ring. }
    intros p r Hp Hr.
    apply (is_lim_ext_loc (fun t => Sum d (fun j => Q p j * (Prod L (fun l => eigenvalue d Q V l j t) * Q r j)))).
    + exists 0. intros t Ht. symmetry.
      apply (product_spectral L n d A Q lam V (fun _ _ => alpha) O HA Start (squared_slope y)
        (fun i _ => squared_lipschitz y i) (square_flow L n d A V y Fl) t ltac:(lra) p r Hp Hr).
    + apply (is_lim_Sum d (fun j t => Q p j * (Prod L (fun l => eigenvalue d Q V l j t) * Q r j))
        (fun j => Q p j * (q j ^ L * Q r j))). intros j Hj. apply is_lim_scale.
      apply (is_lim_ext (fun t => Q r j * Prod L (fun l => eigenvalue d Q V l j t))); [intros; ring|].
      rewrite (Rmult_comm (q j ^ L)). apply is_lim_scale. apply (Lim j Hj).
Qed.
