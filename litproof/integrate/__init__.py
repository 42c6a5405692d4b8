"""Where the flow goes: the original parameters followed in time; nothing in this room predicts."""
