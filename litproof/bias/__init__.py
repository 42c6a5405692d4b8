"""Whether a network has a regulariser: a function whose unique minimiser on the interpolators is the limit."""
