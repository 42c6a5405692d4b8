(* Minimisers over an affine set {A x = y} are stable: if convex, separable functions Q_a converge, uniformly on
   bounded intervals, to a continuous G with one minimiser z, then minimisers of Q_a converge to z, along any filter.
   No bound on the minimisers is assumed: convexity pulls a far minimiser to a sphere around z, where G exceeds G(z). *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Kkt Cluster.
Open Scope R_scope.

(* --- finitely many --- *)
Lemma filter_forall_lt (X : Type) (F : (X -> Prop) -> Prop) (FF : Filter F) m (P : nat -> X -> Prop) :
  (forall j, (j < m)%nat -> F (P j)) -> F (fun x => forall j, (j < m)%nat -> P j x).
Proof.
  induction m as [|m IH]; intros H.
  - apply (filter_imp (fun _ => True)); [intros; lia | apply filter_true].
  - apply (filter_imp (fun x => (forall j, (j < m)%nat -> P j x) /\ P m x)).
    + intros x [H1 H2] j Hj. destruct (Nat.eq_dec j m) as [->|N]; auto. apply H1; lia.
    + apply filter_and; auto.
Qed.

Lemma largest_entry m (f : nat -> R) k : (k < m)%nat ->
  exists i, (i < m)%nat /\ forall j, (j < m)%nat -> f j <= f i.
Proof.
  revert k. induction m as [|m IH]; intros k Hk; [lia|].
  destruct (Nat.eq_dec m 0) as [->|N].
  - exists 0%nat. split; [lia|]. intros j Hj. replace j with 0%nat by lia. lra.
  - destruct (IH 0%nat ltac:(lia)) as [i [Hi Mi]]. destruct (Rle_dec (f m) (f i)) as [Le|Gt].
    + exists i. split; [lia|]. intros j Hj. destruct (Nat.eq_dec j m) as [->|]; auto. apply Mi; lia.
    + exists m. split; [lia|]. intros j Hj. destruct (Nat.eq_dec j m) as [->|]; [lra|].
      pose proof (Mi j ltac:(lia)). lra.
Qed.

Lemma upper_bound m (f : nat -> R) : exists B, 0 <= B /\ forall j, (j < m)%nat -> f j <= B.
Proof.
  exists (Sum m (fun j => Rabs (f j))). split.
  - apply Sum_nonneg. intros; apply Rabs_pos.
  - intros j Hj. apply Rle_trans with (1 := Rle_abs (f j)).
    apply (Sum_term m (fun j => Rabs (f j))); auto. intros; apply Rabs_pos.
Qed.

Lemma Sum_same m c : Sum m (fun _ => c) = INR m * c.
Proof. induction m as [|m IH]; [simpl; ring|]. rewrite S_INR. simpl Sum. rewrite IH. ring. Qed.

(* a separable sum of terms that are close *)
Lemma potential_near m (f g : nat -> R -> R) x e : (forall j, (j < m)%nat -> Rabs (f j (x j) - g j (x j)) <= e) ->
  Rabs (potential m f x - potential m g x) <= INR m * e.
Proof.
  intros H. unfold potential. rewrite <- Sum_minus. apply Rle_trans with (1 := Sum_abs _ _).
  rewrite <- Sum_same. apply Sum_le. auto.
Qed.

(* --- the limit problem --- *)
Section Limit.
Variables (m n : nat) (A : nat -> nat -> R) (y : nat -> R) (g : nat -> R -> R) (z : nat -> R).
Hypothesis g_cont : forall j x, (j < m)%nat -> continuous (g j) x.
Hypothesis z_feasible : feasible m n A y z.
Hypothesis z_unique : forall x, feasible m n A y x -> potential m g x <= potential m g z ->
  forall j, (j < m)%nat -> x j = z j.

Lemma segment_feasible a x u : feasible m n A y x -> feasible m n A y u ->
  feasible m n A y (fun j => a * x j + (1 - a) * u j).
Proof.
  intros Hx Hu i Hi.
  rewrite (Sum_ext m _ (fun j => a * (A i j * x j) + (1 - a) * (A i j * u j))) by (intros; ring).
  rewrite Sum_plus, !Sum_scal_l, Hx, Hu by auto. ring.
Qed.

Lemma feasible_closed l : (forall d, 0 < d -> exists x, feasible m n A y x /\
    forall j, (j < m)%nat -> Rabs (x j - l j) < d) -> feasible m n A y l.
Proof.
  intros H i Hi. set (a := Sum m (fun j => Rabs (A i j))).
  assert (Pa : 0 <= a) by (apply Sum_nonneg; intros; apply Rabs_pos).
  assert (N : forall d, 0 < d -> Rabs (Sum m (fun j => A i j * l j) - y i) <= 0 + a * d).
  { intros d Pd. destruct (H d Pd) as [x [Hx Near]]. rewrite <- (Hx i Hi), <- Sum_minus.
    apply Rle_trans with (1 := Sum_abs _ _). unfold a. rewrite Rplus_0_l, <- Sum_scal_r. apply Sum_le. intros j Hj.
    replace (A i j * l j - A i j * x j) with (A i j * - (x j - l j)) by ring. rewrite Rabs_mult, Rabs_Ropp.
    apply Rmult_le_compat_l; [apply Rabs_pos | left; auto]. }
  pose proof (le_small _ 0 a Pa N) as Z. pose proof (Rabs_pos (Sum m (fun j => A i j * l j) - y i)).
  apply Rminus_diag_uniq. apply Rabs_eq_0. lra.
Qed.

Lemma potential_continuous l e : 0 < e -> exists d, 0 < d /\
  forall x, (forall j, (j < m)%nat -> Rabs (x j - l j) < d) -> Rabs (potential m g x - potential m g l) <= INR m * e.
Proof.
  intros Pe.
  assert (E : at_right 0 (fun d => forall j, (j < m)%nat -> forall x,
    Rabs (x - l j) < d -> Rabs (g j x - g j (l j)) < e)).
  { apply filter_forall_lt; [apply at_right_proper_filter|]. intros j Hj.
    destruct (proj1 (filterlim_locally _ _) (g_cont j (l j) Hj) (mkposreal e Pe)) as [d Hd].
    exists d. intros u Hu Pu x Hx. apply (Hd x). change (Rabs (x - l j) < d).
    change (Rabs (u - 0) < d) in Hu. rewrite Rminus_0_r, Rabs_pos_eq in Hu by lra. lra. }
  assert (P : at_right 0 (fun d => 0 < d)) by (exists (mkposreal 1 Rlt_0_1); auto).
  destruct (filter_ex (F := at_right 0) _ (filter_and _ _ E P)) as [d [Hd Pd]].
  exists d. split; auto. intros x Hx. unfold potential. rewrite <- Sum_minus.
  apply Rle_trans with (1 := Sum_abs _ _). rewrite <- Sum_same. apply Sum_le. intros j Hj. left. auto.
Qed.

(* G exceeds G(z) by a fixed amount on the sphere of radius d *)
Lemma sphere_gap d : 0 < d -> exists e, 0 < e /\ forall x, feasible m n A y x ->
  (forall j, (j < m)%nat -> Rabs (x j - z j) <= d) -> (exists j, (j < m)%nat /\ d <= Rabs (x j - z j)) ->
  potential m g z + e <= potential m g x.
Proof.
  intros Pd.
  set (bad e x := feasible m n A y x /\ (forall j, (j < m)%nat -> Rabs (x j - z j) <= d) /\
    (exists j, (j < m)%nat /\ d <= Rabs (x j - z j)) /\ potential m g x < potential m g z + e).
  destruct (Classical_Prop.classic (exists e, 0 < e /\ forall x, ~ bad e x)) as [[e [Pe He]]|N].
  { exists e. split; auto. intros x Hx Bx Fx. apply Rnot_lt_le. intros Lt. apply (He x). unfold bad. auto. }
  exfalso. destruct (upper_bound m (fun j => Rabs (z j) + d)) as [B [_ HB]].
  destruct (nested_cluster m B bad) as [l Hl].
  { intros e e' x Le [H1 [H2 [H3 H4]]]. repeat split; auto. lra. }
  { intros e Pe. apply Classical_Prop.NNPP. intros No. apply N. exists e. split; auto. intros x Hx. apply No. exists x.
    exact Hx. }
  { intros j x Hj [_ [Hx _]]. pose proof (Hx j Hj). pose proof (HB j Hj).
    pose proof (Rabs_triang (x j - z j) (z j)) as Tr.
    replace (x j - z j + z j) with (x j) in Tr by ring. simpl in *. lra. }
  assert (Fl : feasible m n A y l).
  { apply feasible_closed. intros s Ps. destruct (Hl 1 s ltac:(lra) Ps) as [x [[Hx _] Near]].
    exists x. auto. }
  assert (Gl : potential m g l <= potential m g z).
  { apply (le_small _ _ (INR m + 1)); [pose proof (pos_INR m); lra|]. intros e Pe.
    destruct (potential_continuous l e Pe) as [s [Ps Hs]].
    destruct (Hl e s Pe Ps) as [x [[_ [_ [_ Hx]]] Near]].
    pose proof (Hs x Near) as C. apply Rabs_le_between in C. lra. }
  destruct (Hl 1 d ltac:(lra) Pd) as [x [[_ [_ [[j [Hj Far]] _]]] Near]].
  pose proof (Near j Hj) as Nj. rewrite (z_unique l Fl Gl j Hj) in Nj. lra.
Qed.

(* --- the family --- *)
Variables (X : Type) (F : (X -> Prop) -> Prop) (q : X -> nat -> R -> R).
Context {FF : Filter F}.
Hypothesis q_convex : F (fun a => forall j x u s, (j < m)%nat -> 0 < s <= 1 ->
  q a j (s * x + (1 - s) * u) <= s * q a j x + (1 - s) * q a j u).
Hypothesis q_tends : forall j B e, (j < m)%nat -> 0 < B -> 0 < e ->
  F (fun a => forall x, Rabs x <= B -> Rabs (q a j x - g j x) <= e).

(* every minimiser, so that nothing has to be chosen; z is feasible here, G larger on the sphere of radius d *)
Lemma pulled_back d e : 0 < d -> 0 < e -> (forall x, feasible m n A y x ->
    (forall j, (j < m)%nat -> Rabs (x j - z j) <= d) -> (exists j, (j < m)%nat /\ d <= Rabs (x j - z j)) ->
    potential m g z + e <= potential m g x) ->
  F (fun a => forall r, feasible m n A y r ->
    (forall x, feasible m n A y x -> potential m (q a) r <= potential m (q a) x) ->
    forall j, (j < m)%nat -> Rabs (r j - z j) < d).
Proof.
  intros Pd Pe Gap.
  destruct (upper_bound m (fun j => Rabs (z j) + d)) as [B [PB HB]].
  set (s := e / (4 * (INR m + 1))).
  pose proof (pos_INR m) as Pm.
  assert (Ps : 0 < s) by (apply Rdiv_lt_0_compat; lra).
  assert (Es : 4 * (INR m * s) + 4 * s = e) by (unfold s; field; lra).
  assert (Near : F (fun a => forall j, (j < m)%nat -> forall x, Rabs x <= B + 1 -> Rabs (q a j x - g j x) <= s)).
  { apply filter_forall_lt; auto. intros j Hj. apply q_tends; auto; lra. }
  generalize (filter_and _ _ q_convex Near). apply filter_imp.
  intros a [Conv Cl] r Feas Min k Hk. apply Rnot_le_lt. intros Far.
  destruct (largest_entry m (fun j => Rabs (r j - z j)) k Hk) as [i [Hi Mi]].
  set (D := Rabs (r i - z i)). assert (HD : d <= D) by (apply Rle_trans with (1 := Far), (Mi k Hk)).
  (* pull r back to the sphere of radius d around z *)
  set (t := d / D).
  assert (Pt : 0 < t) by (apply Rdiv_lt_0_compat; lra).
  assert (Et : t * D = d) by (unfold t; field; lra).
  assert (Lt : t <= 1) by nra.
  set (x := fun j => t * r j + (1 - t) * z j).
  assert (Dist : forall j, Rabs (x j - z j) = t * Rabs (r j - z j)).
  { intros j. unfold x. replace (t * r j + (1 - t) * z j - z j) with (t * (r j - z j)) by ring.
    rewrite Rabs_mult, (Rabs_pos_eq t) by lra. reflexivity. }
  assert (Fx : feasible m n A y x) by (apply segment_feasible; auto).
  assert (Box : forall j, (j < m)%nat -> Rabs (x j - z j) <= d).
  { intros j Hj. rewrite Dist, <- Et. apply Rmult_le_compat_l; [lra | apply (Mi j Hj)]. }
  pose proof (Gap x Fx Box ltac:(exists i; split; [auto | rewrite Dist; fold D; lra])) as Gx.
  assert (Cx : potential m (q a) x <= t * potential m (q a) (r) + (1 - t) * potential m (q a) z).
  { unfold potential. rewrite <- !Sum_scal_l, <- Sum_plus. apply Sum_le. intros j Hj. apply Conv; auto. }
  pose proof (Min z z_feasible) as Mz.
  assert (Cz : potential m (q a) x <= potential m (q a) z) by nra.
  assert (Nx : Rabs (potential m (q a) x - potential m g x) <= INR m * s).
  { apply potential_near. intros j Hj. apply Cl; auto.
    pose proof (Box j Hj). pose proof (HB j Hj). pose proof (Rabs_triang (x j - z j) (z j)) as Tr.
    replace (x j - z j + z j) with (x j) in Tr by ring. simpl in *. lra. }
  assert (Nz : Rabs (potential m (q a) z - potential m g z) <= INR m * s).
  { apply potential_near. intros j Hj. apply Cl; auto. pose proof (HB j Hj). simpl in *. lra. }
  apply Rabs_le_between in Nx. apply Rabs_le_between in Nz. lra.
Qed.

(* the only minimiser *)
Theorem minimisers_converge d : 0 < d -> F (fun a => forall r, feasible m n A y r ->
  (forall x, feasible m n A y x -> potential m (q a) r <= potential m (q a) x) ->
  forall j, (j < m)%nat -> Rabs (r j - z j) < d).
Proof.
  intros Pd. destruct (sphere_gap d Pd) as [e [Pe Gap]]. apply (pulled_back d e Pd Pe Gap).
Qed.

(* any minimiser of a coercive G: the values converge, unique or not *)
Theorem values_converge B d : (forall x, feasible m n A y x -> potential m g x <= potential m g z + 1 ->
    forall j, (j < m)%nat -> Rabs (x j) <= B) -> 0 < d ->
  F (fun a => forall r, feasible m n A y r ->
    (forall x, feasible m n A y x -> potential m (q a) r <= potential m (q a) x) ->
    potential m g r <= potential m g z + d).
Proof.
  intros Coer Pd. destruct (upper_bound m (fun j => Rabs (z j))) as [Bz [Pz Hz]].
  set (D := Rabs B + Bz + 1). pose proof (Rabs_pos B) as PB. assert (PD : 0 < D) by (unfold D; lra).
  assert (M : F (fun a => forall r, feasible m n A y r ->
    (forall x, feasible m n A y x -> potential m (q a) r <= potential m (q a) x) ->
    forall j, (j < m)%nat -> Rabs (r j - z j) < D)).
  { apply (pulled_back D 1 PD Rlt_0_1). intros x Fx _ [j [Hj Far]]. left. apply Rnot_le_lt. intros Le.
    pose proof (Coer x Fx Le j Hj) as Bx. pose proof (Rle_abs B). pose proof (Hz j Hj) as Zj.
    pose proof (Rabs_triang (x j) (- z j)) as Tr. rewrite Rabs_Ropp in Tr. unfold D, Rminus in *. simpl in *. lra. }
  set (s := d / (4 * (INR m + 1))). pose proof (pos_INR m) as Pm.
  assert (Ps : 0 < s) by (apply Rdiv_lt_0_compat; lra).
  assert (Es : 4 * (INR m * s) + 4 * s = d) by (unfold s; field; lra).
  assert (Near : F (fun a => forall j, (j < m)%nat -> forall x, Rabs x <= D + Bz -> Rabs (q a j x - g j x) <= s)).
  { apply filter_forall_lt; auto. intros j Hj. apply q_tends; auto; lra. }
  generalize (filter_and _ _ M Near). apply filter_imp. intros a [Ma Na] r Fr Mr.
  assert (Nr : Rabs (potential m (q a) r - potential m g r) <= INR m * s).
  { apply potential_near. intros j Hj. apply Na; auto. pose proof (Ma r Fr Mr j Hj) as Rj. pose proof (Hz j Hj) as Zj.
    pose proof (Rabs_triang (r j - z j) (z j)) as Tr. replace (r j - z j + z j) with (r j) in Tr by ring. simpl in *.
    lra. }
  assert (Nz : Rabs (potential m (q a) z - potential m g z) <= INR m * s).
  { apply potential_near. intros j Hj. apply Na; auto. pose proof (Hz j Hj). simpl in *. lra. }
  pose proof (Mr z z_feasible). apply Rabs_le_between in Nr. apply Rabs_le_between in Nz. lra.
Qed.
End Limit.

(* --- existence: a continuous, coercive, nonnegative separable function has a minimiser --- *)
Theorem minimiser_exists m n A y (g : nat -> R -> R) x0 :
  (forall j x, (j < m)%nat -> continuous (g j) x) -> (forall j x, (j < m)%nat -> 0 <= g j x) ->
  (forall K, exists B, forall x, potential m g x <= K -> forall j, (j < m)%nat -> Rabs (x j) <= B) ->
  feasible m n A y x0 ->
  exists z, feasible m n A y z /\ forall x, feasible m n A y x -> potential m g z <= potential m g x.
Proof.
  intros Cont Pos Coer F0.
  set (E := fun v => exists x, feasible m n A y x /\ v = - potential m g x).
  destruct (completeness E) as [l [Ub Least]].
  { exists 0. intros v [x [_ ->]]. assert (0 <= potential m g x) by (apply Sum_nonneg; auto). lra. }
  { exists (- potential m g x0). exists x0. auto. }
  set (F := fun P : (nat -> R) -> Prop => exists e, 0 < e /\
    forall x, feasible m n A y x -> potential m g x <= - l + e -> P x).
  assert (PF : ProperFilter F).
  { constructor.
    - intros P [e [Pe HP]]. destruct (Classical_Prop.classic (exists x, P x)) as [|No]; auto. exfalso.
      assert (U : is_upper_bound E (l - e)).
      { intros v [x [Fx ->]]. apply Rnot_lt_le. intros Lt. apply No. exists x. apply HP; auto. lra. }
      pose proof (Least _ U). lra.
    - constructor.
      + exists 1. split; [lra | auto].
      + intros P P' [e [Pe HP]] [e' [Pe' HP']]. exists (Rmin e e'). split; [apply Rmin_glb_lt; auto|].
        intros x Fx Hx. pose proof (Rmin_l e e'). pose proof (Rmin_r e e'). split; [apply HP | apply HP']; auto; lra.
      + intros P P' Imp [e [Pe HP]]. exists e. auto. }
  destruct (Coer (- l + 1)) as [B HB].
  destruct (cluster_near (nat -> R) (fun j x => x j) B m F PF) as [z Hz].
  { intros j Hj. exists 1. split; [lra|]. intros x _ Hx. apply HB; auto. }
  exists z. split.
  - apply feasible_closed. intros d Pd.
    destruct (Hz (feasible m n A y) d) as [x [Fx Near]]; [exists 1; split; [lra | auto] | auto | exists x; auto].
  - intros x Fx. assert (Lx : - l <= potential m g x).
    { pose proof (Ub (- potential m g x) (ex_intro _ x (conj Fx eq_refl))). lra. }
    apply Rle_trans with (2 := Lx). apply (le_small _ _ (INR m + 1)); [pose proof (pos_INR m); lra|]. intros e Pe.
    destruct (potential_continuous m g Cont z e Pe) as [s [Ps Hs]].
    destruct (Hz (fun x => potential m g x <= - l + e) s) as [u [Hu Near]]; [exists e; auto | auto |].
    pose proof (Hs u Near) as C. apply Rabs_le_between in C. lra.
Qed.
