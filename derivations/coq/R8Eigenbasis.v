(* Commuting symmetric matrices have a common orthonormal eigenbasis ([common_eigenbasis]). One matrix after the other:
   among the orthogonal Q that make the earlier matrices diagonal, take one for which the squares on the diagonal of
   Q^T A Q have the largest sum. If an entry b at (p, q) off the diagonal were not 0, the rotation in the plane (p, q)
   that removes it would add 2 b^2 to that sum, and keep the earlier matrices diagonal: they commute with A, so they are
   multiples of the identity on that plane. *)
Require Import Reals Lra Lia Arith Setoid Morphisms.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Conserved Sensing R8Conjugation R8Diagonal R8CommutingSensing Cluster.
Open Scope R_scope.

Definition symmetric (d : nat) (P : matrix) : Prop := agree d (transpose P) P.
Definition commute (d : nat) (P P' : matrix) : Prop := agree d (mul d P P') (mul d P' P).

(* --- a largest value on a bounded closed set of matrices --- *)
Section Largest.
Variables (d : nat) (inside : matrix -> Prop) (value : matrix -> R).
Hypothesis entries_bounded : forall Q, inside Q -> forall a b, (a < d)%nat -> (b < d)%nat -> Rabs (Q a b) <= 1.
(* the limit of matrices in the set along a filter lies in it, and the values tend to its value *)
Hypothesis closed : forall (F : (matrix -> Prop) -> Prop) (Z : matrix), ProperFilter F -> F inside ->
  (forall a b, (a < d)%nat -> (b < d)%nat -> tends F (fun Q => Q a b) (Z a b)) -> inside Z /\ tends F value (value Z).
Hypothesis bounded_above : exists top, forall Q, inside Q -> value Q <= top.

Lemma largest Q0 : inside Q0 -> exists Q, inside Q /\ forall Q', inside Q' -> value Q' <= value Q.
Proof.
  intros H0. destruct bounded_above as [top Top].
  destruct (completeness (fun r => exists Q, inside Q /\ r = value Q)) as [sup [Ub Least]].
  { exists top. intros r [Q [HQ ->]]. auto. }
  { exists (value Q0), Q0. auto. }
  set (F := fun U : matrix -> Prop => exists e, 0 < e /\ forall Q, inside Q -> sup - e < value Q -> U Q).
  assert (PF : ProperFilter F).
  { split.
    - intros U [e [Pe HU]].
      destruct (Classical_Prop.classic (exists Q, inside Q /\ sup - e < value Q)) as [[Q [I V]]|N]; [exists Q; auto|].
      exfalso. assert (B : is_upper_bound (fun r => exists Q, inside Q /\ r = value Q) (sup - e)).
      { intros r [Q [I ->]]. apply Rnot_lt_le. intros Lt. apply N. exists Q. auto. }
      pose proof (Least _ B). lra.
    - split.
      + exists 1. split; [lra | auto].
      + intros U V [e [Pe HU]] [e' [Pe' HV]]. exists (Rmin e e').
        pose proof (Rmin_l e e'). pose proof (Rmin_r e e'). split; [apply Rmin_pos; auto|].
        intros Q I Lt. split; [apply HU | apply HV]; auto; lra.
      + intros U V Sub [e [Pe HU]]. exists e. auto. }
  assert (In : F inside) by (exists 1; split; [lra | auto]).
  destruct (cluster_layers matrix (fun _ => d) (fun a b Q => Q a b) 1 d F PF) as [Z [F' [PF' [Sub Lim]]]].
  { intros a b Ha Hb. destruct In as [e [Pe He]]. exists e. split; auto. }
  destruct (closed F' Z PF' (Sub _ In) Lim) as [IZ VZ]. exists Z. split; auto. intros Q' I'.
  apply Rle_trans with sup; [apply Ub; exists Q'; auto|].
  apply Rnot_lt_le. intros Lt.
  assert (H : (sup + value Z) / 2 <= value Z).
  { apply (tends_above F' value); [|exact VZ]. apply Sub. exists ((sup - value Z) / 2). split;
    [lra|]. intros Q _. lra. }
  lra.
Qed.
End Largest.

(* --- orthogonal matrices --- *)
Section Orthogonal.
Variable d : nat.

Lemma orthogonal_mul Q G : orthogonal d Q -> orthogonal d G -> orthogonal d (mul d Q G).
Proof.
  intros [H1 H2] [K1 K2]. split; rewrite transpose_mul.
  - rewrite mul_assoc, <- (mul_assoc d d (transpose Q) Q), H1, identity_left. exact K1.
  - rewrite mul_assoc, <- (mul_assoc d d G (transpose G)), K2, identity_left. exact H2.
Qed.

Lemma conj_conj Q G P : agree d (conj d (mul d Q G) P) (conj d G (conj d Q P)).
Proof. unfold conj. rewrite transpose_mul, !mul_assoc. reflexivity. Qed.

Lemma orthogonal_entry Q a b : orthogonal d Q -> (a < d)%nat -> (b < d)%nat -> Rabs (Q a b) <= 1.
Proof.
  intros [_ H] Ha Hb. specialize (H a a Ha Ha). unfold mul, transpose, identity in H. rewrite delta_same in H.
  pose proof (Sum_term d (fun k => Q a k * Q a k) b Hb ltac:(intros; cbv beta; nra)) as T. cbv beta in T.
  apply Rabs_le. nra.
Qed.

Lemma tends_conj_entry (F : (matrix -> Prop) -> Prop) (FF : ProperFilter F) Z P a b : (a < d)%nat -> (b < d)%nat ->
  (forall a b, (a < d)%nat -> (b < d)%nat -> tends F (fun Q => Q a b) (Z a b)) ->
  tends F (fun Q => conj d Q P a b) (conj d Z P a b).
Proof.
  intros Ha Hb Lim. rewrite conj_entry.
  apply (tends_ext F (fun Q => Sum d (fun p => Q p a * Sum d (fun q => Q q b * P p q))));
    [intros; symmetry; apply conj_entry|].
  apply (tends_Sum F d (fun p Q => Q p a * Sum d (fun q => Q q b * P p q))). intros p Hp.
  apply (tends_mult F (fun Q => Q p a)); [apply Lim; auto|].
  apply (tends_Sum F d (fun q Q => Q q b * P p q)). intros q Hq.
  apply (tends_mult F (fun Q => Q q b)); [apply Lim; auto | apply (tends_const F)].
Qed.

Lemma tends_orthogonal (F : (matrix -> Prop) -> Prop) (PF : ProperFilter F) Z :
  F (orthogonal d) -> (forall a b, (a < d)%nat -> (b < d)%nat -> tends F (fun Q => Q a b) (Z a b)) -> orthogonal d Z.
Proof.
  intros In Lim. split; intros a b Ha Hb.
  - apply (tends_unique F (fun Q => mul d (transpose Q) Q a b)).
    + apply (tends_Sum F d (fun k Q => transpose Q a k * Q k b)). intros k Hk.
      apply (tends_mult F (fun Q => Q k a)); apply Lim; auto.
    + apply (tends_ext_in F (fun _ => identity a b)); [|apply (tends_const F)].
      apply (filter_imp (orthogonal d)); auto. intros Q [H _]. symmetry. auto.
  - apply (tends_unique F (fun Q => mul d Q (transpose Q) a b)).
    + apply (tends_Sum F d (fun k Q => Q a k * transpose Q k b)). intros k Hk.
      apply (tends_mult F (fun Q => Q a k)); apply Lim; auto.
    + apply (tends_ext_in F (fun _ => identity a b)); [|apply (tends_const F)].
      apply (filter_imp (orthogonal d)); auto. intros Q [_ H]. symmetry. auto.
Qed.

(* --- the rotation in the plane (p, q) with cosine c and sine s --- *)
Definition rotation (p q : nat) (c s : R) : matrix := fun i a =>
  if Nat.eqb a p then c * delta p i + s * delta q i else
  if Nat.eqb a q then c * delta q i - s * delta p i else delta a i.

Section Plane.
Variables (p q : nat) (c s : R).
Hypotheses (p_below : (p < d)%nat) (q_below : (q < d)%nat) (different : p <> q) (circle : c ^ 2 + s ^ 2 = 1).

Lemma rotation_Sum a f : (a < d)%nat -> Sum d (fun i => rotation p q c s i a * f i) =
  if Nat.eqb a p then c * f p + s * f q else if Nat.eqb a q then c * f q - s * f p else f a.
Proof.
  intros Ha. unfold rotation. destruct (Nat.eqb a p); [|destruct (Nat.eqb a q); [|apply (Sum_delta d a f Ha)]].
  - rewrite (Sum_ext d _ (fun i => c * (delta p i * f i) + s * (delta q i * f i))) by (intros; ring).
    rewrite Sum_plus, !Sum_scal_l, !Sum_delta by auto. reflexivity.
  - rewrite (Sum_ext d _ (fun i => c * (delta q i * f i) - s * (delta p i * f i))) by (intros; ring).
    rewrite Sum_minus, !Sum_scal_l, !Sum_delta by auto. reflexivity.
Qed.

Lemma rotation_columns : agree d (mul d (transpose (rotation p q c s)) (rotation p q c s)) identity.
Proof.
  intros a b Ha Hb. unfold mul, transpose, identity. rewrite (rotation_Sum a (fun i => rotation p q c s i b)) by auto.
  unfold rotation, delta.
  repeat match goal with |- context [Nat.eqb ?x ?y] => destruct (Nat.eqb_spec x y); try lia end; nra.
Qed.
End Plane.

Lemma rotation_transpose p q c s : p <> q -> forall i a, transpose (rotation p q c s) i a = rotation p q c (- s) i a.
Proof.
  intros Ne i a. unfold transpose, rotation, delta.
  repeat match goal with |- context [Nat.eqb ?x ?y] => destruct (Nat.eqb_spec x y); try lia end; ring.
Qed.

Lemma rotation_orthogonal p q c s : (p < d)%nat -> (q < d)%nat -> p <> q -> c ^ 2 + s ^ 2 = 1 ->
  orthogonal d (rotation p q c s).
Proof.
  intros Hp Hq Ne E. split; [apply rotation_columns; auto|]. intros a b Ha Hb.
  rewrite <- (rotation_columns p q c (- s) Hp Hq Ne ltac:(nra) a b Ha Hb). unfold mul. apply Sum_ext. intros k Hk.
  rewrite rotation_transpose by auto. change (transpose (rotation p q c (- s)) a k) with (rotation p q c (- s) k a).
  rewrite <- (rotation_transpose p q c s Ne k a). reflexivity.
Qed.

(* the rotation that removes the entry at (p, q) *)
Lemma removing_angle (b u : R) : exists c s, c ^ 2 + s ^ 2 = 1 /\ (c ^ 2 - s ^ 2) * b + c * s * u = 0.
Proof.
  destruct (IVT_gen (fun x => (cos x ^ 2 - sin x ^ 2) * b + cos x * sin x * u) 0 (PI / 2) 0) as [x [_ Hx]].
  - intros x. apply continuity_pt_filterlim.
    apply (ex_derive_continuous (fun x => (cos x ^ 2 - sin x ^ 2) * b + cos x * sin x * u)). auto_derive. auto.
  - rewrite cos_0, sin_0, cos_PI2, sin_PI2.
    replace ((1 ^ 2 - 0 ^ 2) * b + 1 * 0 * u) with b by ring. replace ((0 ^ 2 - 1 ^ 2) * b +
      0 * 1 * u) with (- b) by ring.
    unfold Rmin, Rmax. destruct (Rle_dec b (- b)); lra.
  - exists (cos x), (sin x). split; [|exact Hx]. pose proof (sin2_cos2 x). unfold Rsqr in *. lra.
Qed.

Definition squared_diagonal (P : matrix) : R := Sum d (fun a => P a a ^ 2).

Lemma rotation_entry p q c s P a b : (p < d)%nat -> (q < d)%nat -> (a < d)%nat -> (b < d)%nat ->
  conj d (rotation p q c s) P a b =
  let row i := if Nat.eqb b p then c * P i p + s * P i q else if Nat.eqb b q then c * P i q - s * P i p else P i b in
  if Nat.eqb a p then c * row p + s * row q else if Nat.eqb a q then c * row q - s * row p else row a.
Proof.
  intros Hp Hq Ha Hb. rewrite conj_entry. rewrite rotation_Sum by auto. rewrite !rotation_Sum by auto. reflexivity.
Qed.

Lemma Sum_two (p q : nat) f g : (p < d)%nat -> (q < d)%nat -> p <> q ->
  (forall a, (a < d)%nat -> a <> p -> a <> q -> f a = g a) -> Sum d f - Sum d g = (f p - g p) + (f q - g q).
Proof.
  intros Hp Hq Ne E. rewrite <- Sum_minus.
  rewrite (Sum_ext d _ (fun a => delta p a * (f a - g a) + delta q a * (f a - g a))).
  - rewrite Sum_plus, !(Sum_delta d _ (fun a => f a - g a)) by auto. ring.
  - intros a Ha. unfold delta. destruct (Nat.eqb_spec p a), (Nat.eqb_spec q a); subst; try lia; try ring.
    rewrite E by auto. ring.
Qed.

Lemma rotation_gains p q P : symmetric d P -> (p < d)%nat -> (q < d)%nat -> p <> q -> exists c s, c ^ 2 + s ^ 2 = 1 /\
  squared_diagonal (conj d (rotation p q c s) P) = squared_diagonal P + 2 * P p q ^ 2.
Proof.
  intros Sy Hp Hq Ne. destruct (removing_angle (P p q) (P q q - P p p)) as [c [s [E Z]]]. exists c, s. split; auto.
  unfold squared_diagonal.
  pose proof (Sum_two p q (fun a => conj d (rotation p q c s) P a a ^ 2) (fun a => P a a ^ 2) Hp Hq Ne) as T.
  cbv beta in T. assert (Eq : P q p = P p q) by exact (Sy p q Hp Hq).
  rewrite !rotation_entry in T by auto. cbv zeta in T. rewrite !Nat.eqb_refl in T.
  destruct (Nat.eqb_spec q p) as [|_]; [lia|]. rewrite Eq in T.
  match type of T with _ -> _ = ?r => assert (V : r = 2 * P p q ^ 2) end.
  { set (x := P p p) in *. set (z := P q q) in *. set (b := P p q) in *.
    (* the plane's part of P keeps its Frobenius norm *)
    transitivity (((c ^ 2 + s ^ 2) ^ 2 - 1) * (x ^ 2 + z ^ 2 + 2 * b ^ 2) + 2 * b ^ 2
      - 2 * ((c ^ 2 - s ^ 2) * b + c * s * (z - x)) ^ 2); [ring | rewrite E, Z; ring]. }
  rewrite V in T. rewrite <- T; [ring|]. intros a Ha Np Nq. rewrite rotation_entry by auto. cbv zeta.
  destruct (Nat.eqb_spec a p), (Nat.eqb_spec a q); try lia; reflexivity.
Qed.

(* a diagonal matrix that is a multiple of the identity on the plane stays as it is *)
Lemma rotation_keeps p q c s D : c ^ 2 + s ^ 2 = 1 -> (p < d)%nat -> (q < d)%nat -> p <> q -> diagonal_below d D ->
  D p p = D q q -> diagonal_below d (conj d (rotation p q c s) D).
Proof.
  intros E Hp Hq Ne Di Eq a b Ha Hb Nab. rewrite rotation_entry by auto. cbv zeta.
  assert (Z : forall i j, (i < d)%nat -> (j < d)%nat -> D i j = if Nat.eqb i j then D i i else 0)
    by (intros i j Hi Hj; destruct (Nat.eqb_spec i j) as [->|N]; auto).
  destruct (Nat.eqb_spec a p), (Nat.eqb_spec a q), (Nat.eqb_spec b p), (Nat.eqb_spec b q); subst; try lia;
    rewrite ?(Di p q), ?(Di q p) by auto; rewrite ?Eq; try ring; rewrite ?(Di a b), ?(Di p b), ?(Di q b), ?(Di a p),
      ?(Di a q)
    by auto; ring.
Qed.

Lemma commuting_values P D p q : (p < d)%nat -> (q < d)%nat -> diagonal_below d D -> commute d D P -> P p q <> 0 ->
  D p p = D q q.
Proof.
  intros Hp Hq Di Co N. specialize (Co p q Hp Hq). unfold mul in Co.
  rewrite (Sum_ext d _ (fun k => delta p k * (D p p * P k q))) in Co.
  - rewrite (Sum_ext d (fun k => P p k * D k q) (fun k => delta q k * (P p k * D q q))) in Co.
    + rewrite (Sum_delta d p (fun k => D p p * P k q)), (Sum_delta d q (fun k => P p k * D q q)) in Co by auto.
      apply (Rmult_eq_reg_r (P p q)); lra.
    + intros k Hk. unfold delta. destruct (Nat.eqb_spec q k) as [<-|Ne]; [ring|]. rewrite (Di k q) by auto. ring.
  - intros k Hk. unfold delta. destruct (Nat.eqb_spec p k) as [<-|Ne]; [ring|]. rewrite (Di p k) by auto. ring.
Qed.

Lemma conj_symmetric Q P : symmetric d P -> symmetric d (conj d Q P).
Proof. intros H. unfold symmetric. rewrite conj_transpose. apply conj_agree. exact H. Qed.

Lemma conj_commute Q P P' : orthogonal d Q -> commute d P P' -> commute d (conj d Q P) (conj d Q P').
Proof. intros HQ H. unfold commute. rewrite !conj_mul by auto. apply conj_agree. exact H. Qed.

(* --- the eigenbasis --- *)
Lemma diagonalise (A : nat -> matrix) : forall n, (forall i, (i < n)%nat -> symmetric d (A i)) ->
  (forall i i', (i < n)%nat -> (i' < n)%nat -> commute d (A i) (A i')) ->
  exists Q, orthogonal d Q /\ forall i, (i < n)%nat -> diagonal_below d (conj d Q (A i)).
Proof.
  induction n as [|n IH]; intros Sy Co; [exists identity; split; [apply identity_orthogonal | intros; lia]|].
  destruct IH as [Q0 [O0 D0]]; [intros; apply Sy; lia | intros; apply Co; lia|].
  set (inside := fun Q => orthogonal d Q /\ forall i, (i < n)%nat -> diagonal_below d (conj d Q (A i))).
  destruct (largest d inside (fun Q => squared_diagonal (conj d Q (A n)))) with (Q0 := Q0) as [Q [[OQ DQ] Top]].
  - intros Q [O _] a b Ha Hb. apply orthogonal_entry; auto.
  - intros F Z PF In Lim. split; [split|].
    + apply (tends_orthogonal F PF); auto. apply (filter_imp inside); auto. intros Q [O _]. exact O.
    + intros i Hi a b Ha Hb Ne. apply (tends_unique F (fun Q => conj d Q (A i) a b)).
      * apply tends_conj_entry; auto.
      * apply (tends_ext_in F (fun _ => 0)); [|apply (tends_const F)]. apply (filter_imp inside); auto.
        intros Q [_ D]. symmetry. apply D; auto.
    + apply (tends_Sum F d (fun a Q => conj d Q (A n) a a ^ 2)). intros a Ha. apply (tends_sq F).
      apply tends_conj_entry; auto.
  - exists (Sum d (fun a => Sum d (fun b => A n a b * A n a b))). intros Q [O _].
    rewrite <- (conj_inner d Q O (A n) (A n)). apply Sum_le. intros a Ha.
    pose proof (Sum_term d (fun b => conj d Q (A n) a b * conj d Q (A n) a b) a Ha ltac:(intros; cbv beta; nra)).
    cbv beta in *. lra.
  - split; auto.
  - exists Q. split; auto. intros i Hi. destruct (Nat.eq_dec i n) as [->|Ni]; [|apply DQ; lia].
    intros p q Hp Hq Ne. destruct (Req_dec (conj d Q (A n) p q) 0) as [|N]; auto. exfalso.
    destruct (rotation_gains p q (conj d Q (A n)) (conj_symmetric Q _ (Sy n ltac:(lia))) Hp Hq Ne) as [c [s [E Gain]]].
    assert (OG : orthogonal d (rotation p q c s)) by (apply rotation_orthogonal; auto).
    assert (I : inside (mul d Q (rotation p q c s))).
    { split; [apply orthogonal_mul; auto|]. intros i Hi' a b Ha Hb Nab. rewrite conj_conj by auto.
      apply rotation_keeps; auto. apply (commuting_values (conj d Q (A n))); auto.
      apply conj_commute; auto. }
    pose proof (Top _ I) as T. cbv beta in T.
    assert (Same : squared_diagonal (conj d (mul d Q (rotation p q c s)) (A n)) =
      squared_diagonal (conj d (rotation p q c s) (conj d Q (A n)))).
    { apply Sum_ext. intros a Ha. rewrite conj_conj by auto. reflexivity. }
    rewrite Same, Gain in T. pose proof (pow2_gt_0 _ N). lra.
Qed.
End Orthogonal.

(* commuting symmetric matrices are Q diag(lambda_i) Q^T with one orthogonal Q *)
Theorem common_eigenbasis d n (A : nat -> matrix) : (forall i, (i < n)%nat -> symmetric d (A i)) ->
  (forall i i', (i < n)%nat -> (i' < n)%nat -> commute d (A i) (A i')) ->
  exists (Q : matrix) (lam : nat -> nat -> R), orthogonal d Q /\
    forall i, (i < n)%nat -> agree d (A i) (spectral d Q (lam i)).
Proof.
  intros Sy Co. destruct (diagonalise d A n Sy Co) as [Q [O D]].
  exists Q, (fun i j => conj d Q (A i) j j). split; auto. intros i Hi. apply spectral_of_conj; auto.
  intros a b Ha Hb. unfold diagonal, delta. destruct (Nat.eqb_spec a b) as [->|Ne]; [ring|].
  rewrite (D i Hi a b Ha Hb Ne). ring.
Qed.

(* both hypotheses are needed *)
Theorem eigenbasis_commutes d n (A : nat -> matrix) (Q : matrix) (lam : nat -> nat -> R) : orthogonal d Q ->
  (forall i, (i < n)%nat -> agree d (A i) (spectral d Q (lam i))) ->
  (forall i, (i < n)%nat -> symmetric d (A i)) /\
  forall i i', (i < n)%nat -> (i' < n)%nat -> commute d (A i) (A i').
Proof.
  intros O HA. assert (Sy : forall x, symmetric d (spectral d Q x)).
  { intros x p q _ _. unfold transpose, spectral. apply Sum_ext. intros; ring. }
  assert (Pr : forall x z, agree d (mul d (spectral d Q x) (spectral d Q z)) (spectral d Q (fun j => x j * z j))).
  { intros x z. apply spectral_of_conj; auto. rewrite <- conj_mul by auto. rewrite !conj_spectral by auto.
    intros a b Ha Hb. unfold mul, diagonal.
    rewrite (Sum_ext d _ (fun k => delta a k * (x a * (delta k b * z k)))) by (intros; ring).
    rewrite (Sum_delta d a (fun k => x a * (delta k b * z k))) by auto. ring. }
  split.
  - intros i Hi. unfold symmetric. rewrite (HA i Hi). apply Sy.
  - intros i i' Hi Hi'. unfold commute. rewrite (HA i Hi), (HA i' Hi'), !Pr. intros p q _ _. unfold spectral.
    apply Sum_ext. intros; ring.
Qed.
