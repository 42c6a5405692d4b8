(* Real functions of time on the half line: continuous, differentiable at every t > 0.
   Constancy, monotonicity, a Groenwall bound, and convergence of a function whose speed is
   bounded by the speed of a convergent one. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums.
Open Scope R_scope.

(* Continuity is asked everywhere only for convenience: a function given on [0, inf) is
   extended by its value at 0, see [path_extend]. *)
Definition path (f df : R -> R) : Prop :=
  (forall t, continuous f t) /\ (forall t, 0 < t -> is_derive f t (df t)).

Lemma path_eq f df dg : path f df -> (forall t, 0 < t -> df t = dg t) -> path f dg.
Proof.
  intros [C D] E. split; auto. intros t Ht. rewrite <- E by auto. auto.
Qed.

Lemma path_ext f g df : (forall t, f t = g t) -> path f df -> path g df.
Proof.
  intros E P. replace g with f by (extensionality t; auto). exact P.
Qed.

(* a function that is right-continuous at 0 and continuous on (0, T), continued by its value at 0 *)
Lemma extend_continuous (f : R -> R) (T : Rbar) (t : R) : filterlim f (at_right 0) (locally (f 0)) ->
  (forall u, 0 < u -> Rbar_lt u T -> continuous f u) -> Rbar_lt t T -> continuous (fun t => f (Rmax 0 t)) t.
Proof.
  intros C D HT. destruct (Rtotal_order t 0) as [Hn|[->|Hp]].
  - apply (continuous_ext_loc _ (fun _ => f 0)); [|apply continuous_const].
    apply (locally_interval _ t m_infty 0); simpl; auto.
    intros s _ Hs. rewrite Rmax_left by lra. reflexivity.
  - unfold continuous. rewrite Rmax_left by lra.
    intros U HU. destruct (C U HU) as [e He]. destruct HU as [e0 He0]. exists e. intros s Hs.
    destruct (Rle_dec s 0) as [Hle|Hgt].
    + rewrite Rmax_left by auto. apply He0, ball_center.
    + rewrite Rmax_right by lra. apply He; auto; lra.
  - apply (continuous_ext_loc _ f).
    + apply (locally_interval _ t 0 p_infty); simpl; auto.
      intros s Hs _. rewrite Rmax_right by lra. reflexivity.
    + apply D; auto.
Qed.

Lemma path_extend f df :
  filterlim f (at_right 0) (locally (f 0)) -> (forall t, 0 < t -> is_derive f t (df t)) ->
  path (fun t => f (Rmax 0 t)) df.
Proof.
  intros C D. split.
  - intros t. apply (extend_continuous f p_infty); [exact C | | exact I]. intros u Hu _.
    apply (ex_derive_continuous f). exists (df u). auto.
  - intros t Ht. apply (is_derive_ext_loc f); auto.
    apply (locally_interval _ t 0 p_infty); simpl; auto.
    intros s Hs _. rewrite Rmax_right by lra. reflexivity.
Qed.

Lemma path_const c : path (fun _ => c) (fun _ => 0).
Proof. split; intros; [apply continuous_const | apply (is_derive_const c)]. Qed.

Lemma path_plus f g df dg : path f df -> path g dg ->
  path (fun t => f t + g t) (fun t => df t + dg t).
Proof.
  intros [C D] [C' D']. split; intros.
  - apply (continuous_plus f g); auto.
  - apply (is_derive_plus f g); auto.
Qed.

Lemma path_scal c f df : path f df -> path (fun t => c * f t) (fun t => c * df t).
Proof.
  intros [C D]. split; intros.
  - apply (continuous_scal_r c f); auto.
  - apply (is_derive_scal f); auto.
Qed.

Lemma path_minus f g df dg : path f df -> path g dg ->
  path (fun t => f t - g t) (fun t => df t - dg t).
Proof.
  intros [C D] [C' D']. split; intros.
  - apply (continuous_minus f g); auto.
  - apply (is_derive_minus f g); auto.
Qed.

Lemma path_mult f g df dg : path f df -> path g dg ->
  path (fun t => f t * g t) (fun t => df t * g t + f t * dg t).
Proof.
  intros [C D] [C' D']. split; intros.
  - apply (continuous_mult f g); auto.
  - apply (is_derive_mult f g); auto. intros; apply Rmult_comm.
Qed.

Lemma path_sq f df : path f df -> path (fun t => f t ^ 2) (fun t => 2 * f t * df t).
Proof.
  intros P. apply (path_ext (fun t => f t * f t)); [intros; ring|].
  apply (path_eq _ _ _ (path_mult _ _ _ _ P P)). intros; ring.
Qed.

Lemma path_sum n (f df : nat -> R -> R) : (forall k, (k < n)%nat -> path (f k) (df k)) ->
  path (fun t => Sum n (fun k => f k t)) (fun t => Sum n (fun k => df k t)).
Proof.
  induction n as [|n IH]; intros H; simpl.
  - apply path_const.
  - apply path_plus; auto.
Qed.

Lemma path_prod n (f df : nat -> R -> R) : (forall k, (k < n)%nat -> path (f k) (df k)) ->
  path (fun t => Prod n (fun k => f k t))
       (fun t => Sum n (fun k => df k t * ProdBut n (fun l => f l t) k)).
Proof.
  induction n as [|n IH]; intros H.
  - simpl. apply path_const.
  - simpl Prod. apply (path_eq _ _ _ (path_mult _ _ _ _ (IH ltac:(auto)) (H n ltac:(lia)))).
    intros t Ht. simpl Sum. rewrite ProdBut_last, <- Sum_scal_r. f_equal; [|ring].
    apply Sum_ext. intros k Hk. rewrite ProdBut_S by lia. ring.
Qed.

(* outer function differentiable on the whole line *)
Lemma path_comp f df (g dg : R -> R) : path f df -> (forall x, is_derive g x (dg x)) ->
  path (fun t => g (f t)) (fun t => df t * dg (f t)).
Proof.
  intros [C D] Dg. split; intros.
  - apply (continuous_comp f g); auto. apply (ex_derive_continuous g). exists (dg (f t)); apply Dg.
  - apply (is_derive_comp g f); auto.
Qed.

Lemma path_exp k : path (fun t => exp (k * t)) (fun t => k * exp (k * t)).
Proof.
  split; intros t.
  - apply (ex_derive_continuous (fun t => exp (k * t))). auto_derive; auto.
  - intros _. auto_derive; auto. ring.
Qed.

Lemma is_derive_Sum N (f : nat -> R -> R) (df : nat -> R) t : (forall k, (k < N)%nat -> is_derive (f k) t (df k)) ->
  is_derive (fun t => Sum N (fun k => f k t)) t (Sum N df).
Proof.
  induction N as [|N IH]; intros H; simpl; [apply (is_derive_const 0)|].
  apply (is_derive_plus (fun t => Sum N (fun k => f k t)) (f N)); auto.
Qed.

(* --- monotonicity --- *)

Lemma path_increasing_between f df s t :
  path f df -> 0 <= s <= t -> (forall u, s < u < t -> 0 <= df u) -> f s <= f t.
Proof.
  intros [C D] Hst P.
  destruct (MVT_gen f s t (fun u => if Rlt_dec s u then if Rlt_dec u t then df u else 0 else 0)) as [c [_ E]].
  - intros u Hu. rewrite Rmin_left, Rmax_right in Hu by lra. destruct (Rlt_dec s u), (Rlt_dec u t); try lra. apply D.
    lra.
  - intros u _. apply continuity_pt_filterlim, C.
  - assert (0 <= if Rlt_dec s c then if Rlt_dec c t then df c else 0 else 0)
      by (destruct (Rlt_dec s c), (Rlt_dec c t); auto; lra). nra.
Qed.

Lemma path_increasing f df s t : path f df -> (forall u, 0 < u -> 0 <= df u) ->
  0 <= s <= t -> f s <= f t.
Proof. intros P H Hst. apply (path_increasing_between f df); auto. intros; apply H; lra. Qed.

Lemma path_constant f t : path f (fun _ => 0) -> 0 <= t -> f t = f 0.
Proof.
  intros P Ht. apply Rle_antisym.
  - pose proof (path_increasing _ _ 0 t (path_scal (-1) _ _ P) ltac:(intros; lra)). simpl in *. lra.
  - apply (path_increasing _ _ _ _ P); [intros; lra | lra].
Qed.

(* p' = g q, q' = g p: p + q and p - q grow as exp(w) and exp(-w), w the integral of g *)
Lemma sums_grow p q g w t e : path p (fun t => g t * q t) -> path q (fun t => g t * p t) -> path w g -> w 0 = 0 ->
  0 <= t -> e = 1 \/ e = -1 -> p t + e * q t = (p 0 + e * q 0) * exp (e * w t).
Proof.
  intros Pp Pq Pw W0 Ht He.
  assert (Pe : path (fun t => exp (- e * w t)) (fun t => - e * g t * exp (- e * w t))).
  { apply (path_comp (fun t => - e * w t) (fun t => - e * g t) exp exp);
      [apply path_scal, Pw | intros; apply is_derive_exp]. }
  assert (P : path (fun t => (p t + e * q t) * exp (- e * w t)) (fun _ => 0)).
  { apply (path_eq _ _ _ (path_mult _ _ _ _ (path_plus _ _ _ _ Pp (path_scal e _ _ Pq)) Pe)).
    intros u _. destruct He as [-> | ->]; ring. }
  pose proof (path_constant _ t P Ht) as K. cbv beta in K. rewrite W0, Rmult_0_r, exp_0, Rmult_1_r in K.
  rewrite <- K, Rmult_assoc, <- exp_plus. replace (- e * w t + e * w t) with 0 by ring. rewrite exp_0. ring.
Qed.

(* f' <= - c f gives exponential decay *)
Lemma groenwall f df c t : path f df -> (forall u, 0 < u -> df u <= - c * f u) ->
  0 <= t -> f t <= f 0 * exp (- c * t).
Proof.
  intros P H Ht.
  pose proof (path_increasing _ _ 0 t (path_scal (-1) _ _ (path_mult _ _ _ _ (path_exp c) P))) as M.
  simpl in M. rewrite Rmult_0_r, exp_0 in M.
  assert (E : exp (c * t) * f t <= f 0).
  { enough (-1 * (1 * f 0) <= -1 * (exp (c * t) * f t)) by lra. apply M; [|lra].
    intros u Hu. pose proof (H u Hu). pose proof (exp_pos (c * u)). nra. }
  replace (- c * t) with (- (c * t)) by ring. rewrite exp_Ropp.
  pose proof (exp_pos (c * t)) as Pe.
  apply (Rmult_le_reg_l (exp (c * t))); auto.
  replace (exp (c * t) * (f 0 * / exp (c * t))) with (f 0) by (field; lra). exact E.
Qed.

(* --- convergence --- *)

(* x^2 <= d gives |x| <= (w d + 1 / w) / 2 *)
Lemma young x d w : 0 < w -> x ^ 2 <= d -> Rabs x <= / 2 * (w * d + / w).
Proof.
  intros Hw Hx. pose proof (Rinv_0_lt_compat _ Hw) as Hi.
  assert (Q : 2 * Rabs x <= w * x ^ 2 + / w).
  { rewrite <- (pow2_abs x). set (b := Rabs x).
    assert (S : 0 <= / w * (w * b - 1) ^ 2) by (apply Rmult_le_pos; [lra | apply pow2_ge_0]).
    replace (/ w * (w * b - 1) ^ 2) with (w * b ^ 2 + / w - 2 * b) in S by (field; lra). lra. }
  assert (w * x ^ 2 <= w * d) by (apply Rmult_le_compat_l; lra). lra.
Qed.

Lemma path_dominated f df P dP s t : path f df -> path P dP ->
  (forall u, 0 < u -> Rabs (df u) <= dP u) -> 0 <= s <= t ->
  Rabs (f t - f s) <= P t - P s.
Proof.
  intros Pf PP H Hst. apply Rabs_le. split.
  - pose proof (path_increasing _ _ s t (path_plus _ _ _ _ PP Pf)) as M. simpl in M.
    enough (P s + f s <= P t + f t) by lra. apply M; auto.
    intros u Hu. pose proof (H u Hu) as B. apply Rabs_le_between in B. lra.
  - pose proof (path_increasing _ _ s t (path_minus _ _ _ _ PP Pf)) as M. simpl in M.
    enough (P s - f s <= P t - f t) by lra. apply M; auto.
    intros u Hu. pose proof (H u Hu) as B. apply Rabs_le_between in B. lra.
Qed.

Lemma path_converges f df P dP p : path f df -> path P dP ->
  (forall u, 0 < u -> Rabs (df u) <= dP u) -> is_lim P p_infty (Finite p) ->
  exists l : R, is_lim f p_infty (Finite l) /\ forall t, 0 <= t -> Rabs (l - f t) <= p - P t.
Proof.
  intros Pf PP H LP.
  assert (Dom : forall s t, 0 <= s <= t -> Rabs (f t - f s) <= P t - P s)
    by (intros; eapply path_dominated; eauto).
  assert (Pinc : forall s t, 0 <= s <= t -> P s <= P t).
  { intros s t Hst. pose proof (Dom s t Hst). pose proof (Rabs_pos (f t - f s)). lra. }
  assert (Ple : forall t, 0 <= t -> P t <= p).
  { intros t Ht. apply (is_lim_le_loc (fun _ => P t) P p_infty (P t) p); auto.
    - exists t. intros u Hu. apply Pinc; lra.
    - apply is_lim_const. }
  destruct (proj1 (filterlim_locally_cauchy (U := R_CompleteSpace) (F := Rbar_locally p_infty) f))
    as [l Hl].
  - intros eps. apply is_lim_spec in LP. destruct (LP eps) as [M HM].
    exists (fun t => Rmax 0 M < t). split.
    + exists (Rmax 0 M). auto.
    + assert (Main : forall u v, Rmax 0 M < u -> u <= v -> Rabs (f v - f u) < eps).
      { intros u v Hu Huv. pose proof (Rmax_l 0 M). pose proof (Rmax_r 0 M).
        eapply Rle_lt_trans; [apply Dom; lra|].
        pose proof (HM u ltac:(lra)) as B. apply Rabs_lt_between in B.
        pose proof (Ple v ltac:(lra)). lra. }
      intros u v Hu Hv. change (Rabs (f v - f u) < eps).
      destruct (Rle_dec u v); [apply Main; auto|].
      rewrite Rabs_minus_sym. apply Main; auto; lra.
  - exists l. split; [exact Hl|]. intros t Ht.
    apply (is_lim_le_loc (fun u => Rabs (f u - f t)) (fun u => P u - P t) p_infty
             (Rabs (l - f t)) (p - P t)).
    + exists t. intros u Hu. apply Dom; lra.
    + apply (is_lim_comp_continuous (fun u => f u - f t) Rabs); [|apply continuous_Rabs].
      apply is_lim_minus'; [exact Hl | apply is_lim_const].
    + apply is_lim_minus'; [exact LP | apply is_lim_const].
Qed.

(* --- limits of sums, products, exponentials --- *)

Lemma is_lim_Sum n (f : nat -> R -> R) (l : nat -> R) :
  (forall k, (k < n)%nat -> is_lim (f k) p_infty (l k)) ->
  is_lim (fun t => Sum n (fun k => f k t)) p_infty (Sum n l).
Proof.
  induction n as [|n IH]; intros H; simpl.
  - apply is_lim_const.
  - apply (is_lim_plus' (fun t => Sum n (fun k => f k t)) (f n)); auto.
Qed.

Lemma is_lim_Prod n (f : nat -> R -> R) (l : nat -> R) :
  (forall k, (k < n)%nat -> is_lim (f k) p_infty (l k)) ->
  is_lim (fun t => Prod n (fun k => f k t)) p_infty (Prod n l).
Proof.
  induction n as [|n IH]; intros H; simpl.
  - apply is_lim_const.
  - apply (is_lim_mult (fun t => Prod n (fun k => f k t)) (f n) p_infty (Prod n l) (l n)); simpl; auto.
Qed.

Lemma is_lim_scale c f (l : R) :
  is_lim f p_infty l -> is_lim (fun t => c * f t) p_infty (Finite (c * l)).
Proof. intros H. apply (is_lim_scal_l f c p_infty l); auto. Qed.

Lemma is_lim_exp_decay_infinite (f : R -> R) c : is_lim f p_infty p_infty -> 0 < c ->
  is_lim (fun t => exp (- c * f t)) p_infty 0.
Proof.
  intros Lf Pc. apply (is_lim_comp exp (fun t => - c * f t) p_infty 0 m_infty).
  - apply is_lim_exp_m.
  - assert (M : Rbar_mult (- c) p_infty = m_infty).
    { simpl. destruct (Rle_dec 0 (- c)) as [Hle|]; [exfalso; lra | reflexivity]. }
    rewrite <- M. apply is_lim_scal_l, Lf.
  - exists 0. discriminate.
Qed.

Lemma is_lim_exp_decay c a : 0 < c -> is_lim (fun t => a * exp (- c * t)) p_infty 0.
Proof.
  intros Hc. rewrite <- (Rmult_0_r a). apply is_lim_scale, (is_lim_exp_decay_infinite (fun t => t)); auto.
  apply is_lim_id.
Qed.

Lemma is_lim_squeeze0 f g :
  (forall t, 0 <= t -> 0 <= f t <= g t) -> is_lim g p_infty 0 -> is_lim f p_infty 0.
Proof.
  intros H Hg. apply (is_lim_le_le_loc (fun _ => 0) g); auto; [|apply is_lim_const].
  exists 0. intros t Ht. apply H. lra.
Qed.

Lemma is_lim_same f (a b : R) : is_lim f p_infty a -> is_lim f p_infty b -> a = b.
Proof.
  intros Ha Hb. apply is_lim_unique in Ha. apply is_lim_unique in Hb. congruence.
Qed.
