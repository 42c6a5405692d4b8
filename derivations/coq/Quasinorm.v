(* The algebra of K3: what is smallest in the parameters is smallest in the quasi-norm 2/L of the
   coefficients, and KKT points in balanced parameters are KKT points in the coefficients.
   For two layers: a dual certificate of l1 max-margin that is strict off the support gives uniqueness. *)
Require Import Reals Lra Lia Arith.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Flow Kkt.
Open Scope R_scope.

(* |r|^(2/L), and 0 at 0 *)
Definition quasi (L : nat) (r : R) : R :=
  if Req_EM_T r 0 then 0 else Rpower (Rabs r) (2 / INR L).

Lemma exp_above t : 1 + t <= exp t.
Proof. destruct (Req_dec t 0) as [->|N]; [rewrite exp_0; lra|]. left. apply exp_ineq1; auto. Qed.

Lemma Prod_nonzero L x : Prod L x <> 0 -> forall l, (l < L)%nat -> x l <> 0.
Proof.
  induction L as [|p IH]; intros N l Hl; [lia|]. simpl in N. destruct (Nat.eq_dec l p) as [->|Ne].
  - intros E. apply N. rewrite E. ring.
  - apply IH; [|lia]. intros E. apply N. rewrite E. ring.
Qed.

Lemma Prod_abs L x : Rabs (Prod L x) = Prod L (fun l => Rabs (x l)).
Proof. induction L as [|p IH]; simpl; [apply Rabs_R1|]. rewrite Rabs_mult, IH. reflexivity. Qed.

Lemma ln_Prod L x : (forall l, (l < L)%nat -> 0 < x l) -> ln (Prod L x) = Sum L (fun l => ln (x l)).
Proof.
  induction L as [|p IH]; intros P; simpl; [apply ln_1|].
  rewrite ln_mult, IH; auto. apply Prod_pos; auto.
Qed.

Lemma Sum_constant L c : Sum L (fun _ => c) = INR L * c.
Proof. induction L as [|p IH]; [simpl; ring|]. rewrite S_INR. simpl Sum. rewrite IH. ring. Qed.

(* arithmetic and geometric mean of squares *)
Theorem squares_above_quasi L x : (1 <= L)%nat -> INR L * quasi L (Prod L x) <= Sum L (fun l => x l ^ 2).
Proof.
  intros HL. assert (PL : 0 < INR L) by (apply lt_0_INR; lia).
  unfold quasi. destruct (Req_EM_T (Prod L x) 0) as [Z|N].
  - rewrite Rmult_0_r. apply Sum_nonneg. intros; apply pow2_ge_0.
  - pose proof (Prod_nonzero L x N) as Nz.
    assert (Pa : forall l, (l < L)%nat -> 0 < Rabs (x l)) by (intros; apply Rabs_pos_lt; auto).
    set (G := Rpower (Rabs (Prod L x)) (2 / INR L)).
    assert (PG : 0 < G) by apply exp_pos.
    assert (LnG : INR L * ln G = Sum L (fun l => ln (x l ^ 2))).
    { unfold G, Rpower. rewrite ln_exp, Prod_abs, ln_Prod by auto.
      replace (INR L * (2 / INR L * Sum L (fun l => ln (Rabs (x l))))) with (2 * Sum L (fun l => ln (Rabs (x l))))
        by (field; lra).
      rewrite <- Sum_scal_l. apply Sum_ext. intros l Hl. rewrite <- (pow2_abs (x l)).
      simpl. rewrite Rmult_1_r, ln_mult by auto. ring. }
    (* x^2 = G exp(ln x^2 - ln G) >= G (1 + ln x^2 - ln G) *)
    apply Rle_trans with (Sum L (fun l => G * (1 + (ln (x l ^ 2) - ln G)))).
    + rewrite Sum_scal_l, Sum_plus, Sum_minus, !Sum_constant, <- LnG. right. ring.
    + apply Sum_le. intros l Hl.
      assert (P2 : 0 < x l ^ 2) by (rewrite <- pow2_abs; apply pow_lt; auto).
      apply Rle_trans with (G * exp (ln (x l ^ 2) - ln G)).
      * apply Rmult_le_compat_l; [lra | apply exp_above].
      * unfold Rminus. rewrite exp_plus, exp_Ropp, !exp_ln by auto. right. field. lra.
Qed.

(* every coefficient has a balanced factorisation, where this is an equality *)
Definition balanced (L : nat) (r : R) (l : nat) : R :=
  if Req_EM_T r 0 then 0
  else match l with O => sign r * Rpower (Rabs r) (/ INR L) | _ => Rpower (Rabs r) (/ INR L) end.

Theorem balanced_factorisation L r : (1 <= L)%nat ->
  Prod L (balanced L r) = r /\ Sum L (fun l => balanced L r l ^ 2) = INR L * quasi L r /\
  forall l, (l < L)%nat -> balanced L r l ^ 2 = quasi L r.
Proof.
  intros HL. assert (PL : 0 < INR L) by (apply lt_0_INR; lia).
  assert (Sq : forall l, (l < L)%nat -> balanced L r l ^ 2 = quasi L r).
  { intros l _. unfold balanced, quasi. destruct (Req_EM_T r 0) as [Z|N]; [ring|].
    assert (P2 : Rpower (Rabs r) (/ INR L) ^ 2 = Rpower (Rabs r) (2 / INR L)).
    { simpl. rewrite Rmult_1_r, <- Rpower_plus. f_equal. field. lra. }
    destruct l; [|exact P2]. rewrite Rpow_mult_distr, P2.
    destruct (Rlt_le_dec 0 r); [rewrite sign_eq_1 by lra | rewrite sign_eq_m1 by lra]; ring. }
  split; [|split]; [|rewrite (Sum_ext L _ (fun _ => quasi L r)) by exact Sq; apply Sum_constant | exact Sq].
  destruct L as [|p]; [lia|]. unfold balanced. destruct (Req_EM_T r 0) as [Z|N].
  - rewrite Z. simpl. ring.
  - set (b := Rpower (Rabs r) (/ INR (S p))).
    assert (Pw : b ^ S p = Rabs r).
    { unfold b. rewrite <- Rpower_pow by apply exp_pos. rewrite Rpower_mult, Rinv_l, Rpower_1; [reflexivity | | lra].
      apply Rabs_pos_lt; auto. }
    assert (Pr : forall q, Prod (S q) (fun l => match l with O => sign r * b | _ => b end) = sign r * b ^ S q).
    { induction q as [|q IH]; [simpl; ring|].
      change (Prod (S (S q)) (fun l => match l with O => sign r * b | _ => b end))
        with (Prod (S q) (fun l => match l with O => sign r * b | _ => b end) * b). rewrite IH. simpl. ring. }
    rewrite Pr, Pw.
    destruct (Rlt_le_dec 0 r); [rewrite sign_eq_1, Rabs_pos_eq by lra | rewrite sign_eq_m1, Rabs_left by lra]; ring.
Qed.

(* hence the two max-margin problems have the same solutions *)
Theorem margin_problems_equivalent L m n (A : nat -> nat -> R) (rho : nat -> R) : (1 <= L)%nat ->
  let w0 j := balanced L (rho j) in
  margin_minimiser m n A (fun x => Sum m (fun j => quasi L (x j))) rho <->
  (margin_feasible m n A (coefficient L w0) /\
   forall w, margin_feasible m n A (coefficient L w) ->
     Sum m (fun j => Sum L (fun l => w0 j l ^ 2)) <= Sum m (fun j => Sum L (fun l => w j l ^ 2))).
Proof.
  intros HL w0. unfold w0. assert (PL : 0 < INR L) by (apply lt_0_INR; lia).
  assert (Bal : forall x,
    Sum m (fun j => Sum L (fun l => balanced L (x j) l ^ 2)) = INR L * Sum m (fun j => quasi L (x j))).
  { intros x. rewrite <- Sum_scal_l. apply Sum_ext. intros j _. apply balanced_factorisation; auto. }
  assert (Same : forall x,
    margin_feasible m n A (coefficient L (fun j => balanced L (x j))) <-> margin_feasible m n A x).
  { intros x. split; intros F i Hi; specialize (F i Hi);
      rewrite (Sum_ext m _ (fun j => A i j * x j)) in * by
        (intros; f_equal; exact (proj1 (balanced_factorisation L (x _) HL))); exact F. }
  rewrite Bal, Same. split; intros [F H]; (split; [exact F|]).
  - intros w Fw. apply Rle_trans with (INR L * Sum m (fun j => quasi L (coefficient L w j))).
    + apply Rmult_le_compat_l; [lra | apply H; auto].
    + rewrite <- Sum_scal_l. apply Sum_le. intros j _. apply squares_above_quasi; auto.
  - intros x Fx. apply (Rmult_le_reg_l (INR L)); auto. rewrite <- (Bal x).
    apply (H (fun j => balanced L (x j))), Same, Fx.
Qed.

(* the derivative of (L/2) |r|^(2/L) off 0 *)
Lemma quasi_derive L rho : (1 <= L)%nat -> rho <> 0 ->
  is_derive (fun r => INR L / 2 * Rpower (Rabs r) (2 / INR L)) rho (sign rho * Rpower (Rabs rho) (2 / INR L - 1)).
Proof.
  intros HL N. assert (PL : 0 < INR L) by (apply lt_0_INR; lia). assert (Pa : 0 < Rabs rho) by (apply Rabs_pos_lt;
    auto).
  replace (sign rho * _) with (INR L / 2 * (sign rho * (2 / INR L * Rpower (Rabs rho) (2 / INR L - 1)))) by (field;
    lra).
  apply (is_derive_scal (fun r => Rpower (Rabs r) (2 / INR L))).
  apply (is_derive_comp (fun a => Rpower a (2 / INR L)) Rabs).
  - apply is_derive_Reals, derivable_pt_lim_power, Pa.
  - rewrite <- (Rmult_1_r (sign rho)). apply (is_derive_Rabs (fun r => r) rho 1); auto. apply (is_derive_id rho).
Qed.

(* KKT points of min |w|^2/2 subject to margins, s = A^T lam: each layer w_l = s prod_{k <> l} w_k;
   then all layers have modulus |rho|^(1/L) and s is the derivative of (L/2) |rho|^(2/L) where rho <> 0 *)
Theorem parameter_kkt_balanced L (w : nat -> R) s : (1 <= L)%nat ->
  (forall l, (l < L)%nat -> w l = s * ProdBut L w l) ->
  let rho := Prod L w in
  (forall l, (l < L)%nat -> w l ^ 2 = s * rho) /\
  (rho <> 0 -> s * rho = quasi L rho /\ is_derive (fun r => INR L / 2 * Rpower (Rabs r) (2 / INR L)) rho s).
Proof.
  intros HL K rho. assert (PL : 0 < INR L) by (apply lt_0_INR; lia).
  assert (Sq : forall l, (l < L)%nat -> w l ^ 2 = s * rho).
  { intros l Hl. unfold rho. rewrite <- (ProdBut_mul L w l Hl). rewrite (K l Hl) at 1.
    replace ((s * ProdBut L w l) ^ 2) with (s * ((s * ProdBut L w l) * ProdBut L w l)) by ring.
    rewrite <- (K l Hl). reflexivity. }
  split; [exact Sq|]. intros N.
  assert (Psr : 0 < s * rho).
  { rewrite <- (Sq 0%nat) by lia. rewrite <- pow2_abs. apply pow_lt, Rabs_pos_lt. apply (Prod_nonzero L w N). lia. }
  assert (Pw : (s * rho) ^ L = Rabs rho ^ 2).
  { rewrite <- (Prod_const L (s * rho)), (Prod_ext L _ (fun l => w l * w l)).
    - rewrite Prod_mult, pow2_abs. fold rho. ring.
    - intros l Hl. rewrite <- (Sq l Hl). ring. }
  assert (Pa : 0 < Rabs rho) by (apply Rabs_pos_lt; auto).
  assert (Q : s * rho = Rpower (Rabs rho) (2 / INR L)).
  { unfold Rpower. rewrite <- (exp_ln (s * rho)) by auto. f_equal.
    apply (f_equal ln) in Pw. rewrite <- !Rpower_pow in Pw by auto. unfold Rpower in Pw. rewrite !ln_exp in Pw.
    apply (Rmult_eq_reg_l (INR L)); [|lra]. rewrite Pw. simpl (INR 2). field. lra. }
  split.
  - unfold quasi. destruct (Req_EM_T rho 0); [contradiction | exact Q].
  - replace s with (sign rho * Rpower (Rabs rho) (2 / INR L - 1)); [apply quasi_derive; auto|].
    replace (2 / INR L - 1) with (2 / INR L + - (1)) by ring. rewrite Rpower_plus, Rpower_Ropp, Rpower_1, <- Q by auto.
    destruct (Rlt_le_dec 0 rho).
    + rewrite sign_eq_1, Rabs_pos_eq by lra. field. lra.
    + assert (rho < 0) by lra. rewrite sign_eq_m1, Rabs_left by auto. field. lra.
Qed.

(* two layers: KKT in the parameters, with a dual vector inside [-1, 1], is optimal in l1 *)
Theorem two_layer_kkt_optimal m n (A w : nat -> nat -> R) (lam : nat -> R) :
  let s j := Sum n (fun i => A i j * lam i) in
  margin_feasible m n A (coefficient 2 w) ->
  (forall i, (i < n)%nat -> 0 <= lam i) ->
  (forall i, (i < n)%nat -> lam i * (Sum m (fun j => A i j * coefficient 2 w j) - 1) = 0) ->
  (forall j l, (j < m)%nat -> (l < 2)%nat -> w j l = s j * ProdBut 2 (w j) l) ->
  (forall j, (j < m)%nat -> coefficient 2 w j = 0 -> Rabs (s j) <= 1) ->
  margin_minimiser m n A (fun x => Sum m (fun j => Rabs (x j))) (coefficient 2 w).
Proof.
  intros s Fw Hl Hs K B.
  assert (Sq : forall j, (j < m)%nat -> s j * coefficient 2 w j = Rabs (coefficient 2 w j)).
  { intros j Hj. destruct (Req_dec (coefficient 2 w j) 0) as [Z|N]; [rewrite Z, Rabs_R0; ring|].
    destruct (parameter_kkt_balanced 2 (w j) (s j) ltac:(lia) (fun l H => K j l Hj H)) as [_ Q].
    destruct (Q N) as [E _]. change (Prod 2 (w j)) with (coefficient 2 w j) in E. rewrite E. unfold quasi.
    destruct (Req_EM_T (coefficient 2 w j) 0); [contradiction|].
    replace (2 / INR 2) with 1 by (simpl; field). apply Rpower_1, Rabs_pos_lt; auto. }
  apply (max_margin_l1 m n A (coefficient 2 w) s lam); auto.
  intros j Hj. destruct (Req_dec (coefficient 2 w j) 0) as [Z|N]; [auto|].
  pose proof (Sq j Hj) as E. apply (f_equal Rabs) in E. rewrite Rabs_mult, Rabs_Rabsolu in E.
  right. apply (Rmult_eq_reg_r (Rabs (coefficient 2 w j))); [lra | apply Rabs_no_R0; auto].
Qed.

Lemma Sum_zero_terms n f : (forall i, (i < n)%nat -> 0 <= f i) -> Sum n f <= 0 -> forall i, (i < n)%nat -> f i = 0.
Proof.
  intros P Z i Hi. pose proof (Sum_term n f i Hi P). pose proof (P i Hi). lra.
Qed.

(* x with l1 norm at most that of z is z, where the dual vector s certifies z, is strict where z_j = 0 but x_j is not,
   and the rows with positive multipliers determine the entries on the support of z *)
Lemma l1_unique m n (A : nat -> nat -> R) (z s lam x : nat -> R) :
  (forall i, (i < n)%nat -> 0 <= lam i) ->
  (forall i, (i < n)%nat -> lam i * (Sum m (fun j => A i j * z j) - 1) = 0) ->
  (forall j, (j < m)%nat -> s j = Sum n (fun i => A i j * lam i)) ->
  (forall j, (j < m)%nat -> s j * z j = Rabs (z j)) ->
  (forall u, (forall j, (j < m)%nat -> z j = 0 -> u j = 0) ->
     (forall i, (i < n)%nat -> 0 < lam i -> Sum m (fun j => A i j * u j) = 0) ->
     forall j, (j < m)%nat -> u j = 0) ->
  margin_feasible m n A x -> Sum m (fun j => Rabs (x j)) <= Sum m (fun j => Rabs (z j)) ->
  (forall j, (j < m)%nat -> 0 <= Rabs (x j) - s j * x j /\
    (z j = 0 -> x j <> 0 -> 0 < Rabs (x j) - s j * x j)) ->
  forall j, (j < m)%nat -> x j = z j.
Proof.
  intros Hl Hs Hr Sg Inj Fx Le T.
  assert (Du : Sum m (fun j => s j * (x j - z j)) = Sum n (fun i => lam i * (Sum m (fun j => A i j * x j) - 1))).
  { rewrite (Sum_ext m _ (fun j => Sum n (fun i => lam i * (A i j * x j) - lam i * (A i j * z j)))).
    - rewrite Sum_swap. apply Sum_ext. intros i Hi. rewrite Sum_minus, !Sum_scal_l. pose proof (Hs i Hi). lra.
    - intros j Hj. rewrite Hr, <- Sum_scal_r by auto. apply Sum_ext; intros; ring. }
  assert (Pi : forall i, (i < n)%nat -> 0 <= lam i * (Sum m (fun j => A i j * x j) - 1)).
  { intros i Hi. apply Rmult_le_pos; auto. pose proof (Fx i Hi). lra. }
  assert (Total : Sum m (fun j => Rabs (x j) - s j * x j) + Sum n (fun i => lam i * (Sum m (fun j => A i j * x j) - 1))
    <= 0).
  { rewrite <- Du, <- Sum_plus.
    rewrite (Sum_ext m _ (fun j => Rabs (x j) - Rabs (z j))); [rewrite Sum_minus; lra|].
    intros j Hj. rewrite <- (Sg j Hj). ring. }
  assert (T0 : forall j, (j < m)%nat -> 0 <= Rabs (x j) - s j * x j) by (intros; apply T; auto).
  pose proof (Sum_nonneg m _ T0) as P1. pose proof (Sum_nonneg n _ Pi) as P2.
  pose proof (Sum_zero_terms m _ T0 ltac:(lra)) as Z1. pose proof (Sum_zero_terms n _ Pi ltac:(lra)) as Z2.
  assert (D : forall j, (j < m)%nat -> x j - z j = 0).
  { apply (Inj (fun j => x j - z j)).
    - intros j Hj Zz. rewrite Zz, Rminus_0_r. destruct (Req_dec (x j) 0) as [|Nx]; auto. exfalso.
      destruct (T j Hj) as [_ St]. pose proof (St Zz Nx). pose proof (Z1 j Hj) as E. cbv beta in E. lra.
    - intros i Hi Pl. pose proof (Z2 i Hi) as E2. cbv beta in E2. pose proof (Hs i Hi) as E3.
      apply Rmult_integral in E2. apply Rmult_integral in E3.
      rewrite (Sum_ext m _ (fun j => A i j * x j - A i j * z j)) by (intros; ring). rewrite Sum_minus. lra. }
  intros j Hj. pose proof (D j Hj). lra.
Qed.

(* the l1 max-margin direction is unique if the dual vector is strict off the support and the rows with
   positive multipliers determine the entries on it *)
Theorem max_margin_l1_unique m n (A : nat -> nat -> R) (rho s lam : nat -> R) :
  margin_feasible m n A rho ->
  (forall i, (i < n)%nat -> 0 <= lam i) ->
  (forall i, (i < n)%nat -> lam i * (Sum m (fun j => A i j * rho j) - 1) = 0) ->
  (forall j, (j < m)%nat -> s j = Sum n (fun i => A i j * lam i)) ->
  (forall j, (j < m)%nat -> s j * rho j = Rabs (rho j)) ->
  (forall j, (j < m)%nat -> rho j <> 0 -> Rabs (s j) <= 1) ->
  (forall j, (j < m)%nat -> rho j = 0 -> Rabs (s j) < 1) ->
  (forall u, (forall j, (j < m)%nat -> rho j = 0 -> u j = 0) ->
     (forall i, (i < n)%nat -> 0 < lam i -> Sum m (fun j => A i j * u j) = 0) ->
     forall j, (j < m)%nat -> u j = 0) ->
  let size x := Sum m (fun j => Rabs (x j)) in
  margin_minimiser m n A size rho /\
  forall x, margin_minimiser m n A size x -> forall j, (j < m)%nat -> x j = rho j.
Proof.
  intros Fr Hl Hs Hr Sg Bs Bo Inj size.
  assert (B : forall j, (j < m)%nat -> Rabs (s j) <= 1)
    by (intros j Hj; destruct (Req_dec (rho j) 0); [left; auto | auto]).
  split; [apply (max_margin_l1 m n A rho s lam); auto|].
  intros x [Fx Le0]. pose proof (Le0 rho Fr) as Le. unfold size in Le.
  apply (l1_unique m n A rho s lam); auto. intros j Hj.
  pose proof (Rle_abs (s j * x j)) as R1. rewrite Rabs_mult in R1. pose proof (B j Hj). pose proof (Rabs_pos (x j)).
  split; [nra|]. intros Zr N. pose proof (Bo j Hj Zr). pose proof (Rabs_pos_lt _ N). nra.
Qed.
