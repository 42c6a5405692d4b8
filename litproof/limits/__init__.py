"""The limit of one flow: prediction, flow and proof side by side."""
