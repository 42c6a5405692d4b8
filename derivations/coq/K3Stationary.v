(* K3 for three and more layers, and for one: the stationary points of the 2/L quasi-norm subject to margins at least 1
   are finitely many, for all data. Between two of them
     sum_j (s_j - s'_j) (rho_j - rho'_j) = sum_i (lam_i - lam'_i) (m_i - m'_i),   s = A^T lam,
   and the right-hand side vanishes if the same margins have positive multipliers; on the left s_j is a strictly
   monotone function of rho_j as long as its sign is the same ([stationary_determined]). So signs and active margins
   determine the point. For two layers s_j is the sign alone: there a whole face can be stationary. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Kkt Network Tensor Quasinorm Margin Classification Cluster K3AnyDepth
  K3FiniteLimits.
Open Scope R_scope.

(* --- finitely many values --- *)
Section Finite.
Variables (E : Type) (m : nat) (value : E -> nat -> R).
Definition finitely (Q : E -> Prop) : Prop := exists N (pts : nat -> nat -> R), forall e, Q e ->
  exists i, (i < N)%nat /\ forall j, (j < m)%nat -> value e j = pts i j.

(* as many tests, answered yes or no, as tell the values of Q apart *)
Lemma finitely_by_tests T (test : nat -> E -> Prop) : forall Q : E -> Prop,
  (forall e e', Q e -> Q e' -> (forall k, (k < T)%nat -> test k e <-> test k e') ->
     forall j, (j < m)%nat -> value e j = value e' j) -> finitely Q.
Proof.
  induction T as [|T IH]; intros Q H.
  - destruct (Classical_Prop.classic (exists e, Q e)) as [[e He]|No].
    + exists 1%nat, (fun _ => value e). intros e' He'. exists 0%nat. split; [lia|]. apply H; auto. intros; lia.
    + exists 0%nat, (fun _ _ => 0). intros e He. exfalso. apply No. exists e. exact He.
  - assert (Part : forall P : E -> Prop, (forall e e', P e -> P e' -> test T e <-> test T e') ->
      finitely (fun e => Q e /\ P e)).
    { intros P HP. apply IH. intros e e' [He Pe] [He' Pe'] Hk. apply H; auto. intros k Hk1.
      destruct (Nat.eq_dec k T) as [->|]; [apply HP; auto | apply Hk; lia]. }
    destruct (Part (test T) (fun e e' H1 H2 => conj (fun _ => H2) (fun _ => H1))) as [N [pts HN]].
    destruct (Part (fun e => ~ test T e)
      (fun e e' H1 H2 => conj (fun H => False_ind _ (H1 H)) (fun H => False_ind _ (H2 H)))) as [N' [pts' HN']].
    exists (N + N')%nat, (fun i => if Nat.ltb i N then pts i else pts' (i - N)%nat). intros e He.
    destruct (Classical_Prop.classic (test T e)) as [Y|No].
    + destruct (HN e (conj He Y)) as [i [Hi Ei]]. exists i. split; [lia|].
      destruct (Nat.ltb_spec i N); [exact Ei | lia].
    + destruct (HN' e (conj He No)) as [i [Hi Ei]]. exists (N + i)%nat. split; [lia|].
      destruct (Nat.ltb_spec (N + i) N); [lia|]. replace (N + i - N)%nat with i by lia. exact Ei.
Qed.
End Finite.

(* --- signs and active margins determine a stationary point --- *)
Lemma quasi_gradient L rho s : (1 <= L)%nat -> rho <> 0 ->
  is_derive (fun r => INR L / 2 * Rpower (Rabs r) (2 / INR L)) rho s ->
  s = sign rho * Rpower (Rabs rho) (2 / INR L - 1).
Proof.
  intros HL Nz D. apply is_derive_unique in D. rewrite <- D. apply is_derive_unique, quasi_derive; auto.
Qed.

Lemma gradient_monotone L (sigma : R) x x' g g' : (1 <= L)%nat -> L <> 2%nat -> sigma = 1 \/ sigma = -1 ->
  0 < x -> 0 < x' -> g = sigma * Rpower x (2 / INR L - 1) -> g' = sigma * Rpower x' (2 / INR L - 1) ->
  let product := (g - g') * (sigma * x - sigma * x') in
  (L = 1%nat -> 0 <= product) /\ ((3 <= L)%nat -> product <= 0) /\ (product = 0 -> x = x').
Proof.
  intros HL N2 Hs Px Px' -> -> product.
  assert (Ep : product = (Rpower x (2 / INR L - 1) - Rpower x' (2 / INR L - 1)) * (x - x'))
    by (unfold product; destruct Hs as [-> | ->]; ring).
  rewrite Ep. clear product Ep. set (e := 2 / INR L - 1).
  destruct (Req_dec x x') as [->|Ne]; [repeat split; intros; auto; lra|].
  assert (Up : forall e x x', 0 < e -> 0 < x -> x < x' -> Rpower x e < Rpower x' e).
  { intros. unfold Rpower. apply exp_increasing, Rmult_lt_compat_l; auto. apply ln_increasing; auto. }
  assert (Down : forall e x x', e < 0 -> 0 < x -> x < x' -> Rpower x' e < Rpower x e).
  { intros a b b' Ha Pb Hb. unfold Rpower. apply exp_increasing. apply Rmult_lt_gt_compat_neg_l; auto.
    apply ln_increasing; auto. }
  destruct (Nat.eq_dec L 1) as [E1|N1].
  - assert (Pe : 0 < e) by (unfold e; rewrite E1; simpl; lra).
    enough (0 < (Rpower x e - Rpower x' e) * (x - x')) by (repeat split; intros; lra || lia).
    destruct (Rtotal_order x x') as [H|[H|H]]; [|contradiction|]; [pose proof (Up e x x' Pe Px H) |
      pose proof (Up e x' x Pe Px' H)]; nra.
  - assert (Pe : e < 0).
    { assert (P3 : 3 <= INR L) by (replace 3 with (INR 3) by (simpl; lra); apply le_INR; lia).
      unfold e. assert (2 / INR L < 1); [|lra]. apply (Rmult_lt_reg_r (INR L)); [lra|]. unfold Rdiv.
      rewrite Rmult_assoc, Rinv_l; lra. }
    enough ((Rpower x e - Rpower x' e) * (x - x') < 0) by (repeat split; intros; lra || lia).
    destruct (Rtotal_order x x') as [H|[H|H]]; [|contradiction|]; [pose proof (Down e x x' Pe Px H) |
      pose proof (Down e x' x Pe Px' H)]; nra.
Qed.

Section Stationary.
Variables (L m n : nat) (A : nat -> nat -> R).
Hypothesis L_pos : (1 <= L)%nat.
Hypothesis not_two : L <> 2%nat.

Lemma stationary_pairing (r lam r' lam' : nat -> R) :
  Sum m (fun j => (Sum n (fun i => A i j * lam i) - Sum n (fun i => A i j * lam' i)) * (r j - r' j)) =
  Sum n (fun i => (lam i - lam' i) * ((Sum m (fun j => A i j * r j) - 1) - (Sum m (fun j => A i j * r' j) - 1))).
Proof.
  rewrite (Sum_ext m _ (fun j => Sum n (fun i => (lam i - lam' i) * (A i j * r j - A i j * r' j)))).
  - rewrite Sum_swap. apply Sum_ext. intros i _. rewrite Sum_scal_l, Sum_minus. ring.
  - intros j _. rewrite <- Sum_minus, <- Sum_scal_r. apply Sum_ext. intros; ring.
Qed.

Theorem stationary_determined (r lam r' lam' : nat -> R) :
  quasi_stationary L m n A r lam -> quasi_stationary L m n A r' lam' ->
  (forall j, (j < m)%nat -> (0 < r j <-> 0 < r' j) /\ (r j < 0 <-> r' j < 0)) ->
  (forall i, (i < n)%nat -> 0 < lam i <-> 0 < lam' i) ->
  forall j, (j < m)%nat -> r j = r' j.
Proof.
  intros [P1 [P2 [P3 P4]]] [P1' [P2' [P3' P4']]] Signs Active.
  pose proof (stationary_pairing r lam r' lam') as Pair. rewrite (Sum_zero n) in Pair.
  2:{ intros i Hi. pose proof (P1 i Hi). pose proof (P1' i Hi). pose proof (P3 i Hi). pose proof (P3' i Hi).
      destruct (Active i Hi) as [F B]. destruct (Rle_lt_or_eq_dec 0 (lam i)) as [Pl|Z]; auto.
      - specialize (F Pl). destruct (Rmult_integral _ _ H1) as [|E]; [lra|].
        destruct (Rmult_integral _ _ H2) as [|E']; [lra|]. rewrite E, E'. ring.
      - assert (lam' i = 0) as -> by (destruct (Rle_lt_or_eq_dec 0 (lam' i)) as [Pl|]; auto; specialize (B Pl); lra).
        rewrite <- Z. ring. }
  set (term := fun j => (Sum n (fun i => A i j * lam i) - Sum n (fun i => A i j * lam' i)) * (r j - r' j)) in Pair.
  (* each term has the sign that the depth gives, and vanishes only if the entries agree *)
  assert (Term : forall j, (j < m)%nat ->
    (L = 1%nat -> 0 <= term j) /\ ((3 <= L)%nat -> term j <= 0) /\ (term j = 0 -> r j = r' j)).
  { intros j Hj. destruct (Signs j Hj) as [Sp Sn]. unfold term.
    destruct (Rtotal_order (r j) 0) as [Neg|[Z|Pos]].
    - pose proof (proj1 Sn Neg) as Neg'.
      pose proof (quasi_gradient L _ _ L_pos (Rlt_not_eq _ _ Neg) (P4 j Hj (Rlt_not_eq _ _ Neg))) as G.
      pose proof (quasi_gradient L _ _ L_pos (Rlt_not_eq _ _ Neg') (P4' j Hj (Rlt_not_eq _ _ Neg'))) as G'.
      rewrite sign_eq_m1, Rabs_left in G, G' by auto.
      destruct (gradient_monotone L (-1) (- r j) (- r' j) _ _ L_pos not_two ltac:(auto) ltac:(lra) ltac:(lra) G G')
        as [M1 [M3 M0]]. replace (-1 * - r j - -1 * - r' j) with (r j - r' j) in * by ring.
      repeat split; auto. intros H. specialize (M0 H). lra.
    - assert (Z' : r' j = 0)
        by (destruct (Rtotal_order (r' j) 0) as [H|[H|H]]; auto; [apply Sn in H | apply Sp in H]; lra).
      rewrite Z, Z'. repeat split; intros; auto; lra.
    - pose proof (proj1 Sp Pos) as Pos'.
      pose proof (quasi_gradient L _ _ L_pos (Rgt_not_eq _ _ Pos) (P4 j Hj (Rgt_not_eq _ _ Pos))) as G.
      pose proof (quasi_gradient L _ _ L_pos (Rgt_not_eq _ _ Pos') (P4' j Hj (Rgt_not_eq _ _ Pos'))) as G'.
      rewrite sign_eq_1, Rabs_pos_eq in G, G' by lra.
      destruct (gradient_monotone L 1 (r j) (r' j) _ _ L_pos not_two ltac:(auto) ltac:(lra) ltac:(lra) G G')
        as [M1 [M3 M0]]. rewrite !Rmult_1_l in *. auto. }
  intros j Hj. apply (Term j Hj). destruct (Nat.eq_dec L 1) as [E1|N1].
  - pose proof (Sum_term m term j Hj ltac:(intros; apply Term; auto)) as T. fold term in Pair.
    pose proof (proj1 (Term j Hj) E1). unfold term in *. lra.
  - pose proof (Sum_term m (fun j => - term j) j Hj
      ltac:(intros q Hq; pose proof (proj1 (proj2 (Term q Hq)) ltac:(lia)); lra)) as T. rewrite Sum_opp in T.
    pose proof (proj1 (proj2 (Term j Hj)) ltac:(lia)). unfold term in *. lra.
Qed.

(* 3^m 2^n patterns of signs and active margins *)
Theorem stationary_finite : exists N (pts : nat -> nat -> R), forall r lam, quasi_stationary L m n A r lam ->
  exists i, (i < N)%nat /\ forall j, (j < m)%nat -> r j = pts i j.
Proof.
  set (test := fun k (e : (nat -> R) * (nat -> R)) =>
    if Nat.ltb k m then 0 < fst e k else if Nat.ltb k (m + m) then fst e (k - m)%nat < 0
    else 0 < snd e (k - (m + m))%nat).
  destruct (finitely_by_tests ((nat -> R) * (nat -> R)) m fst (m + m + n) test
    (fun e => quasi_stationary L m n A (fst e) (snd e))) as [N [pts H]].
  - intros [r lam] [r' lam'] Q Q' Same. cbn [fst snd] in *. apply (stationary_determined r lam r' lam' Q Q').
    + intros j Hj. split.
      * pose proof (Same j ltac:(lia)) as S. unfold test in S. destruct (Nat.ltb_spec j m); [exact S | lia].
      * pose proof (Same (m + j)%nat ltac:(lia)) as S. unfold test in S. destruct (Nat.ltb_spec (m + j) m); [lia|].
        destruct (Nat.ltb_spec (m + j) (m + m)); [|lia]. replace (m + j - m)%nat with j in S by lia. exact S.
    + intros i Hi. pose proof (Same (m + m + i)%nat ltac:(lia)) as S. unfold test in S.
      destruct (Nat.ltb_spec (m + m + i) m); [lia|]. destruct (Nat.ltb_spec (m + m + i) (m + m)); [lia|].
      replace (m + m + i - (m + m))%nat with i in S by lia. exact S.
  - exists N, pts. intros r lam Q. exact (H (r, lam) Q).
Qed.
End Stationary.

(* --- K3, any depth but two: the direction converges --- *)
Theorem odeco_direction_converges L d m n k S U X v t0 : (0 < n)%nat -> (1 <= L)%nat -> L <> 2%nat ->
  orthonormal L m k U -> 0 <= t0 -> classification_flow L d m n k S U X v ->
  network_exponential_loss L d m n k S U X (at_time v t0) < 1 ->
  let direction x a := x a / sqrt (Sum d (fun a => x a ^ 2)) in
  exists rho lam, quasi_stationary L m n (data_matrix d S X) rho lam /\ forall a, (a < d)%nat ->
    is_lim (fun t => direction (linear_coefficient L m k S U (at_time v t)) a) p_infty
      (direction (fun a => Sum m (fun j => S j a * rho j)) a).
Proof.
  intros Hn HL N2 Or H0 Fl Small direction.
  destruct (stationary_finite L m n (data_matrix d S X) HL N2) as [N [pts Fin]].
  destruct (odeco_finite_converge L d m n k S U X Hn HL Or v t0 H0 Fl Small N
    (fun i => direction (fun a => Sum m (fun j => S j a * pts i j)))) as [i [Hi Lim]].
  - intros r lam Q. destruct (Fin r lam Q) as [i [Hi Ei]]. exists i. split; [exact Hi|]. intros a _.
    unfold direction. assert (E : forall a, Sum m (fun j => S j a * r j) = Sum m (fun j => S j a * pts i j))
      by (intros b; apply Sum_ext; intros j Hj; rewrite Ei; auto).
    rewrite E. f_equal. f_equal. apply Sum_ext. intros; rewrite E; reflexivity.
  - destruct (odeco_every_direction L d m n k S U X Hn HL Or v t0 H0 Fl Small INR
      (direction (fun a => Sum m (fun j => S j a * pts i j))) is_lim_seq_INR) as [rho [lam [Q E]]].
    + intros a Ha. apply (is_lim_comp_seq _ INR p_infty _ (Lim a Ha)); [|apply is_lim_seq_INR].
      exists 0%nat. discriminate.
    + exists rho, lam. split; [exact Q|]. intros a Ha. unfold direction in E |- *. rewrite <- E by auto.
      apply (Lim a Ha).
Qed.
