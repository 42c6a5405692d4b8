(* Finite sums and products indexed by 0, ..., n - 1. *)
Require Import Reals Lra Lia Arith.
Open Scope R_scope.

Fixpoint Sum (n : nat) (f : nat -> R) : R :=
  match n with O => 0 | S k => Sum k f + f k end.

Fixpoint Prod (n : nat) (f : nat -> R) : R :=
  match n with O => 1 | S k => Prod k f * f k end.

(* product over all k < n except k = i *)
Definition ProdBut (n : nat) (f : nat -> R) (i : nat) : R :=
  Prod n (fun k => if Nat.eqb k i then 1 else f k).

(* --- sums --- *)

Lemma Sum_ext n f g : (forall k, (k < n)%nat -> f k = g k) -> Sum n f = Sum n g.
Proof.
  induction n as [|n IH]; intros H; simpl; [reflexivity|].
  rewrite IH, H; auto.
Qed.

Lemma Sum_zero n f : (forall k, (k < n)%nat -> f k = 0) -> Sum n f = 0.
Proof.
  induction n as [|n IH]; intros H; simpl; [reflexivity|].
  rewrite IH, H; auto; ring.
Qed.

Lemma Sum_plus n f g : Sum n (fun k => f k + g k) = Sum n f + Sum n g.
Proof. induction n as [|n IH]; simpl; [ring|]. rewrite IH; ring. Qed.

Lemma Sum_minus n f g : Sum n (fun k => f k - g k) = Sum n f - Sum n g.
Proof. induction n as [|n IH]; simpl; [ring|]. rewrite IH; ring. Qed.

Lemma Sum_scal_l n c f : Sum n (fun k => c * f k) = c * Sum n f.
Proof. induction n as [|n IH]; simpl; [ring|]. rewrite IH; ring. Qed.

Lemma Sum_scal_r n c f : Sum n (fun k => f k * c) = Sum n f * c.
Proof. induction n as [|n IH]; simpl; [ring|]. rewrite IH; ring. Qed.

Lemma Sum_opp n f : Sum n (fun k => - f k) = - Sum n f.
Proof. induction n as [|n IH]; simpl; [ring|]. rewrite IH; ring. Qed.

Lemma Sum_swap n m f :
  Sum n (fun i => Sum m (fun j => f i j)) = Sum m (fun j => Sum n (fun i => f i j)).
Proof.
  induction n as [|n IH]; simpl.
  - symmetry; apply Sum_zero; auto.
  - rewrite IH, <- Sum_plus; reflexivity.
Qed.

Lemma Sum_le n f g : (forall k, (k < n)%nat -> f k <= g k) -> Sum n f <= Sum n g.
Proof.
  induction n as [|n IH]; intros H; simpl; [lra|].
  apply Rplus_le_compat; auto.
Qed.

Lemma Sum_nonneg n f : (forall k, (k < n)%nat -> 0 <= f k) -> 0 <= Sum n f.
Proof.
  intros H. rewrite <- (Sum_zero n (fun _ => 0)) by auto. apply Sum_le; auto.
Qed.

Lemma Sum_lt n f g i : (i < n)%nat ->
  (forall k, (k < n)%nat -> f k <= g k) -> f i < g i -> Sum n f < Sum n g.
Proof.
  induction n as [|n IH]; intros Hi Hle Hlt; simpl; [lia|].
  destruct (Nat.eq_dec i n) as [->|Hne].
  - apply Rplus_le_lt_compat; auto. apply Sum_le; auto.
  - apply Rplus_lt_le_compat; auto. apply IH; auto; lia.
Qed.

(* one term of a sum of nonnegative terms *)
Lemma Sum_term n f i : (i < n)%nat -> (forall k, (k < n)%nat -> 0 <= f k) -> f i <= Sum n f.
Proof.
  induction n as [|n IH]; intros Hi H; simpl; [lia|].
  destruct (Nat.eq_dec i n) as [->|Hne].
  - pose proof (Sum_nonneg n f ltac:(auto)); lra.
  - pose proof (IH ltac:(lia) ltac:(auto)). pose proof (H n ltac:(lia)). lra.
Qed.

Lemma Sum_abs n f : Rabs (Sum n f) <= Sum n (fun k => Rabs (f k)).
Proof.
  induction n as [|n IH]; simpl.
  - rewrite Rabs_R0; lra.
  - eapply Rle_trans; [apply Rabs_triang | lra].
Qed.

Definition delta (i j : nat) : R := if Nat.eqb i j then 1 else 0.

Lemma delta_same i : delta i i = 1.
Proof. unfold delta; rewrite Nat.eqb_refl; reflexivity. Qed.

Lemma delta_other i j : i <> j -> delta i j = 0.
Proof. unfold delta; destruct (Nat.eqb_spec i j); [contradiction | reflexivity]. Qed.

Lemma Sum_delta n i f : (i < n)%nat -> Sum n (fun j => delta i j * f j) = f i.
Proof.
  induction n as [|n IH]; intros Hi; simpl; [lia|].
  destruct (Nat.eq_dec i n) as [->|Hne].
  - rewrite (Sum_zero n), delta_same by (intros k Hk; rewrite delta_other by lia; ring). ring.
  - rewrite IH, (delta_other i n) by lia. ring.
Qed.

Lemma Sum_last n f : Sum (S n) f = Sum n f + f n.
Proof. reflexivity. Qed.

Lemma Sum_first n f : Sum (S n) f = f 0%nat + Sum n (fun c => f (S c)).
Proof. induction n as [|n IH]; [simpl; ring|]. change (Sum (S (S n)) f) with (Sum (S n) f + f (S n)).
  rewrite IH. simpl. ring.
Qed.

(* Cauchy and Schwarz from layer to layer *)
Lemma layers_cauchy p (x y : nat -> R) (q : R) :
  (forall l, (l < p)%nat -> 0 <= x l /\ 0 <= y l /\ q ^ 2 <= x l * y l) ->
  (INR p * q) ^ 2 <= Sum p x * Sum p y.
Proof.
  induction p as [|p IH]; intros H; [simpl; lra|].
  destruct (H p ltac:(lia)) as [Px [Py Pq]]. specialize (IH ltac:(intros; apply H; lia)).
  assert (Sx : 0 <= Sum p x) by (apply Sum_nonneg; intros; apply H; lia).
  assert (Sy : 0 <= Sum p y) by (apply Sum_nonneg; intros; apply H; lia).
  set (u := Sum p x) in *. set (w := Sum p y) in *. rewrite S_INR. simpl Sum. fold u w.
  assert (Cross : 2 * (INR p * q * q) <= u * y p + x p * w).
  { (* (p q q)^2 <= (u w) (x y) *)
    assert (S1 : (INR p * q * q) ^ 2 <= (u * y p) * (x p * w)).
    { replace ((INR p * q * q) ^ 2) with ((INR p * q) ^ 2 * q ^ 2) by ring.
      replace (u * y p * (x p * w)) with ((u * w) * (x p * y p)) by ring.
      apply Rmult_le_compat; auto; apply pow2_ge_0. }
    pose proof (Rmult_le_pos _ _ Sx Py) as A1. pose proof (Rmult_le_pos _ _ Px Sy) as A2.
    set (g := INR p * q * q) in *. set (s := u * y p) in *. set (t := x p * w) in *.
    apply Rnot_lt_le. intros Lt. pose proof (pow2_ge_0 (s - t)).
    assert (0 < 2 * g - (s + t)) by lra. assert (0 < 2 * g + (s + t)) by lra.
    pose proof (Rmult_lt_0_compat _ _ H1 H2). nra. }
  replace (((INR p + 1) * q) ^ 2) with ((INR p * q) ^ 2 + 2 * (INR p * q * q) + q ^ 2) by ring. lra.
Qed.

(* --- products --- *)

Lemma Prod_ext n f g : (forall k, (k < n)%nat -> f k = g k) -> Prod n f = Prod n g.
Proof.
  induction n as [|n IH]; intros H; simpl; [reflexivity|].
  rewrite IH, H; auto.
Qed.

Lemma Prod_mult n f g : Prod n (fun k => f k * g k) = Prod n f * Prod n g.
Proof. induction n as [|n IH]; simpl; [ring|]. rewrite IH; ring. Qed.

Lemma Prod_first p F : Prod (S p) F = F 0%nat * Prod p (fun i => F (S i)).
Proof.
  induction p as [|p IH]; [simpl; ring|].
  change (Prod (S (S p)) F) with (Prod (S p) F * F (S p)). rewrite IH. simpl. ring.
Qed.

Lemma Prod_reverse s F : Prod s (fun i => F (s - 1 - i)%nat) = Prod s F.
Proof.
  revert F. induction s as [|s IH]; intros F; [reflexivity|]. rewrite (Prod_first s F).
  simpl Prod at 1. replace (s - 0 - s)%nat with 0%nat by lia. rewrite Rmult_comm. f_equal.
  rewrite <- (IH (fun i => F (S i))). apply Prod_ext. intros i Hi. f_equal. lia.
Qed.

Lemma Prod_const n c : Prod n (fun _ => c) = c ^ n.
Proof. induction n as [|n IH]; simpl; [reflexivity|]. rewrite IH; ring. Qed.

Lemma Prod_pos n f : (forall k, (k < n)%nat -> 0 < f k) -> 0 < Prod n f.
Proof.
  induction n as [|n IH]; intros H; simpl; [lra|].
  apply Rmult_lt_0_compat; auto.
Qed.

Lemma Prod_le n f g :
  (forall k, (k < n)%nat -> 0 <= f k <= g k) -> 0 <= Prod n f <= Prod n g.
Proof.
  induction n as [|n IH]; intros H; simpl; [lra|].
  destruct (IH ltac:(auto)) as [I1 I2]. destruct (H n ltac:(lia)) as [J1 J2].
  split; [apply Rmult_le_pos; auto | apply Rmult_le_compat; auto].
Qed.

Lemma ProdBut_ext n f g i :
  (forall k, (k < n)%nat -> k <> i -> f k = g k) -> ProdBut n f i = ProdBut n g i.
Proof.
  intros H. apply Prod_ext. intros k Hk. destruct (Nat.eqb_spec k i); auto.
Qed.

Lemma ProdBut_mul n f i : (i < n)%nat -> f i * ProdBut n f i = Prod n f.
Proof.
  unfold ProdBut. induction n as [|n IH]; intros Hi; simpl; [lia|].
  destruct (Nat.eq_dec i n) as [->|Hne].
  - rewrite Nat.eqb_refl, (Prod_ext n _ f); [ring|].
    intros k Hk. destruct (Nat.eqb_spec k n); [lia | reflexivity].
  - destruct (Nat.eqb_spec n i); [lia|]. rewrite <- IH by lia. ring.
Qed.

Lemma ProdBut_mult n f g i : ProdBut n (fun k => f k * g k) i = ProdBut n f i * ProdBut n g i.
Proof.
  unfold ProdBut. rewrite <- Prod_mult. apply Prod_ext.
  intros k _. destruct (Nat.eqb k i); ring.
Qed.

Lemma ProdBut_sq n f i : ProdBut n (fun k => f k ^ 2) i = ProdBut n f i ^ 2.
Proof.
  replace (ProdBut n f i ^ 2) with (ProdBut n f i * ProdBut n f i) by ring.
  rewrite <- ProdBut_mult. apply ProdBut_ext; intros; ring.
Qed.

Lemma ProdBut_const n c i : (i < n)%nat -> ProdBut n (fun _ => c) i = c ^ (n - 1).
Proof.
  unfold ProdBut. induction n as [|n IH]; intros Hi; simpl; [lia|].
  rewrite Nat.sub_0_r. destruct (Nat.eq_dec i n) as [->|Hne].
  - rewrite Nat.eqb_refl, (Prod_ext n _ (fun _ => c)), Prod_const; [ring|].
    intros k Hk. destruct (Nat.eqb_spec k n); [lia | reflexivity].
  - destruct (Nat.eqb_spec n i); [lia|]. rewrite IH by lia.
    destruct n as [|n]; [lia|]. simpl. rewrite Nat.sub_0_r. ring.
Qed.

Lemma ProdBut_pos n f i : (forall k, (k < n)%nat -> k <> i -> 0 < f k) -> 0 < ProdBut n f i.
Proof.
  intros H. apply Prod_pos. intros k Hk. destruct (Nat.eqb_spec k i); [lra | auto].
Qed.

Lemma ProdBut_le n f g i :
  (forall k, (k < n)%nat -> k <> i -> 0 <= f k <= g k) -> ProdBut n f i <= ProdBut n g i.
Proof.
  intros H. apply (Prod_le n). intros k Hk. destruct (Nat.eqb_spec k i); [lra | auto].
Qed.

(* a product that leaves out i can be computed after changing the factor i *)
Lemma ProdBut_S n f i : (i < n)%nat -> ProdBut (S n) f i = ProdBut n f i * f n.
Proof.
  intros Hi. unfold ProdBut. simpl. destruct (Nat.eqb_spec n i); [lia | reflexivity].
Qed.

Lemma ProdBut_last n f : ProdBut (S n) f n = Prod n f.
Proof.
  unfold ProdBut. simpl. rewrite Nat.eqb_refl, Rmult_1_r. apply Prod_ext.
  intros k Hk. destruct (Nat.eqb_spec k n); [lia | reflexivity].
Qed.
