(* What the numeric theorem assumes: the axioms of the library, and the machine integers and floats of the kernel with
   their specifications, on which the Interval tactic computes. *)
From Litproof Require Import ReferenceLimit.

Print Assumptions ReferenceLimit.
