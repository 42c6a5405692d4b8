(* For R7: what the proof takes from a chain of layers, and a bound for a number by its powers. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Network Tensor Margin Conserved Sensing K2Chain.
Open Scope R_scope.

(* --- a number whose L-th power is bounded by its (L-1)-st --- *)
Lemma bounded_power L a K c1 F c : (1 <= L)%nat -> 0 <= K -> 0 <= c1 -> 0 <= F -> 0 <= c ->
  (K <= a -> (a - K) ^ L <= c1 + F * (a + c) ^ (L - 1)) -> a <= 1 + K + c1 + F * (1 + K + c) ^ (L - 1).
Proof.
  intros HL PK P1 PF Pc H. set (G := (1 + K + c) ^ (L - 1)).
  assert (PG : 0 <= F * G) by (apply Rmult_le_pos; [auto | apply pow_le; lra]).
  destruct (Rle_lt_dec a (1 + K)) as [|Big]; [lra|]. specialize (H ltac:(lra)). set (b := a - K) in *.
  assert (Pb : 1 < b) by (unfold b; lra). assert (Pq : 1 <= b ^ (L - 1)) by (apply pow_R1_Rle; lra).
  assert (E : b ^ L = b * b ^ (L - 1)) by (replace L with (S (L - 1)) at 1 by lia; reflexivity).
  assert (U : (a + c) ^ (L - 1) <= b ^ (L - 1) * G).
  { unfold G. rewrite <- Rpow_mult_distr. apply pow_incr. unfold b in *. nra. }
  assert (F * (a + c) ^ (L - 1) <= b ^ (L - 1) * (F * G)).
  { replace (b ^ (L - 1) * (F * G)) with (F * (b ^ (L - 1) * G)) by ring. apply Rmult_le_compat_l; auto. }
  assert (c1 <= b ^ (L - 1) * c1) by nra.
  assert (Le : b ^ (L - 1) * b <= b ^ (L - 1) * (c1 + F * G)) by lra.
  apply Rmult_le_reg_l in Le; [|lra]. unfold b in Le. lra.
Qed.

Section Layers.
Variables (L : nat) (d : nat -> nat).

Lemma gram_trace (Y : nat -> R -> matrix) l t :
  Sum (d (S l)) (fun i => gram_difference d Y l t i i) = frob d Y l t - frob d Y (S l) t.
Proof.
  unfold gram_difference, frob, sq2, mul, transpose. rewrite Sum_minus. f_equal.
  - rewrite Sum_swap. apply Sum_ext. intros; apply Sum_ext; intros; ring.
  - apply Sum_ext. intros; apply Sum_ext; intros; ring.
Qed.

Lemma row_same (Y Z : nat -> R -> matrix) r r' t t' :
  (forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> Y l t a b = Z l t' a b) ->
  (forall p, (p < d 0%nat)%nat -> r p = r' p) ->
  forall l b, (l <= L)%nat -> (b < d l)%nat -> row d Y r l t b = row d Z r' l t' b.
Proof.
  intros HY Hr. induction l as [|l IH]; intros b Hl Hb.
  - rewrite !row_start by auto. auto.
  - rewrite !row_step. apply Sum_ext. intros a Ha. rewrite IH, HY; auto; lia.
Qed.

(* entries converge, so do the products W_l .. W_{L-1} *)
Lemma chain_converges (Y : nat -> R -> matrix) : d L = 1%nat ->
  (forall l a b, (l < L)%nat -> (a < d l)%nat -> (b < d (S l))%nat -> ex_finite_lim (fun t => Y l t a b) p_infty) ->
  forall p, (p < d 0%nat)%nat -> ex_finite_lim (fun t => chain_vector L d Y 0 t p) p_infty.
Proof.
  intros One HY. set (zv := chain_vector L d Y).
  assert (I : forall s b, (s <= L)%nat -> (b < d (L - s)%nat)%nat -> ex_finite_lim (fun t => zv (L - s)%nat t b)
    p_infty).
  { induction s as [|s IH]; intros b Hs Hb.
    - exists 1. apply (is_lim_ext (fun _ => 1)); [|apply is_lim_const]. intros t. symmetry. rewrite Nat.sub_0_r in *.
      rewrite One in Hb. apply zv_last; auto.
    - exists (Sum (d (L - s)%nat) (fun q => real (Lim (fun t => Y (L - S s)%nat t b q) p_infty) *
        real (Lim (fun t => zv (L - s)%nat t q) p_infty))).
      apply (is_lim_ext (fun t => Sum (d (L - s)%nat) (fun q => Y (L - S s)%nat t b q * zv (L - s)%nat t q))).
      + intros t. unfold zv at 2. rewrite zv_step by lia. replace (S (L - S s)) with (L - s)%nat by lia. reflexivity.
      + apply is_lim_Sum. intros q Hq.
        apply (is_lim_mult (fun t => Y (L - S s)%nat t b q) (fun t => zv (L - s)%nat t q) p_infty
          (real (Lim (fun t => Y (L - S s)%nat t b q) p_infty)) (real (Lim (fun t => zv (L - s)%nat t q) p_infty)));
            simpl; auto.
        * apply Lim_correct', HY; auto; [lia | replace (S (L - S s)) with (L - s)%nat by lia; auto].
        * apply Lim_correct', IH; auto; lia. }
  intros p Hp. pose proof (I L p (le_n L)) as B. rewrite Nat.sub_diag in B. apply B. exact Hp.
Qed.

End Layers.
