(* Uniqueness of flows x' = F(x) in R^N for locally Lipschitz F, and a calculus that shows polynomials (and compositions
   with locally Lipschitz functions of one variable) to be locally Lipschitz.
   A flow until T (T real or +infinity) is given on [0, T): right-continuous at 0, differentiable with the stated
   derivative after, as in the rest of the library. Two of them with the same start agree: the function exp(-2 K N t) |x
   - z|^2 does not increase on an interval where both stay in a box on which K is a Lipschitz constant. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths.
Open Scope R_scope.

Definition distance (N : nat) (x z : nat -> R) : R := Sum N (fun k => Rabs (x k - z k)).
Definition in_box (N : nat) (r : R) (x : nat -> R) : Prop := forall k, (k < N)%nat -> Rabs (x k) <= r.

(* Lipschitz on every box *)
Definition locally_lipschitz (N : nat) (f : (nat -> R) -> R) : Prop :=
  forall r, exists K, 0 <= K /\ forall x z, in_box N r x -> in_box N r z -> Rabs (f x - f z) <= K * distance N x z.

(* the same for functions of one variable *)
Definition locally_lipschitz_scalar (h : R -> R) : Prop :=
  forall r, exists K, 0 <= K /\ forall u w, Rabs u <= r -> Rabs w <= r -> Rabs (h u - h w) <= K * Rabs (u - w).

Definition flow_until (N : nat) (F : (nat -> R) -> nat -> R) (T : Rbar) (x : nat -> R -> R) : Prop :=
  forall i, (i < N)%nat ->
    filterlim (x i) (at_right 0) (locally (x i 0)) /\
    forall t, 0 < t -> Rbar_lt t T -> is_derive (x i) t (F (fun k => x k t) i).

(* --- which functions are locally Lipschitz --- *)
Section Calculus.
Variable N : nat.

Lemma distance_nonneg x z : 0 <= distance N x z.
Proof. apply Sum_nonneg. intros; apply Rabs_pos. Qed.

Lemma lipschitz_const c : locally_lipschitz N (fun _ => c).
Proof.
  intros r. exists 0. split; [lra|]. intros x z _ _. rewrite Rminus_eq_0, Rabs_R0. lra.
Qed.

Lemma lipschitz_coordinate k : (k < N)%nat -> locally_lipschitz N (fun x => x k).
Proof.
  intros Hk r. exists 1. split; [lra|]. intros x z _ _. rewrite Rmult_1_l.
  apply (Sum_term N (fun k => Rabs (x k - z k))); auto. intros; apply Rabs_pos.
Qed.

Lemma lipschitz_plus f g : locally_lipschitz N f -> locally_lipschitz N g -> locally_lipschitz N (fun x => f x + g x).
Proof.
  intros Hf Hg r. destruct (Hf r) as [K [K0 HK]]. destruct (Hg r) as [K' [K0' HK']]. exists (K + K'). split; [lra|].
  intros x z Bx Bz. replace (f x + g x - (f z + g z)) with ((f x - f z) + (g x - g z)) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. pose proof (HK x z Bx Bz). pose proof (HK' x z Bx Bz). lra.
Qed.

(* bounded on every box *)
Lemma lipschitz_bounded f r : locally_lipschitz N f -> exists B, 0 <= B /\ forall x, in_box N r x -> Rabs (f x) <= B.
Proof.
  intros Hf. destruct (Rle_dec 0 r) as [Hr|Hr].
  - destruct (Hf r) as [K [K0 HK]]. exists (Rabs (f (fun _ => 0)) + K * Sum N (fun _ => r)).
    assert (S0 : 0 <= Sum N (fun _ => r)) by (apply Sum_nonneg; auto).
    split; [apply Rplus_le_le_0_compat; [apply Rabs_pos | apply Rmult_le_pos; auto]|].
    intros x Bx. replace (f x) with (f (fun _ => 0) + (f x - f (fun _ => 0))) by ring.
    eapply Rle_trans; [apply Rabs_triang|]. apply Rplus_le_compat_l.
    eapply Rle_trans; [apply HK; auto; intros k _; rewrite Rabs_R0; auto|].
    apply Rmult_le_compat_l; auto. apply Sum_le. intros k Hk. rewrite Rminus_0_r. auto.
  - destruct N as [|N'] eqn:EN.
    + exists (Rabs (f (fun _ => 0))). split; [apply Rabs_pos|]. intros x Bx.
      destruct (Hf 0) as [K [K0 HK]]. assert (D : Rabs (f x - f (fun _ => 0)) <= 0).
      { eapply Rle_trans; [apply HK; intros k Hk; lia|]. unfold distance. simpl. lra. }
      replace (f x) with (f (fun _ => 0) + (f x - f (fun _ => 0))) by ring.
      eapply Rle_trans; [apply Rabs_triang|]. lra.
    + exists 0. split; [lra|]. intros x Bx. exfalso. pose proof (Bx 0%nat ltac:(lia)) as B.
      pose proof (Rabs_pos (x 0%nat)). lra.
Qed.

Lemma lipschitz_mult f g : locally_lipschitz N f -> locally_lipschitz N g -> locally_lipschitz N (fun x => f x * g x).
Proof.
  intros Hf Hg r. destruct (Hf r) as [K [K0 HK]]. destruct (Hg r) as [K' [K0' HK']].
  destruct (lipschitz_bounded f r Hf) as [B [B0 HB]]. destruct (lipschitz_bounded g r Hg) as [B' [B0' HB']].
  exists (K * B' + B * K'). split; [apply Rplus_le_le_0_compat; apply Rmult_le_pos; auto|].
  intros x z Bx Bz. replace (f x * g x - f z * g z) with ((f x - f z) * g x + f z * (g x - g z)) by ring.
  eapply Rle_trans; [apply Rabs_triang|]. rewrite !Rabs_mult, Rmult_plus_distr_r.
  pose proof (distance_nonneg x z) as D0.
  apply Rplus_le_compat.
  - replace (K * B' * distance N x z) with (K * distance N x z * B') by ring.
    apply Rmult_le_compat; auto using Rabs_pos.
  - rewrite Rmult_assoc. apply Rmult_le_compat; auto using Rabs_pos.
Qed.

Lemma lipschitz_ext f g : (forall x, f x = g x) -> locally_lipschitz N f -> locally_lipschitz N g.
Proof. intros E Hf r. destruct (Hf r) as [K [K0 HK]]. exists K. split; auto. intros x z Bx Bz. rewrite <- !E. auto. Qed.

Lemma lipschitz_opp f : locally_lipschitz N f -> locally_lipschitz N (fun x => - f x).
Proof.
  intros Hf. apply (lipschitz_ext (fun x => -1 * f x)); [intros; ring|]. apply lipschitz_mult; auto.
  apply lipschitz_const.
Qed.

Lemma lipschitz_Sum p (f : nat -> (nat -> R) -> R) : (forall i, (i < p)%nat -> locally_lipschitz N (f i)) ->
  locally_lipschitz N (fun x => Sum p (fun i => f i x)).
Proof.
  induction p as [|p IH]; intros H; simpl; [apply lipschitz_const|]. apply lipschitz_plus; auto.
Qed.

Lemma lipschitz_Prod p (f : nat -> (nat -> R) -> R) : (forall i, (i < p)%nat -> locally_lipschitz N (f i)) ->
  locally_lipschitz N (fun x => Prod p (fun i => f i x)).
Proof.
  induction p as [|p IH]; intros H; simpl; [apply lipschitz_const|]. apply lipschitz_mult; auto.
Qed.

Lemma lipschitz_comp h f : locally_lipschitz_scalar h -> locally_lipschitz N f ->
  locally_lipschitz N (fun x => h (f x)).
Proof.
  intros Hh Hf r. destruct (lipschitz_bounded f r Hf) as [B [B0 HB]]. destruct (Hf r) as [K [K0 HK]].
  destruct (Hh B) as [C [C0 HC]]. exists (C * K). split; [apply Rmult_le_pos; auto|]. intros x z Bx Bz.
  eapply Rle_trans; [apply HC; auto|]. rewrite Rmult_assoc. apply Rmult_le_compat_l; auto.
Qed.

(* one constant for finitely many functions *)
Lemma lipschitz_common p (f : nat -> (nat -> R) -> R) r : (forall i, (i < p)%nat -> locally_lipschitz N (f i)) ->
  exists K, 0 <= K /\ forall i x z, (i < p)%nat -> in_box N r x -> in_box N r z ->
    Rabs (f i x - f i z) <= K * distance N x z.
Proof.
  induction p as [|p IH]; intros H.
  - exists 0. split; [lra|]. intros; lia.
  - destruct (IH ltac:(auto)) as [K [K0 HK]]. destruct (H p ltac:(lia) r) as [K' [K0' HK']].
    exists (K + K'). split; [lra|]. intros i x z Hi Bx Bz. pose proof (distance_nonneg x z) as D.
    rewrite Rmult_plus_distr_r.
    assert (0 <= K * distance N x z) by (apply Rmult_le_pos; auto).
    assert (0 <= K' * distance N x z) by (apply Rmult_le_pos; auto).
    destruct (Nat.eq_dec i p) as [->|Ne]; [pose proof (HK' x z Bx Bz) | pose proof (HK i x z ltac:(lia) Bx Bz)]; lra.
Qed.
End Calculus.

(* functions of one variable with a continuous derivative *)
Lemma smooth_lipschitz (h dh : R -> R) : (forall u, is_derive h u (dh u)) -> (forall u, continuous dh u) ->
  locally_lipschitz_scalar h.
Proof.
  intros D C r. destruct (Rle_dec 0 r) as [Hr|Hr].
  - destruct (continuity_ab_maj (fun u => Rabs (dh u)) (- r) r ltac:(lra)) as [p [Hp _]].
    { intros c _. apply continuity_pt_filterlim, (continuous_comp dh Rabs); [apply C | apply continuous_Rabs]. }
    exists (Rabs (dh p)). split; [apply Rabs_pos|]. intros u w Hu Hw. apply Rabs_le_between in Hu.
    apply Rabs_le_between in Hw.
    destruct (MVT_gen h w u dh) as [c [Hc E]].
    + intros; apply D.
    + intros v _. apply continuity_pt_filterlim, (ex_derive_continuous h). exists (dh v). apply D.
    + rewrite E, Rabs_mult. apply Rmult_le_compat_r; [apply Rabs_pos|]. apply Hp.
      split; [eapply Rle_trans; [|apply Hc]; apply Rmin_glb; lra | eapply Rle_trans; [apply Hc|]; apply Rmax_lub; lra].
  - exists 0. split; [lra|]. intros u w Hu. exfalso. pose proof (Rabs_pos u). lra.
Qed.

(* --- sums of functions of time --- *)
Lemma continuous_Sum N (f : nat -> R -> R) t : (forall k, (k < N)%nat -> continuous (f k) t) ->
  continuous (fun t => Sum N (fun k => f k t)) t.
Proof.
  induction N as [|N IH]; intros H; simpl; [apply continuous_const|].
  apply (continuous_plus (fun t => Sum N (fun k => f k t)) (f N)); auto.
Qed.

(* finitely many continuous functions are bounded on [0, t] *)
Lemma common_bound N (f : nat -> R -> R) t : 0 <= t -> (forall k u, (k < N)%nat -> 0 <= u <= t -> continuous (f k) u) ->
  exists r, 0 <= r /\ forall k u, (k < N)%nat -> 0 <= u <= t -> Rabs (f k u) <= r.
Proof.
  intros Ht. induction N as [|N IH]; intros C.
  - exists 0. split; [lra|]. intros; lia.
  - destruct (IH ltac:(auto)) as [r [R0 Hr]].
    destruct (continuity_ab_maj (fun u => Rabs (f N u)) 0 t Ht) as [p [Hp _]].
    { intros c Hc. apply continuity_pt_filterlim, (continuous_comp (f N) Rabs); [apply C; auto | apply continuous_Rabs].
      }
    exists (Rmax r (Rabs (f N p))). split; [eapply Rle_trans; [exact R0 | apply Rmax_l]|].
    intros k u Hk Hu. destruct (Nat.eq_dec k N) as [->|Ne].
    + eapply Rle_trans; [apply Hp; auto | apply Rmax_r].
    + eapply Rle_trans; [apply Hr; auto; lia | apply Rmax_l].
Qed.

(* --- uniqueness --- *)
Theorem flow_unique (N : nat) (F : (nat -> R) -> nat -> R) (T : Rbar) (x z : nat -> R -> R) :
  (forall i, (i < N)%nat -> locally_lipschitz N (fun u => F u i)) ->
  flow_until N F T x -> flow_until N F T z ->
  (forall i, (i < N)%nat -> x i 0 = z i 0) ->
  forall i t, (i < N)%nat -> 0 <= t -> Rbar_lt t T -> x i t = z i t.
Proof.
  intros Lip Fx Fz Start i t Hi Ht HT.
  set (xe := fun k t => x k (Rmax 0 t)). set (ze := fun k t => z k (Rmax 0 t)).
  assert (Below : forall u, u <= t -> Rbar_lt u T) by (intros u Hu; destruct T; simpl in *; auto; lra).
  assert (Cx : forall k u, (k < N)%nat -> 0 <= u <= t -> continuous (xe k) u).
  { intros k u Hk Hu. destruct (Fx k Hk) as [C D]. apply (extend_continuous (x k) T u C); [|apply Below; lra].
    intros w Pw Hw. apply (ex_derive_continuous (x k)). eexists. apply D; auto. }
  assert (Cz : forall k u, (k < N)%nat -> 0 <= u <= t -> continuous (ze k) u).
  { intros k u Hk Hu. destruct (Fz k Hk) as [C D]. apply (extend_continuous (z k) T u C); [|apply Below; lra].
    intros w Pw Hw. apply (ex_derive_continuous (z k)). eexists. apply D; auto. }
  assert (Dx : forall k u, (k < N)%nat -> 0 < u < t -> is_derive (xe k) u (F (fun k => xe k u) k)).
  { intros k u Hk Hu. destruct (Fx k Hk) as [_ D].
    assert (Eq : (fun k => xe k u) = (fun k => x k u))
      by (extensionality q; unfold xe; rewrite Rmax_right by lra; reflexivity).
    rewrite Eq. apply (is_derive_ext_loc (x k)); [|apply D; [lra | apply Below; lra]].
    apply (locally_interval _ u 0 p_infty); simpl; try lra; auto. intros w Hw _. unfold xe. rewrite Rmax_right by lra.
    reflexivity. }
  assert (Dz : forall k u, (k < N)%nat -> 0 < u < t -> is_derive (ze k) u (F (fun k => ze k u) k)).
  { intros k u Hk Hu. destruct (Fz k Hk) as [_ D].
    assert (Eq : (fun k => ze k u) = (fun k => z k u))
      by (extensionality q; unfold ze; rewrite Rmax_right by lra; reflexivity).
    rewrite Eq. apply (is_derive_ext_loc (z k)); [|apply D; [lra | apply Below; lra]].
    apply (locally_interval _ u 0 p_infty); simpl; try lra; auto. intros w Hw _. unfold ze. rewrite Rmax_right by lra.
    reflexivity. }
  destruct (common_bound N xe t Ht Cx) as [r1 [R1 B1]]. destruct (common_bound N ze t Ht Cz) as [r2 [R2 B2]].
  destruct (lipschitz_common N N (fun i u => F u i) (Rmax r1 r2) Lip) as [K [K0 HK]].
  set (D := fun u => Sum N (fun k => (xe k u - ze k u) ^ 2)).
  set (dD := fun u => Sum N (fun k => 2 * (xe k u - ze k u) * (F (fun k => xe k u) k - F (fun k => ze k u) k))).
  set (c := 2 * K * INR N).
  assert (Growth : forall u, 0 < u < t -> dD u <= c * D u).
  { intros u Hu. unfold dD.
    assert (Bx : in_box N (Rmax r1 r2) (fun k => xe k u))
      by (intros k Hk; eapply Rle_trans; [apply B1; auto; lra | apply Rmax_l]).
    assert (Bz : in_box N (Rmax r1 r2) (fun k => ze k u))
      by (intros k Hk; eapply Rle_trans; [apply B2; auto; lra | apply Rmax_r]).
    set (q := fun k => xe k u - ze k u).
    apply Rle_trans with (Sum N (fun k => Sum N (fun j => K * (q k ^ 2 + q j ^ 2)))).
    - apply Sum_le. intros k Hk.
      pose proof (HK k (fun k => xe k u) (fun k => ze k u) Hk Bx Bz) as L. cbv beta in L. unfold distance in L.
      apply Rle_trans with (2 * Rabs (q k) * (K * Sum N (fun k => Rabs (q k)))).
      + eapply Rle_trans; [apply Rle_abs|]. rewrite !Rabs_mult, (Rabs_pos_eq 2) by lra. fold (q k).
        apply Rmult_le_compat_l; [|exact L]. pose proof (Rabs_pos (q k)). lra.
      + replace (2 * Rabs (q k) * (K * Sum N (fun k => Rabs (q k))))
          with (K * 2 * Rabs (q k) * Sum N (fun k => Rabs (q k))) by ring.
        rewrite <- Sum_scal_l. apply Sum_le. intros j _. rewrite <- (pow2_abs (q k)), <- (pow2_abs (q j)).
        set (a := Rabs (q k)). set (b := Rabs (q j)). pose proof (pow2_ge_0 (a - b)) as S. nra.
    - right. rewrite (Sum_ext N _ (fun k => INR N * K * q k ^ 2 + K * Sum N (fun j => q j ^ 2))).
      + rewrite Sum_plus, Sum_scal_l. change (Sum N (fun j => q j ^ 2)) with (D u).
        assert (Cn : forall p a, Sum p (fun _ => a) = INR p * a).
        { induction p as [|p IH]; intros a; [simpl; ring|]. rewrite S_INR. cbn [Sum]. rewrite IH. ring. }
        rewrite Cn. unfold c. ring.
      + intros k _. rewrite Sum_scal_l, Sum_plus.
        assert (Cn : forall p a, Sum p (fun _ => a) = INR p * a).
        { induction p as [|p IH]; intros a; [simpl; ring|]. rewrite S_INR. cbn [Sum]. rewrite IH. ring. }
        rewrite Cn. ring. }
  assert (D0 : D 0 = 0).
  { apply Sum_zero. intros k Hk. unfold xe, ze. rewrite Rmax_left, Start by (auto; lra). ring. }
  assert (Dt : D t <= 0).
  { destruct (Rle_lt_or_eq_dec 0 t Ht) as [Pt|<-]; [|lra].
    destruct (MVT_gen (fun u => exp (- c * u) * D u) 0 t (fun u => if Rlt_dec 0 u then
        if Rlt_dec u t then - c * exp (- c * u) * D u + exp (- c * u) * dD u else 0 else 0)) as [u [_ E]].
    - intros u Hu. rewrite Rmin_left, Rmax_right in Hu by lra.
      destruct (Rlt_dec 0 u); [|lra]. destruct (Rlt_dec u t); [|lra].
      apply (is_derive_mult (fun u => exp (- c * u)) D); [| |intros; apply Rmult_comm].
      + auto_derive; auto. ring.
      + apply (is_derive_Sum N (fun k u => (xe k u - ze k u) ^ 2)). intros k Hk.
        replace (2 * (xe k u - ze k u) * (F (fun k0 => xe k0 u) k - F (fun k0 => ze k0 u) k)) with
          ((F (fun k0 => xe k0 u) k - F (fun k0 => ze k0 u) k) * (2 * (xe k u - ze k u))) by ring.
        apply (is_derive_comp (fun q => q ^ 2) (fun u => xe k u - ze k u)).
        * auto_derive; auto. ring.
        * apply (is_derive_minus (xe k) (ze k)); auto.
    - intros u Hu. rewrite Rmin_left, Rmax_right in Hu by lra. apply continuity_pt_filterlim.
      apply (continuous_mult (fun u => exp (- c * u)) D).
      + apply (ex_derive_continuous (fun u => exp (- c * u))). auto_derive; auto.
      + apply (continuous_Sum N (fun k u => (xe k u - ze k u) ^ 2)). intros k Hk.
        apply (continuous_comp (fun u => xe k u - ze k u) (fun q => q ^ 2)).
        * apply (continuous_minus (xe k) (ze k)); auto.
        * apply (ex_derive_continuous (fun q => q ^ 2)). auto_derive; auto.
    - rewrite D0, Rmult_0_r, !Rminus_0_r in E. pose proof (exp_pos (- c * t)) as Pe.
      assert (Neg : (if Rlt_dec 0 u then if Rlt_dec u t then - c * exp (- c * u) * D u + exp (- c * u)
        * dD u else 0 else 0) <= 0).
      { destruct (Rlt_dec 0 u); [|lra]. destruct (Rlt_dec u t); [|lra].
        pose proof (Growth u ltac:(lra)). pose proof (exp_pos (- c * u)). nra. }
      destruct (Rle_lt_dec (D t) 0) as [|Pos]; auto. exfalso.
      pose proof (Rmult_lt_0_compat _ _ Pe Pos) as P. rewrite E in P. nra. }
  assert (Term := Sum_term N (fun k => (xe k t - ze k t) ^ 2) i Hi ltac:(intros; apply pow2_ge_0)). cbv beta in Term.
  fold (D t) in Term.
  assert (Z : xe i t - ze i t = 0).
  { destruct (Req_dec (xe i t - ze i t) 0) as [|N0]; auto. exfalso. apply Rsqr_pos_lt in N0. rewrite Rsqr_pow2 in N0.
    lra. }
  unfold xe, ze in Z. rewrite Rmax_right in Z by auto. lra.
Qed.

(* --- half the squared loss of sample i --- *)
Definition squared (y : nat -> R) (i : nat) (u : R) : R := / 2 * (u - y i) ^ 2.
Definition squared_slope (y : nat -> R) (i : nat) (u : R) : R := u - y i.

Lemma squared_derive y i u : is_derive (squared y i) u (squared_slope y i u).
Proof. unfold squared, squared_slope. auto_derive; auto. field. Qed.

Lemma squared_lipschitz y i : locally_lipschitz_scalar (squared_slope y i).
Proof.
  intros r. exists 1. split; [lra|]. intros u w _ _. unfold squared_slope.
  replace (u - y i - (w - y i)) with (u - w) by ring. lra.
Qed.
