(* Limits of real functions along a filter, and cluster points: finitely many functions that are bounded along a proper
   filter have limits along a finer one ([cluster], [cluster_layers]), hence values that they come near to, all at once,
   in every set of the filter ([cluster_near]). *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums.
Open Scope R_scope.

Definition finer {X : Type} (F' F : (X -> Prop) -> Prop) : Prop := forall P, F P -> F' P.

Section Limits.
Context {X : Type} (F : (X -> Prop) -> Prop).

Definition tends (f : X -> R) (l : R) : Prop := filterlim f F (locally l).

Lemma tends_intro (FF : Filter F) f l : (forall eps, 0 < eps -> F (fun x => Rabs (f x - l) < eps)) -> tends f l.
Proof.
  intros H P [e He]. unfold filtermap. apply (filter_imp (fun x => Rabs (f x - l) < e)); [|apply H, cond_pos].
  intros x Hx. apply He. exact Hx.
Qed.

Lemma tends_near f l eps : tends f l -> 0 < eps -> F (fun x => Rabs (f x - l) < eps).
Proof. intros H P. apply (H (fun u => Rabs (u - l) < eps)). exists (mkposreal eps P). auto. Qed.

Lemma tends_finer (F' : (X -> Prop) -> Prop) f l : finer F' F -> tends f l -> filterlim f F' (locally l).
Proof. intros Sub H P HP. apply Sub, (H P HP). Qed.

Context {FF : Filter F}.

Lemma tends_const c : tends (fun _ => c) c.
Proof. apply filterlim_const. Qed.

Lemma tends_ext f g l : (forall x, f x = g x) -> tends f l -> tends g l.
Proof. intros E. apply filterlim_ext. exact E. Qed.

Lemma tends_ext_in f g l : F (fun x => f x = g x) -> tends f l -> tends g l.
Proof. apply filterlim_ext_loc. Qed.

Lemma tends_plus f g a b : tends f a -> tends g b -> tends (fun x => f x + g x) (a + b).
Proof.
  intros Hf Hg. apply (filterlim_comp_2 (G := locally a) (H := locally b)); auto.
  apply (filterlim_plus (V := R_NormedModule)).
Qed.

Lemma tends_mult f g a b : tends f a -> tends g b -> tends (fun x => f x * g x) (a * b).
Proof.
  intros Hf Hg. apply (filterlim_comp_2 (G := locally a) (H := locally b)); auto.
  apply (filterlim_mult (K := R_AbsRing)).
Qed.

Lemma tends_scale c f a : tends f a -> tends (fun x => c * f x) (c * a).
Proof. apply tends_mult, tends_const. Qed.

Lemma tends_minus f g a b : tends f a -> tends g b -> tends (fun x => f x - g x) (a - b).
Proof.
  intros Hf Hg. replace (a - b) with (a + -1 * b) by ring.
  apply (tends_ext (fun x => f x + -1 * g x)); [intros; ring|]. apply tends_plus, tends_scale; auto.
Qed.

Lemma tends_sq f a : tends f a -> tends (fun x => f x ^ 2) (a ^ 2).
Proof.
  intros H. replace (a ^ 2) with (a * a) by ring. apply (tends_ext (fun x => f x * f x)); [intros; ring|].
  apply tends_mult; auto.
Qed.

Lemma tends_continuous f a (h : R -> R) : continuous h a -> tends f a -> tends (fun x => h (f x)) (h a).
Proof. intros C H. apply (filterlim_comp _ _ _ f h F (locally a)); auto. Qed.

Lemma tends_Sum N (f : nat -> X -> R) (l : nat -> R) :
  (forall i, (i < N)%nat -> tends (f i) (l i)) -> tends (fun x => Sum N (fun i => f i x)) (Sum N l).
Proof.
  induction N as [|N IH]; intros H; simpl; [apply tends_const|]. apply tends_plus; auto.
Qed.

Lemma tends_Prod N (f : nat -> X -> R) (l : nat -> R) :
  (forall i, (i < N)%nat -> tends (f i) (l i)) -> tends (fun x => Prod N (fun i => f i x)) (Prod N l).
Proof.
  induction N as [|N IH]; intros H; simpl; [apply tends_const|]. apply tends_mult; auto.
Qed.

End Limits.

Section ProperLimits.
Context {X : Type} (F : (X -> Prop) -> Prop) {PF : ProperFilter F}.

Lemma tends_le f g a b : F (fun x => f x <= g x) -> tends F f a -> tends F g b -> a <= b.
Proof. intros H Hf Hg. apply (filterlim_le f g (Finite a) (Finite b) H Hf Hg). Qed.

Lemma tends_unique f a b : tends F f a -> tends F f b -> a = b.
Proof.
  intros Ha Hb. apply Rle_antisym; apply (tends_le f f); auto; apply filter_forall; intros; lra.
Qed.

Lemma tends_below f a b : F (fun x => f x <= b) -> tends F f a -> a <= b.
Proof. intros H Hf. apply (tends_le f (fun _ => b)); auto. apply (tends_const F). Qed.

Lemma tends_above f a b : F (fun x => b <= f x) -> tends F f a -> b <= a.
Proof. intros H Hf. apply (tends_le (fun _ => b) f); auto. apply (tends_const F). Qed.
End ProperLimits.

(* --- cluster points --- *)
Lemma cluster_one (X : Type) (F : (X -> Prop) -> Prop) (PF : ProperFilter F) (f : X -> R) (B : R) :
  F (fun x => Rabs (f x) <= B) ->
  exists l F', ProperFilter F' /\ finer F' F /\ tends F' f l.
Proof.
  intros HB.
  (* the upper limit *)
  set (E := fun y => forall Q : X -> Prop, F Q -> exists x, Q x /\ y <= f x).
  assert (Low : E (- B)).
  { intros Q HQ. destruct (filter_ex _ (filter_and _ _ HQ HB)) as [x [Hx Hb]]. exists x. split; auto.
    apply Rabs_le_between in Hb. lra. }
  assert (Up : is_upper_bound E B).
  { intros y Hy. destruct (Hy _ HB) as [x [Hb Hl]]. apply Rabs_le_between in Hb. lra. }
  destruct (completeness E (ex_intro _ B Up) (ex_intro _ _ Low)) as [l [Ub Least]].
  assert (Near : forall (Q : X -> Prop) d, F Q -> 0 < d -> exists x, Q x /\ Rabs (f x - l) < d).
  { intros Q d HQ Pd.
    assert (N1 : exists y, E y /\ l - d < y).
    { destruct (Classical_Prop.classic (exists y, E y /\ l - d < y)) as [|N]; auto. exfalso.
      assert (H : is_upper_bound E (l - d)). { intros y Hy. apply Rnot_lt_le. intros Lt. apply N. exists y. auto. }
      pose proof (Least _ H). lra. }
    destruct N1 as [y [Ey Ly]].
    assert (N2 : exists Q' : X -> Prop, F Q' /\ forall x, Q' x -> f x < l + d).
    { destruct (Classical_Prop.classic (exists Q' : X -> Prop, F Q' /\ forall x, Q' x -> f x < l + d)) as [|N]; auto.
      exfalso. assert (Eu : E (l + d)).
      { intros Q' HQ'. destruct (Classical_Prop.classic (exists x, Q' x /\ l + d <= f x)) as [|N']; auto. exfalso.
        apply N. exists Q'. split; auto. intros x Hx. apply Rnot_le_lt. intros Le. apply N'. exists x. auto. }
      pose proof (Ub _ Eu). lra. }
    destruct N2 as [Q' [HQ' Hl]]. destruct (Ey _ (filter_and _ _ HQ HQ')) as [x [[Hx Hx'] Lx]].
    exists x. split; auto. pose proof (Hl x Hx'). apply Rabs_lt_between. lra. }
  set (F' := fun P : X -> Prop => exists (Q : X -> Prop) d, F Q /\ 0 < d /\ forall x, Q x -> Rabs (f x - l) < d -> P x).
  assert (PF' : ProperFilter F').
  { constructor.
    - intros P [Q [d [HQ [Pd HP]]]]. destruct (Near Q d HQ Pd) as [x [Hx Hd]]. exists x. auto.
    - constructor.
      + exists (fun _ => True), 1. split; [apply filter_true | split; [lra | auto]].
      + intros P P' [Q [d [HQ [Pd HP]]]] [Q' [d' [HQ' [Pd' HP']]]].
        exists (fun x => Q x /\ Q' x), (Rmin d d'). split; [apply filter_and; auto|]. split; [apply Rmin_glb_lt; auto|].
        intros x [Hx Hx'] Hd. pose proof (Rmin_l d d'). pose proof (Rmin_r d d').
        split; [apply HP | apply HP']; auto; lra.
      + intros P P' Imp [Q [d [HQ [Pd HP]]]]. exists Q, d. auto. }
  exists l, F'. split; [exact PF'|]. split.
  - intros P HP. exists P, 1. split; [auto | split; [lra | auto]].
  - apply (tends_intro F' _). intros eps Pe. exists (fun _ => True), eps. split; [apply filter_true | split; auto].
Qed.

Lemma cluster (X : Type) (f : nat -> X -> R) (B : R) m : forall (F : (X -> Prop) -> Prop), ProperFilter F ->
  (forall j, (j < m)%nat -> F (fun x => Rabs (f j x) <= B)) ->
  exists l F', ProperFilter F' /\ finer F' F /\ forall j, (j < m)%nat -> tends F' (f j) (l j).
Proof.
  induction m as [|m IH]; intros F PF HB.
  - exists (fun _ => 0), F. split; [auto | split; [intros P HP; exact HP | intros; lia]].
  - destruct (IH F PF ltac:(intros; apply HB; lia)) as [l [F1 [P1 [S1 T1]]]].
    destruct (cluster_one X F1 P1 (f m) B (S1 _ (HB m ltac:(lia)))) as [lm [F2 [P2 [S2 T2]]]].
    exists (fun j => if Nat.eqb j m then lm else l j), F2. split; [auto|]. split; [intros P HP; apply S2, S1, HP|].
    intros j Hj. destruct (Nat.eqb_spec j m) as [->|N]; [exact T2|].
    apply (tends_finer F1 F2); auto. apply T1. lia.
Qed.

(* one family for each layer *)
Lemma cluster_layers (X : Type) (k : nat -> nat) (f : nat -> nat -> X -> R) (B : R) L :
  forall (F : (X -> Prop) -> Prop), ProperFilter F ->
  (forall l c, (l < L)%nat -> (c < k l)%nat -> F (fun x => Rabs (f l c x) <= B)) ->
  exists z F', ProperFilter F' /\ finer F' F /\
    forall l c, (l < L)%nat -> (c < k l)%nat -> tends F' (f l c) (z l c).
Proof.
  induction L as [|L IH]; intros F PF HB.
  - exists (fun _ _ => 0), F. split; [auto | split; [intros P HP; exact HP | intros; lia]].
  - destruct (IH F PF ltac:(intros; apply HB; auto)) as [z [F1 [P1 [S1 T1]]]].
    destruct (cluster X (f L) B (k L) F1 P1) as [y [F2 [P2 [S2 T2]]]]; [intros c Hc; apply S1, HB; auto|].
    exists (fun l => if Nat.eqb l L then y else z l), F2. split; [auto|]. split; [intros P HP; apply S2, S1, HP|].
    intros l c Hl Hc. destruct (Nat.eqb_spec l L) as [->|N]; [auto|].
    apply (tends_finer F1 F2); auto. apply T1; auto; lia.
Qed.

(* the same without the finer filter *)
Lemma cluster_near (X : Type) (f : nat -> X -> R) (B : R) m (F : (X -> Prop) -> Prop) : ProperFilter F ->
  (forall j, (j < m)%nat -> F (fun x => Rabs (f j x) <= B)) ->
  exists l : nat -> R, forall (Q : X -> Prop) d, F Q -> 0 < d ->
    exists x, Q x /\ forall j, (j < m)%nat -> Rabs (f j x - l j) < d.
Proof.
  intros PF HB. destruct (cluster X f B m F PF HB) as [l [F' [PF' [Sub T]]]]. exists l. intros Q d HQ Pd.
  assert (Near : F' (fun x => forall j, (j < m)%nat -> Rabs (f j x - l j) < d)).
  { clear HB. induction m as [|p IH]; [apply filter_forall; intros; lia|].
    apply (filter_imp (fun x => (forall j, (j < p)%nat -> Rabs (f j x - l j) < d) /\ Rabs (f p x - l p) < d)).
    - intros x [H Hp] j Hj. destruct (Nat.eq_dec j p) as [->|N]; [auto | apply H; lia].
    - apply filter_and; [apply IH; intros; apply T; lia | apply (tends_near F' (f p)); auto]. }
  destruct (filter_ex _ (filter_and _ _ (Sub Q HQ) Near)) as [x Hx]. exists x. exact Hx.
Qed.

(* a point near which there are members of all sets of a nested family *)
Lemma nested_cluster m B (member : R -> (nat -> R) -> Prop) :
  (forall e e' x, e <= e' -> member e x -> member e' x) -> (forall e, 0 < e -> exists x, member e x) ->
  (forall j x, (j < m)%nat -> member 1 x -> Rabs (x j) <= B) ->
  exists l : nat -> R, forall e s, 0 < e -> 0 < s ->
    exists x, member e x /\ forall j, (j < m)%nat -> Rabs (x j - l j) < s.
Proof.
  intros Mono Some Bound. set (F := fun P : (nat -> R) -> Prop => exists e, 0 < e /\ forall x, member e x -> P x).
  assert (PF : ProperFilter F).
  { constructor.
    - intros P [e [Pe HP]]. destruct (Some e Pe) as [x Hx]. exists x. auto.
    - constructor.
      + exists 1. split; [lra | auto].
      + intros P P' [e [Pe HP]] [e' [Pe' HP']]. exists (Rmin e e'). split; [apply Rmin_glb_lt; auto|].
        intros x Hx. split; [apply HP | apply HP']; apply (Mono (Rmin e e')); auto; [apply Rmin_l | apply Rmin_r].
      + intros P P' Imp [e [Pe HP]]. exists e. auto. }
  destruct (cluster_near (nat -> R) (fun j x => x j) B m F PF) as [l Hl].
  { intros j Hj. exists 1. split; [lra|]. intros x Hx. apply Bound; auto. }
  exists l. intros e s Pe Ps. apply Hl; auto. exists e. auto.
Qed.

(* what holds up to every multiple of e > 0 holds *)
Lemma le_small a b K : 0 <= K -> (forall e, 0 < e -> a <= b + K * e) -> a <= b.
Proof.
  intros PK H. apply Rnot_lt_le. intros Lt. specialize (H ((a - b) / (2 * (K + 1)))).
  assert (P : 0 < (a - b) / (2 * (K + 1))) by (apply Rdiv_lt_0_compat; lra). specialize (H P).
  assert (E : (a - b) / (2 * (K + 1)) * (2 * (K + 1)) = a - b) by (field; lra). nra.
Qed.
