"""`litproof mcp`: the commands as tools for assistants."""

import click

from litproof.errors import InputError


@click.command()
def mcp() -> int:
    """Serve the commands to an assistant by the Model Context Protocol, on standard input and output.

    Tools: limit, conserved, bias, verify, falsify, derive, check, claims. Needs the extra mcp.
    """
    from importlib.util import find_spec

    if find_spec("mcp") is None:
        raise InputError("needs the extra mcp: pip install 'litproof[mcp]'")
    from litproof.commands.mcp_server import make_server

    make_server().run("stdio")
    return 0
