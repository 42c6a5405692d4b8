"""Which function of the limit does a flow minimise? A family of candidates against measured limits."""
