(* Full circular convolutions are complex odeco networks that are real on real parameters, at every depth and length:
     f(x) = sum_j (S x)_j prod_l (U^T v_l)_j,   U = the unitary discrete Fourier transform,
   with (S x)_j = d^(L/2 - 1) conj(F x)_j. So the theorems of ComplexOdeco.v speak of networks with truly complex U
   (length 3 and more), and give C1 for these. *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Flow Network Tensor Circular ComplexOdeco.
Open Scope R_scope.

(* --- roots of unity --- *)
Section Roots.
Variable d : nat.
Hypothesis d_pos : (0 < d)%nat.

Definition root (e : nat) : C := (cos (2 * PI * INR e / INR d), sin (2 * PI * INR e / INR d)).

Lemma d_real : 0 < INR d.
Proof. apply lt_0_INR. exact d_pos. Qed.

Lemma root_plus a b : root (a + b) = Cmult (root a) (root b).
Proof.
  unfold root. pose proof d_real. rewrite plus_INR.
  replace (2 * PI * (INR a + INR b) / INR d) with (2 * PI * INR a / INR d + 2 * PI * INR b / INR d) by (field; lra).
  rewrite cos_plus, sin_plus. apply C_eq; simpl; ring.
Qed.

Lemma root_zero : root 0 = RtoC 1.
Proof.
  unfold root. simpl (INR 0). unfold Rdiv. rewrite Rmult_0_r, Rmult_0_l, cos_0, sin_0. reflexivity.
Qed.

Lemma root_period q : root (q * d) = RtoC 1.
Proof.
  induction q as [|q IH]; [exact root_zero|]. simpl Nat.mul. rewrite root_plus, IH.
  unfold root. pose proof d_real. replace (2 * PI * INR d / INR d) with (2 * PI) by (field; lra).
  rewrite cos_2PI, sin_2PI. apply C_eq; simpl; ring.
Qed.

Lemma root_mod e : root (e mod d) = root e.
Proof.
  rewrite (Nat.div_mod e d) at 2 by lia. rewrite Nat.mul_comm, root_plus, root_period. ring.
Qed.

Lemma root_conj e : Cconj (root e) = root ((d - 1) * e).
Proof.
  assert (One : Cmult (root e) (root ((d - 1) * e)) = RtoC 1).
  { rewrite <- root_plus. replace (e + (d - 1) * e)%nat with (e * d)%nat by nia. apply root_period. }
  assert (Unit : Cmult (Cconj (root e)) (root e) = RtoC 1).
  { unfold root. pose proof (sin2_cos2 (2 * PI * INR e / INR d)) as T. unfold Rsqr in T. apply C_eq; simpl; lra. }
  transitivity (Cmult (Cconj (root e)) (Cmult (root e) (root ((d - 1) * e)))); [rewrite One; ring|].
  transitivity (Cmult (Cmult (Cconj (root e)) (root e)) (root ((d - 1) * e))); [ring|]. rewrite Unit. ring.
Qed.

Lemma root_not_one e : (0 < e < d)%nat -> root e <> RtoC 1.
Proof.
  intros He E. apply (f_equal fst) in E. cbn in E. pose proof d_real as Pd.
  set (x := PI * INR e / INR d) in *. pose proof PI_RGT_0.
  assert (Pe : 0 < INR e) by (apply lt_0_INR; lia). assert (Le : INR e < INR d) by (apply lt_INR; lia).
  assert (Hx : 0 < x < PI).
  { unfold x. split; [apply Rdiv_lt_0_compat; auto; apply Rmult_lt_0_compat; lra|].
    apply (Rmult_lt_reg_r (INR d)); auto. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra. }
  pose proof (sin_gt_0 x (proj1 Hx) (proj2 Hx)).
  replace (2 * PI * INR e / INR d) with (2 * x) in E by (unfold x; field; lra).
  rewrite cos_2a_sin in E. nra.
Qed.

(* sum_j exp(2 pi i j e / d) is d where d divides e, and 0 otherwise *)
Lemma root_sum e : CSum d (fun j => root (j * e)) = if Nat.eqb (e mod d) 0 then RtoC (INR d) else RtoC 0.
Proof.
  destruct (Nat.eqb_spec (e mod d) 0) as [Z|Nz].
  - rewrite (CSum_ext d _ (fun _ => RtoC 1)).
    + assert (Count : forall n c, Sum n (fun _ => c) = INR n * c)
        by (induction n as [|n IH]; intros c; [simpl; ring | rewrite S_INR; simpl Sum; rewrite IH; ring]).
      apply C_eq; simpl; rewrite Count; ring.
    + intros j _. rewrite <- root_mod, Nat.mul_mod, Z, Nat.mul_0_r, Nat.mod_0_l by lia. exact root_zero.
  - set (T := CSum d (fun j => root (j * e))).
    assert (Shift : Cmult (root e) T = T).
    { unfold T. rewrite <- CSum_scal.
      assert (Rot : forall j, Cmult (root e) (root (j * e)) = root (((j + 1) mod d) * e)).
      { intros j. rewrite <- root_plus, <- (root_mod (((j + 1) mod d) * e)), Nat.mul_mod_idemp_l, root_mod by lia.
        f_equal. lia. }
      rewrite (CSum_ext d _ (fun j => root (((j + 1) mod d) * e))) by (intros; apply Rot).
      apply C_eq; simpl.
      - apply (Sum_rotate d (fun j => fst (root (j * e)))). lia.
      - apply (Sum_rotate d (fun j => snd (root (j * e)))). lia. }
    pose proof (root_not_one (e mod d) ltac:(pose proof (Nat.mod_upper_bound e d); lia)) as N1. rewrite root_mod in N1.
    destruct (root e) as [a b], T as [x y]. apply (f_equal fst) in Shift as E1. apply (f_equal snd) in Shift as E2.
    simpl in E1, E2.
    assert (P : 0 < (a - 1) ^ 2 + b ^ 2).
    { destruct (Req_dec a 1) as [->|Na]; [destruct (Req_dec b 0) as [->|Nb]; [exfalso; apply N1; reflexivity|]|].
      - pose proof (pow2_gt_0 b Nb). lra.
      - pose proof (pow2_gt_0 (a - 1) ltac:(lra)). pose proof (pow2_ge_0 b). lra. }
    assert (X0 : ((a - 1) ^ 2 + b ^ 2) * x = 0).
    { replace (((a - 1) ^ 2 + b ^ 2) * x) with ((a - 1) * (a * x - b * y - x) + b * (a * y + b * x - y)) by ring.
      rewrite E1, E2. ring. }
    assert (Y0 : ((a - 1) ^ 2 + b ^ 2) * y = 0).
    { replace (((a - 1) ^ 2 + b ^ 2) * y) with ((a - 1) * (a * y + b * x - y) - b * (a * x - b * y - x)) by ring.
      rewrite E1, E2. ring. }
    apply Rmult_integral in X0. apply Rmult_integral in Y0. apply C_eq; simpl; lra.
Qed.

(* --- the Fourier transform and its inverse --- *)
Definition transformed (u : nat -> R) (j : nat) : C := CSum d (fun c => Cmult (root (j * c)) (RtoC (u c))).
Definition conjugate_transform (u : nat -> R) (j : nat) : C :=
  CSum d (fun a => Cmult (root ((d - 1) * (j * a))) (RtoC (u a))).

Lemma inversion u s :
  Cmult (RtoC (/ INR d)) (CSum d (fun j => Cmult (conjugate_transform u j) (root (j * s)))) = RtoC (u (s mod d)%nat).
Proof.
  pose proof d_real as Pd. unfold conjugate_transform.
  rewrite (CSum_ext d _ (fun j => CSum d (fun a => Cmult (RtoC (u a)) (root (j * ((d - 1) * a + s)))))).
  2:{ intros j _. rewrite Cmult_comm, <- CSum_scal. apply CSum_ext. intros a _.
      replace (j * ((d - 1) * a + s))%nat with ((d - 1) * (j * a) + j * s)%nat by nia. rewrite root_plus. ring. }
  rewrite CSum_swap.
  rewrite (CSum_ext d _ (fun a => Cmult (RtoC (delta (s mod d) a)) (RtoC (u a * INR d)))).
  - rewrite (CSum_delta d (s mod d) (fun a => RtoC (u a * INR d))) by (apply Nat.mod_upper_bound; lia).
    apply C_eq; simpl; field; lra.
  - intros a Ha. rewrite CSum_scal, root_sum.
    assert (Fit : (((d - 1) * a + s) mod d = 0)%nat <-> (s mod d = a)%nat).
    { split; intros E.
      - rewrite <- (Nat.mod_small a d Ha). rewrite <- (Nat.mod_add s a d) by lia.
        replace (s + a * d)%nat with (a + ((d - 1) * a + s))%nat by nia.
        rewrite <- Nat.add_mod_idemp_r, E, Nat.add_0_r by lia. reflexivity.
      - rewrite <- Nat.add_mod_idemp_r, E by lia. replace ((d - 1) * a + a)%nat with (a * d)%nat by nia.
        apply Nat.mod_mul. lia. }
    unfold delta. destruct (Nat.eqb_spec (((d - 1) * a + s) mod d) 0) as [Z|Nz],
      (Nat.eqb_spec (s mod d) a) as [Eq|Ne]; try tauto; apply C_eq; simpl; ring.
Qed.
End Roots.

(* --- the network --- *)
Section Convolution.
Variables (L d : nat).
Hypothesis d_pos : (0 < d)%nat.

Definition fourier (l c j : nat) : C := Cmult (RtoC (/ sqrt (INR d))) (root d (j * c)).
Definition spectrum (j a : nat) : C := Cmult (RtoC (sqrt (INR d) ^ L / INR d)) (root d ((d - 1) * (j * a))).

Lemma root_real : 0 < sqrt (INR d) /\ sqrt (INR d) * sqrt (INR d) = INR d.
Proof. pose proof (d_real d d_pos). split; [apply sqrt_lt_R0; auto | apply sqrt_sqrt; lra]. Qed.

Theorem fourier_unitary l j j' : (j < d)%nat -> (j' < d)%nat ->
  CSum d (fun c => Cmult (Cconj (fourier l c j')) (fourier l c j)) = RtoC (delta j j').
Proof.
  intros Hj Hj'. destruct root_real as [Ps S2]. pose proof (d_real d d_pos) as Pd.
  rewrite (CSum_ext d _ (fun c => Cmult (RtoC (/ INR d)) (root d (c * ((d - 1) * j' + j))))).
  - rewrite CSum_scal, root_sum by auto.
    assert (Fit : (((d - 1) * j' + j) mod d = 0)%nat <-> j = j').
    { split; intros E.
      - rewrite <- (Nat.mod_small j d Hj), <- (Nat.mod_small j' d Hj').
        rewrite <- (Nat.mod_add j j' d) by lia. replace (j + j' * d)%nat with (j' + ((d - 1) * j' + j))%nat by nia.
        rewrite <- Nat.add_mod_idemp_r, E, Nat.add_0_r by lia. reflexivity.
      - rewrite E. replace ((d - 1) * j' + j')%nat with (j' * d)%nat by nia. apply Nat.mod_mul. lia. }
    unfold delta. destruct (Nat.eqb_spec (((d - 1) * j' + j) mod d) 0), (Nat.eqb_spec j j'); try tauto;
      apply C_eq; simpl; field; lra.
  - intros c _. unfold fourier. rewrite Cconj_mult, (root_conj d d_pos).
    replace (c * ((d - 1) * j' + j))%nat with ((d - 1) * (j' * c) + j * c)%nat by nia. rewrite (root_plus d d_pos).
    assert (Real : Cmult (Cconj (RtoC (/ sqrt (INR d)))) (RtoC (/ sqrt (INR d))) = RtoC (/ INR d)).
    { set (s := sqrt (INR d)) in *. rewrite <- S2. apply C_eq; simpl; field; lra. }
    rewrite <- Real. ring.
Qed.

(* from three entries on the transform is not real *)
Theorem fourier_complex l : (3 <= d)%nat -> snd (fourier l 1 1) <> 0.
Proof.
  intros Hd. destruct root_real as [Ps _]. pose proof (d_real d d_pos) as Pd.
  unfold fourier, root. cbn. rewrite Rmult_1_r, Rmult_0_l, Rplus_0_r.
  apply Rmult_integral_contrapositive. split; [apply Rinv_neq_0_compat; lra|].
  pose proof PI_RGT_0. assert (D3 : 3 <= INR d) by (replace 3 with (INR 3) by (simpl; ring); apply le_INR; lia).
  apply Rgt_not_eq, sin_gt_0; [apply Rdiv_lt_0_compat; lra|].
  apply (Rmult_lt_reg_r (INR d)); auto. unfold Rdiv. rewrite Rmult_assoc, Rinv_l by lra. nra.
Qed.

Lemma NSum_split N f : (N < L)%nat -> NSum L f = (f N + NSum L (fun l => if Nat.eqb l N then 0 else f l))%nat.
Proof.
  clear d_pos. induction L as [|p IH]; intros HN; [lia|]. simpl.
  destruct (Nat.eqb_spec p N) as [->|Ne].
  - rewrite (NSum_ext N (fun l => if Nat.eqb l N then 0%nat else f l) f); [lia|].
    intros l Hl. destruct (Nat.eqb_spec l N); [lia | reflexivity].
  - rewrite IH by lia. lia.
Qed.

(* the layers below N contracted: Fourier transforms multiply *)
Definition rest (N : nat) (js : nat -> nat) : nat := NSum L (fun l => if Nat.ltb l N then 0%nat else js l).

Lemma rest_step N js c : (N < L)%nat -> rest N (set_index js N c) = (c + rest (S N) js)%nat.
Proof.
  intros HN. unfold rest. rewrite (NSum_split N) by auto. rewrite Nat.ltb_irrefl. unfold set_index at 1.
  rewrite Nat.eqb_refl. f_equal. apply NSum_ext. intros l _. unfold set_index.
  destruct (Nat.eqb_spec l N), (Nat.ltb_spec l N), (Nat.ltb_spec l (S N)); try lia; reflexivity.
Qed.

Lemma contract_transform x w N js : (N <= L)%nat ->
  RtoC (contract_below (fun _ => d) (circular L d x) w N js) = Cmult (RtoC (/ INR d)) (CSum d (fun j =>
    Cmult (Cmult (conjugate_transform d x j) (CProd N (fun l => transformed d (w l) j))) (root d (j * rest N js)))).
Proof.
  revert js. induction N as [|N IH]; intros js HN.
  - cbn [contract_below CProd]. unfold circular. rewrite <- (inversion d d_pos). f_equal. apply CSum_ext. intros j _.
    replace (rest 0 js) with (NSum L js) by (apply NSum_ext; intros; reflexivity). ring.
  - cbn [contract_below]. transitivity (CSum d (fun c => Cmult (RtoC (w N c))
      (RtoC (contract_below (fun _ => d) (circular L d x) w N (set_index js N c))))).
    { apply C_eq; simpl; [apply Sum_ext; intros; ring | symmetry; apply Sum_zero; intros; ring]. }
    rewrite (CSum_ext d _ (fun c => Cmult (RtoC (/ INR d)) (CSum d (fun j => Cmult
      (Cmult (Cmult (conjugate_transform d x j) (CProd N (fun l => transformed d (w l) j)))
        (root d (j * rest (S N) js)))
      (Cmult (root d (j * c)) (RtoC (w N c))))))).
    + rewrite CSum_scal, CSum_swap. f_equal. apply CSum_ext. intros j _. rewrite CSum_scal. cbn [CProd].
      fold (transformed d (w N) j). ring.
    + intros c _. rewrite IH by lia. rewrite <- !CSum_scal. apply CSum_ext. intros j _.
      rewrite rest_step by lia. rewrite Nat.mul_add_distr_l, (root_plus d d_pos). ring.
Qed.

Theorem convolution_is_complex_network x w :
  complex_output L d d (fun _ => d) spectrum fourier w x =
  RtoC (contract L (fun _ => d) (circular L d x) w).
Proof.
  destruct root_real as [Ps S2]. pose proof (d_real d d_pos) as Pd.
  unfold contract. rewrite contract_transform by auto. unfold complex_output. rewrite <- CSum_scal.
  apply CSum_ext. intros j _.
  assert (Rest : rest L (fun _ => 0%nat) = 0%nat).
  { unfold rest. induction L as [|p IH]; [reflexivity|]. simpl.
    rewrite (NSum_ext p _ (fun l => if Nat.ltb l p then 0%nat else 0%nat)).
    - rewrite IH. destruct (Nat.ltb p (S p)); reflexivity.
    - intros l _. destruct (Nat.ltb l (S p)), (Nat.ltb l p); reflexivity. }
  rewrite Rest, Nat.mul_0_r, (root_zero d).
  assert (Feature : feature d spectrum x j = Cmult (RtoC (sqrt (INR d) ^ L / INR d)) (conjugate_transform d x j)).
  { unfold feature, conjugate_transform, spectrum. rewrite <- CSum_scal. apply CSum_ext. intros; ring. }
  assert (Layers : forall N, CProd N (complex_reduced (fun _ => d) fourier w j) =
    Cmult (RtoC (/ sqrt (INR d) ^ N)) (CProd N (fun l => transformed d (w l) j))).
  { induction N as [|N IH]; cbn [CProd pow]; [apply C_eq; simpl; field|]. rewrite IH.
    replace (complex_reduced (fun _ => d) fourier w j N) with (Cmult (RtoC (/ sqrt (INR d))) (transformed d (w N) j)).
    - replace (RtoC (/ (sqrt (INR d) * sqrt (INR d) ^ N)))
        with (Cmult (RtoC (/ sqrt (INR d))) (RtoC (/ sqrt (INR d) ^ N))); [ring|].
      pose proof (pow_lt _ N Ps). apply C_eq; simpl; field; lra.
    - unfold complex_reduced, transformed, fourier. rewrite <- CSum_scal. apply CSum_ext. intros; ring. }
  rewrite Feature, Layers. pose proof (pow_lt _ L Ps) as PL.
  replace (RtoC (sqrt (INR d) ^ L / INR d)) with (Cmult (RtoC (/ INR d)) (RtoC (sqrt (INR d) ^ L)))
    by (apply C_eq; simpl; field; lra).
  assert (One : Cmult (RtoC (sqrt (INR d) ^ L)) (RtoC (/ sqrt (INR d) ^ L)) = RtoC 1)
    by (apply C_eq; simpl; field; lra).
  transitivity (Cmult (Cmult (RtoC (sqrt (INR d) ^ L)) (RtoC (/ sqrt (INR d) ^ L))) (Cmult (RtoC (/ INR d))
    (Cmult (conjugate_transform d x j) (CProd L (fun l => transformed d (w l) j))))); [ring|].
  rewrite One. ring.
Qed.

(* C1 for the gradient flow of a full convolution, by the theorem on complex networks *)
Variables (n : nat) (X : nat -> nat -> R) (ell dell : nat -> R -> R) (v : nat -> nat -> R -> R).
Hypothesis ell_derive : forall i u, is_derive (ell i) u (dell i u).
Hypothesis v_flow : tensor_gradient_flow L n (fun _ => d) (fun i => circular L d (X i)) ell v.

Lemma convolution_complex_flow : complex_gradient_flow L d d n (fun _ => d) spectrum fourier X ell v.
Proof.
  intros l c Hl Hc. destruct (v_flow l c Hl Hc) as [C D]. split; auto. intros t Ht.
  rewrite (Derive_ext _ (fun s => tensor_loss L n (fun _ => d) (fun i => circular L d (X i)) ell
    (replace_entry (at_time v t) l c s))); auto.
  intros s. unfold complex_loss, tensor_loss. apply Sum_ext. intros i _. rewrite convolution_is_complex_network.
  reflexivity.
Qed.

Theorem convolution_moduli_constant j l l' t : (j < d)%nat -> (l < L)%nat -> (l' < L)%nat -> 0 <= t ->
  let eta l t := complex_reduced (fun _ => d) fourier (at_time v t) j l in
  Cmod (eta l t) ^ 2 - Cmod (eta l' t) ^ 2 = Cmod (eta l 0) ^ 2 - Cmod (eta l' 0) ^ 2.
Proof.
  exact (complex_network_moduli_constant L d d n (fun _ => d) spectrum fourier X ell dell ell_derive
    (fun l j j' _ Hj Hj' => fourier_unitary l j j' Hj Hj')
    (fun w i => f_equal snd (convolution_is_complex_network (X i) w)) v convolution_complex_flow j l l' t).
Qed.
End Convolution.
