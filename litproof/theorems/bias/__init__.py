"""Claims about whether the limits of flows are selected by a regulariser at all."""
