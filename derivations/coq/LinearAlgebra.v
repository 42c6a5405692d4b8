(* Square matrices as functions of two indices: d + 1 vectors of R^d are dependent (Steinitz), hence an injective square
   matrix is surjective, and a lower bound c |z|^2 <= |W z|^2 passes to the transpose. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Network Tensor Margin Conserved Sensing Circular Quasinorm K2Chain.
Open Scope R_scope.

Definition skip (p k : nat) : nat := if Nat.ltb k p then k else S k.

Lemma Sum_skip n p f : (p <= n)%nat -> Sum (S n) f = f p + Sum n (fun k => f (skip p k)).
Proof.
  intros Hp. induction n as [|n IH].
  - replace p with 0%nat by lia. simpl. ring.
  - destruct (Nat.eq_dec p (S n)) as [->|Ne].
    + simpl Sum at 1. rewrite (Sum_ext (S n) (fun k => f (skip (S n) k)) f); [simpl; ring|].
      intros k Hk. unfold skip. destruct (Nat.ltb_spec k (S n)); [reflexivity | lia].
    + change (Sum (S (S n)) f) with (Sum (S n) f + f (S n)). rewrite IH by lia. simpl Sum. unfold skip at 3.
      destruct (Nat.ltb_spec n p); [lia|]. ring.
Qed.

Lemma zero_or_pivot N (a : nat -> R) : (forall k, (k < N)%nat -> a k = 0) \/ exists p, (p < N)%nat /\ a p <> 0.
Proof.
  induction N as [|N [IH|[p [Hp Np]]]].
  - left. intros; lia.
  - destruct (Req_dec (a N) 0) as [E|Ne].
    + left. intros k Hk. destruct (Nat.eq_dec k N) as [->|]; auto. apply IH; lia.
    + right. exists N. split; auto.
  - right. exists p. split; auto.
Qed.

(* d + 1 vectors V_0, ..., V_d of R^d are dependent *)
Lemma dependent d : forall V : nat -> nat -> R, exists c : nat -> R,
  (exists k, (k < S d)%nat /\ c k <> 0) /\ forall i, (i < d)%nat -> Sum (S d) (fun k => c k * V k i) = 0.
Proof.
  induction d as [|d IH]; intros V.
  - exists (fun _ => 1). split; [exists 0%nat; split; [lia | lra] | intros; lia].
  - destruct (zero_or_pivot (S (S d)) (fun k => V k d)) as [Z|[p [Hp Np]]].
    + destruct (IH V) as [c [[k [Hk Nk]] Hc]].
      exists (fun k => if Nat.ltb k (S d) then c k else 0). split.
      * exists k. split; [lia|]. destruct (Nat.ltb_spec k (S d)); [auto | lia].
      * intros i Hi. change (Sum (S (S d)) ?f) with (Sum (S d) f + f (S d)). cbv beta.
        destruct (Nat.ltb_spec (S d) (S d)); [lia|]. rewrite Rmult_0_l, Rplus_0_r.
        rewrite (Sum_ext (S d) _ (fun k => c k * V k i)).
        -- destruct (Nat.eq_dec i d) as [->|Ne]; [|apply Hc; lia]. apply Sum_zero. intros q Hq. rewrite Z by lia. ring.
        -- intros q Hq. destruct (Nat.ltb_spec q (S d)); [reflexivity | lia].
    + set (V' := fun k i => V (skip p k) i - V (skip p k) d / V p d * V p i).
      destruct (IH V') as [c [[k [Hk Nk]] Hc]].
      set (s := Sum (S d) (fun k => c k * (V (skip p k) d / V p d))).
      set (back := fun q => if Nat.ltb q p then q else Nat.pred q).
      assert (Bk : forall q, back (skip p q) = q).
      { intros q. unfold back, skip. destruct (Nat.ltb_spec q p).
        - destruct (Nat.ltb_spec q p); lia.
        - destruct (Nat.ltb_spec (S q) p); simpl; lia. }
      assert (Sk : forall q, skip p q <> p) by (intros q; unfold skip; destruct (Nat.ltb_spec q p); lia).
      exists (fun q => if Nat.eqb q p then - s else c (back q)). split.
      * exists (skip p k). split; [unfold skip; destruct (Nat.ltb_spec k p); lia|].
        destruct (Nat.eqb_spec (skip p k) p) as [E|_]; [exfalso; apply (Sk k E)|]. rewrite Bk. exact Nk.
      * intros i Hi. rewrite (Sum_skip (S d) p) by lia. rewrite Nat.eqb_refl.
        rewrite (Sum_ext (S d) _ (fun q => c q * V' q i + c q * (V (skip p q) d / V p d) * V p i)).
        2:{ intros q _. destruct (Nat.eqb_spec (skip p q) p) as [E|_]; [exfalso; apply (Sk q E)|]. rewrite Bk.
        unfold V'. ring. }
        rewrite Sum_plus, Sum_scal_r. fold s.
        assert (E0 : Sum (S d) (fun q => c q * V' q i) = 0).
        { destruct (Nat.eq_dec i d) as [->|Ne]; [|apply Hc; lia]. apply Sum_zero. intros q Hq. unfold V'. field.
          exact Np. }
        rewrite E0. ring.
Qed.

Definition apply_matrix (d : nat) (M : matrix) (z : nat -> R) (i : nat) : R := Sum d (fun j => M i j * z j).

Lemma sq_zero d z : sq d z = 0 -> forall i, (i < d)%nat -> z i = 0.
Proof.
  intros E i Hi. pose proof (Sum_term d (fun c => z c ^ 2) i Hi (fun k _ => pow2_ge_0 (z k))) as T.
  unfold sq in E. cbv beta in T. pose proof (pow2_ge_0 (z i)). apply Rsqr_0_uniq. unfold Rsqr. nra.
Qed.

(* injective square matrices are surjective *)
Lemma injective_surjective d M y :
  (forall z, (forall i, (i < d)%nat -> apply_matrix d M z i = 0) -> forall i, (i < d)%nat -> z i = 0) ->
  exists x, forall i, (i < d)%nat -> apply_matrix d M x i = y i.
Proof.
  intros H. set (V := fun k i => if Nat.ltb k d then M i k else y i).
  destruct (dependent d V) as [c0 [[k [Hk Nk]] Hc]].
  assert (Hc' : forall i, (i < d)%nat -> apply_matrix d M c0 i + c0 d * y i = 0).
  { intros i Hi. rewrite <- (Hc i Hi). change (Sum (S d) ?f) with (Sum d f + f d). cbv beta. f_equal.
    - apply Sum_ext. intros q Hq. unfold V. destruct (Nat.ltb_spec q d); [ring | lia].
    - unfold V. destruct (Nat.ltb_spec d d); [lia | reflexivity]. }
  assert (Nd : c0 d <> 0).
  { intros E0. destruct (Nat.eq_dec k d) as [->|Ne]; [contradiction|]. apply Nk. apply (H c0); [|lia].
    intros i Hi. pose proof (Hc' i Hi) as E. rewrite E0 in E. lra. }
  exists (fun j => c0 j * (- / c0 d)). intros i Hi. pose proof (Hc' i Hi) as E. unfold apply_matrix in *.
  rewrite (Sum_ext d _ (fun j => M i j * c0 j * (- / c0 d))) by (intros; ring). rewrite Sum_scal_r.
  replace (Sum d (fun j => M i j * c0 j)) with (- (c0 d * y i)) by lra. field. exact Nd.
Qed.

Lemma surjective d M c y : 0 < c -> (forall z, c * sq d z <= sq d (apply_matrix d M z)) ->
  exists x, forall i, (i < d)%nat -> apply_matrix d M x i = y i.
Proof.
  intros Pc H. apply injective_surjective. intros z Hz. apply (sq_zero d).
  assert (Z : sq d (apply_matrix d M z) = 0) by (apply Sum_zero; intros i Hi; rewrite Hz by auto; ring).
  pose proof (H z). pose proof (sq_nonneg d z). nra.
Qed.

Lemma adjoint d M x z : Sum d (fun i => apply_matrix d M x i * z i) = Sum d
  (fun j => x j * apply_matrix d (transpose M) z j).
Proof.
  unfold apply_matrix, transpose.
  rewrite (Sum_ext d _ (fun i => Sum d (fun j => M i j * x j * z i))) by (intros; symmetry; apply Sum_scal_r).
  rewrite Sum_swap. apply Sum_ext. intros j _. rewrite <- Sum_scal_l. apply Sum_ext. intros; ring.
Qed.

(* |a x - b y|^2 *)
Lemma sq_combine d a b x y : sq d (fun i => a * x i - b * y i) = a ^ 2 * sq d x - 2 * a * b * Sum d
  (fun i => x i * y i) + b ^ 2 * sq d y.
Proof.
  unfold sq. rewrite (Sum_ext d _ (fun i => a ^ 2 * x i ^ 2 + -2 * a * b * (x i * y i) + b ^ 2 * y i ^ 2))
    by (intros; ring).
  rewrite !Sum_plus, !Sum_scal_l. ring.
Qed.

Lemma sq_ext d x y : (forall i, (i < d)%nat -> x i = y i) -> sq d x = sq d y.
Proof. intros H. apply Sum_ext. intros i Hi. rewrite H; auto. Qed.

(* the bound passes to the transpose; where it is attained, M M^T acts as the constant *)
Lemma transpose_bound d M c v : 0 < c -> (forall z, c * sq d z <= sq d (apply_matrix d M z)) ->
  c * sq d v <= sq d (apply_matrix d (transpose M) v) /\
  (sq d (apply_matrix d (transpose M) v) <= c * sq d v ->
   forall i, (i < d)%nat -> apply_matrix d M (apply_matrix d (transpose M) v) i = c * v i).
Proof.
  intros Pc H. destruct (surjective d M c v Pc H) as [x Hx].
  set (w := apply_matrix d (transpose M) v).
  assert (E1 : Sum d (fun j => x j * w j) = sq d v).
  { unfold w. rewrite <- adjoint. unfold sq. apply Sum_ext. intros i Hi. rewrite Hx by auto. ring. }
  assert (E2 : c * sq d x <= sq d v).
  { eapply Rle_trans; [apply H|]. right. apply sq_ext. exact Hx. }
  pose proof (sq_combine d 1 c w x) as S1.
  assert (E3 : Sum d (fun i => w i * x i) = sq d v) by (rewrite <- E1; apply Sum_ext; intros; ring).
  rewrite E3 in S1. pose proof (sq_nonneg d (fun i => 1 * w i - c * x i)) as P1.
  split.
  - nra.
  - intros Hw. assert (Z : sq d (fun i => 1 * w i - c * x i) = 0) by nra.
    intros i Hi. rewrite <- (Hx i Hi). unfold apply_matrix. rewrite <- Sum_scal_l. apply Sum_ext. intros j Hj.
    pose proof (sq_zero d _ Z j Hj) as Ej. cbv beta in Ej. replace (w j) with (c * x j) by lra. ring.
Qed.
