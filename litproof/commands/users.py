"""`litproof new`, `litproof conjecture` and `litproof guide`."""

import click

COMMANDS: tuple[click.Command, ...] = ()
