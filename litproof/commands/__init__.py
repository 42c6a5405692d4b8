"""Commands of the command line that have a module of their own; imported with it, so they stay light."""
