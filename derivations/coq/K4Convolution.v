(* K4 for two-layer circular convolutional networks, f = sum_{a, b} x_{(a + b) mod d} u_a w_b (Circular.v's data tensor,
   L = 2), one data point with label y, loss exp(-y f). Where the linear coefficients point in the end:
     filter of one entry:    y x,
     filter of two entries:  y (2 x + lshift x + rshift x) if x . lshift x > 0,  y (2 x - lshift x - rshift x) if x .
     lshift x < 0,
   if the start is not blocked, that is not orthogonal (label included) to the top pair of singular vectors of M(x). *)
Require Import Reals Lra Lia Arith FunctionalExtensionality.
From Coquelicot Require Import Coquelicot.
From Litproof Require Import Sums Paths Norms Flow Network Tensor Circular K4Growth K4Directions K4Classification.
Open Scope R_scope.

Definition lshift (d : nat) (x : nat -> R) (i : nat) : R := x ((i + 1) mod d)%nat.
Definition rshift (d : nat) (x : nat -> R) (i : nat) : R := x ((i + d - 1) mod d)%nat.
Definition convolution_matrix (d : nat) (x : nat -> R) (a b : nat) : R := x ((a + b) mod d)%nat.
(* layer 0: the filter, of k1 entries; layer 1: d entries *)
Definition filter_width (k1 d l : nat) : nat := match l with O => k1 | _ => d end.
(* beta of f(x) = <x, beta> *)
Definition convolution_coefficient (k1 d : nat) (u w : nat -> R) (i : nat) : R :=
  Sum k1 (fun a => Sum d (fun b => delta i ((a + b) mod d) * (u a * w b))).

Lemma convolution_output k1 d (u w x : nat -> R) : d <> 0%nat ->
  Sum d (fun i => x i * convolution_coefficient k1 d u w i) = contract 2 (filter_width k1 d) (circular 2 d x)
    (fun l => match l with O => u | _ => w end).
Proof.
  intros Hd. unfold convolution_coefficient, contract. simpl contract_below.
  rewrite (Sum_ext d _ (fun i => Sum d (fun b => Sum k1 (fun a => delta ((a + b) mod d) i * (x i * (u a * w b)))))).
  - rewrite Sum_swap. apply Sum_ext. intros b _. rewrite Sum_swap, <- Sum_scal_l. apply Sum_ext. intros a _.
    rewrite (Sum_delta d ((a + b) mod d) (fun i => x i * (u a * w b))) by (apply Nat.mod_upper_bound; auto).
    unfold circular. simpl NSum. unfold set_index. simpl. ring.
  - intros i _. rewrite Sum_swap, <- Sum_scal_l. apply Sum_ext. intros b _. rewrite <- Sum_scal_l. apply Sum_ext.
    intros a _.
    unfold delta. rewrite (Nat.eqb_sym i). ring.
Qed.

Lemma coefficient_of_convolution d (x : nat -> R) a b : d <> 0%nat ->
  Sum d (fun i => x i * delta i ((a + b) mod d)) = convolution_matrix d x a b.
Proof.
  intros Hd. unfold convolution_matrix.
  rewrite (Sum_ext d _ (fun i => delta ((a + b) mod d) i * x i))
    by (intros i _; unfold delta; rewrite (Nat.eqb_sym i); ring).
  apply Sum_delta, Nat.mod_upper_bound; auto.
Qed.

Lemma direction_of_multiple d K (c b : nat -> R) y i : 0 < K -> (forall i, (i < d)%nat -> b i = K * c i) ->
  (i < d)%nat ->
  y * b i / euclid d b = y * c i / euclid d c.
Proof.
  intros PK H Hi. rewrite H by auto. replace (euclid d b) with (K * euclid d c).
  - unfold Rdiv. rewrite Rinv_mult. replace (y * (K * c i) * (/ K * / euclid d c))
      with (K * / K * (y * c i * / euclid d c)) by ring.
    rewrite Rinv_r by lra. ring.
  - rewrite <- euclid_scale by lra. unfold euclid. f_equal. apply Sum_ext. intros k Hk. rewrite H; auto.
Qed.

(* filters of one entry *)
Theorem convolution_one_entry (d : nat) (x : nat -> R) (y : R) (v : nat -> nat -> R -> R) :
  y = 1 \/ y = -1 -> 0 < Sum d (fun i => x i ^ 2) ->
  tensor_gradient_flow 2 1 (filter_width 1 d) (fun _ => circular 2 d x) (one_point_loss y) v ->
  v 0%nat 0%nat 0 + y * Sum d (fun b => x b / euclid d x * v 1%nat b 0) <> 0 ->
  let beta t := convolution_coefficient 1 d (fun a => v 0%nat a t) (fun b => v 1%nat b t) in
  forall i, (i < d)%nat -> is_lim (fun t => beta t i / euclid d (beta t)) p_infty (y * x i / euclid d x).
Proof.
  intros Hy Px Fl Un beta i Hi.
  assert (Hd : d <> 0%nat) by lia.
  set (s := euclid d x). assert (Ps : 0 < s) by (apply sqrt_lt_R0; auto).
  assert (S2 : s * s = Sum d (fun i => x i ^ 2)) by (apply sqrt_sqrt; lra).
  set (k := filter_width 1 d). set (U := fun l c (_ : nat) => match l with O => 1 | _ => x c / s end).
  assert (Orth : orthonormal 2 1 k U).
  { intros l j j' Hl Hj Hj'. replace j' with j by lia. rewrite delta_same. destruct l as [|[|l]]; [simpl; ring | | lia].
    unfold U, k, filter_width. rewrite (Sum_ext d _ (fun c => / (s * s) * x c ^ 2)) by (intros; field; lra).
    rewrite Sum_scal_l, <- S2. field. lra. }
  assert (Dec : singular_decomposition 1 k (convolution_matrix d x) (fun _ => s) U).
  { intros a b Ha Hb. simpl in Ha, Hb. unfold convolution_matrix, U. simpl. replace (a + b)%nat with b by lia.
    rewrite Nat.mod_small by auto. field. lra. }
  destruct (two_layer_classification 1 k (convolution_matrix d x) (fun _ => s) U y v 0 Orth Dec ltac:(lia) ltac:(intros;
    lra) Ps Hy Fl)
    as [_ [_ Con]].
  set (e := v 0%nat 0%nat 0 + y * Sum d (fun b => x b / s * v 1%nat b 0)) in *.
  assert (Ee : Sum (k 0%nat) (fun c => U 0%nat c 0%nat * v 0%nat c 0) + y * Sum (k 1%nat) (fun c =>
    U 1%nat c 0%nat * v 1%nat c 0) = e)
    by (unfold e, k, U; simpl; ring).
  destruct Con as [_ [_ [_ [Be _]]]].
  { exists 0%nat. split; [lia|]. destruct (Req_EM_T s s); [|lra]. rewrite Ee. exact Un. }
  specialize (Be d (fun i a b => delta i ((a + b) mod d)) x (fun a b _ _ =>
    coefficient_of_convolution d x a b Hd) i Hi).
  cbv zeta beta in Be. cbn [Sum] in Be. destruct (Req_EM_T s s) as [_|]; [|lra]. rewrite Ee in Be.
  replace (y * x i / s) with (y * Sum (k 0%nat) (fun a => Sum (k 1%nat) (fun b => delta i ((a + b) mod d) *
     ((0 + U 0%nat a 0%nat * e) * (0 + U 1%nat b 0%nat * e)))) /
     euclid d (fun i => Sum (k 0%nat) (fun a => Sum (k 1%nat) (fun b =>
       delta i ((a + b) mod d) * ((0 + U 0%nat a 0%nat * e) * (0 + U 1%nat b 0%nat * e)))))).
  - exact Be.
  - unfold s. apply (direction_of_multiple d (e ^ 2 / s) x (fun i =>
      Sum (k 0%nat) (fun a => Sum (k 1%nat) (fun b => delta i ((a + b) mod d) *
      ((0 + U 0%nat a 0%nat * e) * (0 + U 1%nat b 0%nat * e)))))); auto.
    + apply Rdiv_lt_0_compat; auto. rewrite <- Rsqr_pow2. apply Rsqr_pos_lt; auto.
    + intros i' Hi'. unfold k, filter_width, U. cbn [Sum]. rewrite Rplus_0_l.
      rewrite (Sum_ext d _ (fun b => delta i' b * (e ^ 2 / s * x b))).
      * apply (Sum_delta d i' (fun b => e ^ 2 / s * x b)); auto.
      * intros b Hb. simpl Nat.add. rewrite Nat.mod_small by auto. field. lra.
Qed.

(* sums over a shift *)
Lemma lshift_square d x : d <> 0%nat -> Sum d (fun b => lshift d x b ^ 2) = Sum d (fun b => x b ^ 2).
Proof. intros Hd. exact (Sum_cyclic d 1 (fun c => x c ^ 2) Hd). Qed.

Lemma Sum_delta_shift d i (g : nat -> R) : (i < d)%nat -> Sum d (fun b => delta i ((1 + b) mod d) * g b) = g
  ((i + d - 1) mod d)%nat.
Proof.
  intros Hi. assert (Hd : d <> 0%nat) by lia.
  rewrite <- (Sum_delta d i (fun c => g ((c + d - 1) mod d)%nat)) by auto.
  rewrite <- (Sum_cyclic d 1 (fun c => delta i c * g ((c + d - 1) mod d)%nat) Hd).
  apply Sum_ext. intros b Hb. rewrite (Nat.add_comm 1 b). f_equal. f_equal.
  replace ((b + 1) mod d + d - 1)%nat with ((b + 1) mod d + (d - 1))%nat by lia.
  rewrite Nat.add_mod_idemp_l by auto. replace (b + 1 + (d - 1))%nat with (b + 1 * d)%nat by lia.
  rewrite Nat.mod_add, Nat.mod_small by auto. reflexivity.
Qed.

(* filters of two entries; sg is the sign of x . lshift x *)
Theorem convolution_two_entries (d : nat) (x : nat -> R) (y sg : R) (v : nat -> nat -> R -> R) :
  y = 1 \/ y = -1 -> sg = 1 \/ sg = -1 -> 0 < sg * Sum d (fun b => x b * lshift d x b) ->
  tensor_gradient_flow 2 1 (filter_width 2 d) (fun _ => circular 2 d x) (one_point_loss y) v ->
  let s := sqrt (Sum d (fun b => x b ^ 2) + sg * Sum d (fun b => x b * lshift d x b)) in
  (v 0%nat 0%nat 0 + sg * v 0%nat 1%nat 0) + y * Sum d (fun b => (x b + sg * lshift d x b) / s * v 1%nat b 0) <> 0 ->
  let beta t := convolution_coefficient 2 d (fun a => v 0%nat a t) (fun b => v 1%nat b t) in
  let c i := 2 * x i + sg * (lshift d x i + rshift d x i) in
  forall i, (i < d)%nat -> is_lim (fun t => beta t i / euclid d (beta t)) p_infty (y * c i / euclid d c).
Proof.
  intros Hy Hs Pq Fl s Un beta c i Hi.
  assert (Hd : d <> 0%nat) by lia.
  assert (Sg2 : sg * sg = 1) by (destruct Hs as [-> | ->]; ring).
  set (n2 := Sum d (fun b => x b ^ 2)) in *. set (q := Sum d (fun b => x b * lshift d x b)) in *.
  assert (N0 : 0 <= n2) by (apply Sum_nonneg; intros; apply pow2_ge_0).
  assert (Ln : Sum d (fun b => lshift d x b ^ 2) = n2) by (apply lshift_square; auto).
  assert (Sp : Sum d (fun b => (x b + sg * lshift d x b) ^ 2) = 2 * (n2 + sg * q)).
  { rewrite (Sum_ext d _ (fun b => x b ^ 2 + (2 * sg) * (x b * lshift d x b) + lshift d x b ^ 2)).
    - rewrite !Sum_plus, Sum_scal_l, Ln. fold n2 q. ring.
    - intros b _. replace ((x b + sg * lshift d x b) ^ 2)
        with (x b ^ 2 + 2 * sg * (x b * lshift d x b) + sg * sg * lshift d x b ^ 2) by ring.
      rewrite Sg2. ring. }
  assert (Sm : Sum d (fun b => (x b - sg * lshift d x b) ^ 2) = 2 * (n2 - sg * q)).
  { rewrite (Sum_ext d _ (fun b => x b ^ 2 + (- (2 * sg)) * (x b * lshift d x b) + lshift d x b ^ 2)).
    - rewrite !Sum_plus, Sum_scal_l, Ln. fold n2 q. ring.
    - intros b _. replace ((x b - sg * lshift d x b) ^ 2)
        with (x b ^ 2 + - (2 * sg) * (x b * lshift d x b) + sg * sg * lshift d x b ^ 2) by ring.
      rewrite Sg2. ring. }
  assert (Cr : Sum d (fun b => (x b + sg * lshift d x b) * (x b - sg * lshift d x b)) = 0).
  { rewrite (Sum_ext d _ (fun b => x b ^ 2 - lshift d x b ^ 2)).
    - rewrite Sum_minus, Ln. fold n2. ring.
    - intros b _. replace ((x b + sg * lshift d x b) * (x b - sg * lshift d x b))
        with (x b ^ 2 - sg * sg * lshift d x b ^ 2) by ring. rewrite Sg2. ring. }
  assert (M0 : 0 <= n2 - sg * q).
  { assert (0 <= 2 * (n2 - sg * q)) by (rewrite <- Sm; apply Sum_nonneg; intros; apply pow2_ge_0). lra. }
  assert (Ps : 0 < s) by (apply sqrt_lt_R0; lra).
  assert (S2 : s * s = n2 + sg * q) by (apply sqrt_sqrt; lra).
  set (h := sqrt 2). assert (Ph : 0 < h) by (apply sqrt_lt_R0; lra). assert (H2 : h * h = 2) by (apply sqrt_sqrt; lra).
  set (s2 := sqrt (n2 - sg * q)). assert (S22 : s2 * s2 = n2 - sg * q) by (apply sqrt_sqrt; lra).
  assert (Ns2 : 0 <= s2) by apply sqrt_pos.
  assert (Lt : s2 < s) by (apply sqrt_lt_1_alt; lra).
  set (k := filter_width 2 d).
  set (sv := fun j : nat => match j with O => s | _ => s2 end).
  set (U := fun l a j : nat => match l with
    | O => match a with O => / h | _ => (match j with O => sg | _ => - sg end) / h end
    | _ => match j with O => (x a + sg * lshift d x a) / (h * s) | _ => (x a - sg * lshift d x a) / (h * s2) end end).
  set (e := / h * ((v 0%nat 0%nat 0 + sg * v 0%nat 1%nat 0) + y * Sum d (fun b =>
    (x b + sg * lshift d x b) / s * v 1%nat b 0))).
  assert (Ne : e <> 0) by (unfold e; apply Rmult_integral_contrapositive; split;
    [apply Rinv_neq_0_compat; lra | exact Un]).
  assert (Ee : Sum (k 0%nat) (fun c => U 0%nat c 0%nat * v 0%nat c 0) + y * Sum (k 1%nat) (fun c =>
    U 1%nat c 0%nat * v 1%nat c 0) = e).
  { unfold e, k, U, filter_width. cbn [Sum].
    rewrite (Sum_ext d (fun c0 => (x c0 + sg * lshift d x c0) / (h * s) * v 1%nat c0 0) (fun b =>
      / h * ((x b + sg * lshift d x b) / s * v 1%nat b 0)))
      by (intros; field; lra).
    rewrite Sum_scal_l. field. lra. }
  (* one component if M(x) has rank one, two otherwise *)
  assert (Main : forall m, (1 <= m <= 2)%nat -> orthonormal 2 m k U -> singular_decomposition m k
    (convolution_matrix d x) sv U ->
    is_lim (fun t => beta t i / euclid d (beta t)) p_infty (y * c i / euclid d c)).
  { intros m Hm Orth Dec.
    destruct (two_layer_classification m k (convolution_matrix d x) sv U y v 0 Orth Dec ltac:(lia)
      ltac:(intros [|j] _; unfold sv; lra) Ps Hy Fl) as [_ [_ Con]].
    set (en := fun j => if Req_EM_T (sv j) (sv 0%nat) then Sum (k 0%nat) (fun c => U 0%nat c j * v 0%nat c 0)
      + y * Sum (k 1%nat) (fun c => U 1%nat c j * v 1%nat c 0) else 0) in *.
    assert (E0 : en 0%nat = e) by (unfold en; destruct (Req_EM_T (sv 0%nat) (sv 0%nat)); [exact Ee | lra]).
    assert (E1 : forall j, en (S j) = 0) by (intros j; unfold en, sv; destruct (Req_EM_T s2 s); [lra | reflexivity]).
    destruct Con as [_ [_ [_ [Be _]]]].
    { exists 0%nat. split; [lia|]. fold (en 0%nat). rewrite E0. exact Ne. }
    specialize (Be d (fun i a b => delta i ((a + b) mod d)) x (fun a b _ _ =>
      coefficient_of_convolution d x a b Hd) i Hi).
    cbv zeta in Be. fold en in Be.
    assert (Al : forall l a, Sum m (fun j => U l a j * en j) = U l a 0%nat * e).
    { intros l a. destruct m as [|[|[|m]]]; [lia | | | lia]; cbn [Sum]; rewrite ?E1, E0; ring. }
    rewrite <- (direction_of_multiple d (e ^ 2 / (2 * s)) c (fun i =>
      Sum (k 0%nat) (fun a => Sum (k 1%nat) (fun b => delta i ((a + b) mod d) *
      (Sum m (fun j => U 0%nat a j * en j) * Sum m (fun j => U 1%nat b j * en j))))) y i); auto.
    - apply Rdiv_lt_0_compat; [rewrite <- Rsqr_pow2; apply Rsqr_pos_lt; auto | lra].
    - intros i' Hi'. unfold k at 1, filter_width. cbn [Sum]. unfold k, filter_width. rewrite Rplus_0_l.
      rewrite (Sum_ext d (fun b => delta i' ((0 + b) mod d) * _) (fun b =>
        delta i' b * (e ^ 2 / (2 * s) * (x b + sg * lshift d x b)))).
      2:{ intros b Hb. rewrite !Al. simpl Nat.add. rewrite Nat.mod_small by auto. unfold U. rewrite <- H2. field. lra. }
      rewrite (Sum_delta d i' (fun b => e ^ 2 / (2 * s) * (x b + sg * lshift d x b))) by auto.
      rewrite (Sum_ext d (fun b => delta i' ((1 + b) mod d) * _) (fun b =>
        delta i' ((1 + b) mod d) * (e ^ 2 / (2 * s) * (sg * (x b + sg * lshift d x b))))).
      2:{ intros b Hb. rewrite !Al. unfold U. rewrite <- H2. field. lra. }
      rewrite (Sum_delta_shift d i' (fun b => e ^ 2 / (2 * s) * (sg * (x b + sg * lshift d x b)))) by auto.
      assert (Ls : lshift d x ((i' + d - 1) mod d)%nat = x i').
      { unfold lshift. rewrite Nat.add_mod_idemp_l by auto. replace (i' + d - 1 + 1)%nat with (i' + 1 * d)%nat by lia.
        rewrite Nat.mod_add, Nat.mod_small by auto. reflexivity. }
      rewrite Ls. unfold c, rshift.
      replace (sg * (x ((i' + d - 1) mod d)%nat + sg * x i')) with (sg * x ((i' + d - 1) mod d)%nat + sg * sg * x i')
        by ring. rewrite Sg2. ring. }
  assert (O11 : forall l, (l < 2)%nat -> Sum (k l) (fun c => U l c 0%nat * U l c 0%nat) = 1).
  { intros [|[|l]] Hl; [| |lia]; unfold k, U, filter_width.
    - cbn [Sum]. replace (0 + / h * / h + sg / h * (sg / h)) with ((1 + sg * sg) / (h * h)) by (field; lra).
      rewrite Sg2, H2. field.
    - rewrite (Sum_ext d _ (fun b => / (h * h * (s * s)) * (x b + sg * lshift d x b) ^ 2)) by (intros; field; lra).
      rewrite Sum_scal_l, Sp, H2, S2. field. lra. }
  destruct (Rle_lt_or_eq_dec 0 _ M0) as [Pm|Zm].
  - assert (Ps2 : 0 < s2) by (apply sqrt_lt_R0; auto).
    apply (Main 2%nat ltac:(lia)).
    + assert (O22 : forall l, (l < 2)%nat -> Sum (k l) (fun c => U l c 1%nat * U l c 1%nat) = 1).
      { intros [|[|l]] Hl; [| |lia]; unfold k, U, filter_width.
        - cbn [Sum]. replace (0 + / h * / h + - sg / h * (- sg / h)) with ((1 + sg * sg) / (h * h)) by (field; lra).
          rewrite Sg2, H2. field.
        - rewrite (Sum_ext d _ (fun b => / (h * h * (s2 * s2)) * (x b - sg * lshift d x b) ^ 2))
            by (intros; field; lra).
          rewrite Sum_scal_l, Sm, H2, S22. field. lra. }
      assert (O12 : forall l, (l < 2)%nat -> Sum (k l) (fun c => U l c 0%nat * U l c 1%nat) = 0).
      { intros [|[|l]] Hl; [| |lia]; unfold k, U, filter_width.
        - cbn [Sum]. replace (0 + / h * / h + sg / h * (- sg / h)) with ((1 - sg * sg) / (h * h)) by (field; lra).
          rewrite Sg2. field. lra.
        - rewrite (Sum_ext d _ (fun b => / (h * h * (s * s2))
            * ((x b + sg * lshift d x b) * (x b - sg * lshift d x b)))) by (intros; field; lra).
          rewrite Sum_scal_l, Cr. ring. }
      intros l j j' Hl Hj Hj'. destruct j as [|[|j]]; destruct j' as [|[|j']]; try lia; unfold delta; simpl Nat.eqb;
        cbv iota; auto.
      rewrite <- (O12 l Hl). apply Sum_ext. intros; ring.
    + intros a b Ha Hb. simpl in Ha, Hb. unfold convolution_matrix, U, sv. cbn [Sum].
      destruct a as [|[|a]]; [| |lia].
      * simpl Nat.add. rewrite Nat.mod_small by auto.
        replace (0 + s * (/ h * ((x b + sg * lshift d x b) / (h * s))) + s2
          * (/ h * ((x b - sg * lshift d x b) / (h * s2)))) with (2 * x b / (h * h)) by (field; lra).
        rewrite H2. field.
      * replace (0 + s * (sg / h * ((x b + sg * lshift d x b) / (h * s))) + s2
          * (- sg / h * ((x b - sg * lshift d x b) / (h * s2))))
          with (sg * sg * (2 * lshift d x b / (h * h))) by (field; lra).
        rewrite Sg2, H2. unfold lshift. rewrite (Nat.add_comm 1 b). field.
  - (* x = sg lshift x *)
    assert (Eq : forall b, (b < d)%nat -> sg * lshift d x b = x b).
    { intros b Hb. pose proof (Sum_term d (fun b => (x b - sg * lshift d x b) ^ 2) b Hb ltac:(intros; apply pow2_ge_0))
        as B. cbv beta in B.
      rewrite Sm, <- Zm in B. pose proof (pow2_ge_0 (x b - sg * lshift d x b)).
      destruct (Req_dec (x b - sg * lshift d x b) 0) as [Z|Nz]; [lra|]. apply Rsqr_pos_lt in Nz.
      rewrite Rsqr_pow2 in Nz. lra. }
    apply (Main 1%nat ltac:(lia)).
    + intros l j j' Hl Hj Hj'. replace j with 0%nat by lia. replace j' with 0%nat by lia. rewrite delta_same. auto.
    + intros a b Ha Hb. simpl in Ha, Hb. unfold convolution_matrix, U, sv. cbn [Sum].
      destruct a as [|[|a]]; [| |lia].
      * simpl Nat.add. rewrite Nat.mod_small by auto. rewrite Eq by auto.
        replace (0 + s * (/ h * ((x b + x b) / (h * s)))) with (2 * x b / (h * h)) by (field; lra). rewrite H2. field.
      * replace (0 + s * (sg / h * ((x b + sg * lshift d x b) / (h * s))))
          with (sg * (x b + sg * lshift d x b) / (h * h)) by (field; lra).
        rewrite <- (Eq b Hb) at 1. replace (sg * (sg * lshift d x b + sg * lshift d x b))
          with (sg * sg * (2 * lshift d x b)) by ring.
        rewrite Sg2, H2. unfold lshift. rewrite (Nat.add_comm 1 b). field.
Qed.
