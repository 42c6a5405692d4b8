(* Sufficiency and uniqueness for separable convex potentials: linear equality constraints
   (regression) and margin constraints (classification).
   phi_j is any function with subgradient s_j at rho_j; strictness gives uniqueness. *)
Require Import Reals Lra Lia Arith.
From Litproof Require Import Sums.
Open Scope R_scope.

Definition potential (m : nat) (phi : nat -> R -> R) (x : nat -> R) : R :=
  Sum m (fun j => phi j (x j)).

Section Separable.
Variables (m n : nat) (phi : nat -> R -> R) (rho s : nat -> R).

Definition subgradient : Prop :=
  forall j x, (j < m)%nat -> phi j (rho j) + s j * (x - rho j) <= phi j x.
Definition strict_subgradient : Prop :=
  forall j x, (j < m)%nat -> x <> rho j -> phi j (rho j) + s j * (x - rho j) < phi j x.

Lemma strict_is_subgradient : strict_subgradient -> subgradient.
Proof.
  intros H j x Hj. destruct (Req_dec x (rho j)) as [->|N]; [lra|]. left; auto.
Qed.

(* x lies on the right side of the supporting hyperplane *)
Lemma supported_min x : subgradient -> 0 <= Sum m (fun j => s j * (x j - rho j)) ->
  potential m phi rho <= potential m phi x.
Proof.
  intros Sub O.
  pose proof (Sum_le m (fun j => phi j (rho j) + s j * (x j - rho j)) (fun j => phi j (x j))
                (fun j Hj => Sub j (x j) Hj)) as I.
  rewrite Sum_plus in I. unfold potential. lra.
Qed.

Lemma supported_unique x k : strict_subgradient -> 0 <= Sum m (fun j => s j * (x j - rho j)) ->
  (k < m)%nat -> x k <> rho k -> potential m phi rho < potential m phi x.
Proof.
  intros Sub O Hk N.
  pose proof (Sum_lt m (fun j => phi j (rho j) + s j * (x j - rho j)) (fun j => phi j (x j)) k Hk
                (fun j Hj => strict_is_subgradient Sub j (x j) Hj) (Sub k (x k) Hk N)) as I.
  rewrite Sum_plus in I. unfold potential. lra.
Qed.

(* --- equality constraints A x = y, multipliers nu: s = A^T nu --- *)
Section Equality.
Variables (A : nat -> nat -> R) (y nu : nat -> R).
Definition feasible (x : nat -> R) : Prop :=
  forall i, (i < n)%nat -> Sum m (fun j => A i j * x j) = y i.
Hypothesis rho_feasible : feasible rho.
Hypothesis stationary : forall j, (j < m)%nat -> s j = Sum n (fun i => A i j * nu i).

Lemma equality_supported x : feasible x -> Sum m (fun j => s j * (x j - rho j)) = 0.
Proof.
  intros Hx.
  rewrite (Sum_ext m _ (fun j => Sum n (fun i => nu i * (A i j * x j) - nu i * (A i j * rho j)))).
  2:{ intros j Hj. rewrite stationary, <- Sum_scal_r by auto. apply Sum_ext; intros; ring. }
  rewrite Sum_swap. apply Sum_zero. intros i Hi.
  rewrite Sum_minus, !Sum_scal_l, Hx, rho_feasible by auto. ring.
Qed.

Theorem kkt_equality_min x : subgradient -> feasible x -> potential m phi rho <= potential m phi x.
Proof. intros Sub Hx. apply supported_min; auto. rewrite equality_supported; auto; lra. Qed.

Theorem kkt_equality_unique x k : strict_subgradient -> feasible x ->
  (k < m)%nat -> x k <> rho k -> potential m phi rho < potential m phi x.
Proof.
  intros Sub Hx. apply supported_unique; auto. rewrite equality_supported; auto; lra.
Qed.
End Equality.

(* --- margins A x >= 1, multipliers lam >= 0 that vanish on slack constraints: s = A^T lam --- *)
Section Margin.
Variables (A : nat -> nat -> R) (lam : nat -> R).
Definition margin_feasible (x : nat -> R) : Prop :=
  forall i, (i < n)%nat -> 1 <= Sum m (fun j => A i j * x j).
(* x satisfies the margins, and no point that does is smaller *)
Definition margin_minimiser (size : (nat -> R) -> R) (x : nat -> R) : Prop :=
  margin_feasible x /\ forall z, margin_feasible z -> size x <= size z.
Hypothesis rho_feasible : margin_feasible rho.
Hypothesis lam_nonneg : forall i, (i < n)%nat -> 0 <= lam i.
Hypothesis slackness : forall i, (i < n)%nat -> lam i * (Sum m (fun j => A i j * rho j) - 1) = 0.
Hypothesis stationary : forall j, (j < m)%nat -> s j = Sum n (fun i => A i j * lam i).

Lemma margin_supported x : margin_feasible x -> 0 <= Sum m (fun j => s j * (x j - rho j)).
Proof.
  intros Hx.
  rewrite (Sum_ext m _ (fun j => Sum n (fun i => lam i * (A i j * x j) - lam i * (A i j * rho j)))).
  2:{ intros j Hj. rewrite stationary, <- Sum_scal_r by auto. apply Sum_ext; intros; ring. }
  rewrite Sum_swap. apply Sum_nonneg. intros i Hi. rewrite Sum_minus, !Sum_scal_l.
  pose proof (slackness i Hi). pose proof (lam_nonneg i Hi). pose proof (Hx i Hi).
  assert (0 <= lam i * (Sum m (fun j => A i j * x j) - 1)) by (apply Rmult_le_pos; lra). lra.
Qed.

Theorem kkt_margin_min : subgradient -> margin_minimiser (potential m phi) rho.
Proof. intros Sub. split; auto. intros x Hx. apply supported_min; auto. apply margin_supported; auto. Qed.

Theorem kkt_margin_unique : strict_subgradient -> margin_minimiser (potential m phi) rho /\
  forall x k, margin_feasible x -> (k < m)%nat -> x k <> rho k -> potential m phi rho < potential m phi x.
Proof.
  intros Sub. split; [apply kkt_margin_min, strict_is_subgradient; auto|].
  intros x k Hx. apply supported_unique; auto. apply margin_supported; auto.
Qed.
End Margin.
End Separable.

(* the l2 max-margin direction (K2, the optimality of its dual certificate): rho = A^T lam *)
Theorem max_margin_l2 m n (A : nat -> nat -> R) (rho lam : nat -> R) :
  margin_feasible m n A rho ->
  (forall i, (i < n)%nat -> 0 <= lam i) ->
  (forall i, (i < n)%nat -> lam i * (Sum m (fun j => A i j * rho j) - 1) = 0) ->
  (forall j, (j < m)%nat -> rho j = Sum n (fun i => A i j * lam i)) ->
  let size x := Sum m (fun j => x j ^ 2) in
  margin_minimiser m n A size rho /\
  forall x k, margin_feasible m n A x -> (k < m)%nat -> x k <> rho k -> size rho < size x.
Proof.
  intros Fr Hl Hs Hr size.
  assert (Half : forall x, potential m (fun _ u => / 2 * u ^ 2) x = / 2 * size x)
    by (intros; unfold potential, size; apply Sum_scal_l).
  destruct (kkt_margin_unique m n (fun _ u => / 2 * u ^ 2) rho rho A lam Fr Hl Hs Hr) as [[_ Min] Un].
  2:{ split; [split; [exact Fr|]|].
      - intros x Hx. pose proof (Min x Hx) as T. rewrite !Half in T. lra.
      - intros x k Hx Hk N. pose proof (Un x k Hx Hk N) as T. rewrite !Half in T. lra. }
  intros j u _ Nu. assert (0 < (u - rho j) ^ 2) by (rewrite <- Rsqr_pow2; apply Rsqr_pos_lt; lra). nra.
Qed.

(* the l1 margin problem (K3 for two layers): a dual vector s in [-1, 1]^m, s_j = sign rho_j
   where rho_j <> 0, certifies optimality *)
Theorem max_margin_l1 m n (A : nat -> nat -> R) (rho s lam : nat -> R) :
  margin_feasible m n A rho ->
  (forall i, (i < n)%nat -> 0 <= lam i) ->
  (forall i, (i < n)%nat -> lam i * (Sum m (fun j => A i j * rho j) - 1) = 0) ->
  (forall j, (j < m)%nat -> s j = Sum n (fun i => A i j * lam i)) ->
  (forall j, (j < m)%nat -> Rabs (s j) <= 1) ->
  (forall j, (j < m)%nat -> s j * rho j = Rabs (rho j)) ->
  margin_minimiser m n A (fun x => Sum m (fun j => Rabs (x j))) rho.
Proof.
  intros Fr Hl Hs Hr B Sg.
  apply (kkt_margin_min m n (fun _ u => Rabs u) rho s A lam Fr Hl Hs Hr).
  intros j u Hj. rewrite Rmult_minus_distr_l, (Sg j Hj).
  pose proof (Rle_abs (s j * u)) as T. rewrite Rabs_mult in T.
  pose proof (B j Hj). pose proof (Rabs_pos u). nra.
Qed.
