"""`litproof new` and `litproof guide`: what a user with a claim of their own needs."""

import click

from litproof.commands.options import ENDINGS, TimedCommand, say


@click.command(cls=TimedCommand, epilog=ENDINGS)
@click.argument("name", default="my_claim")
@click.option("--toml", "toml", is_flag=True, help="A claim in TOML, a formula instead of Python.")
@click.option("--refuted", is_flag=True, help="Write a false claim, to see one refuted.")
def new(name: str, toml: bool, refuted: bool) -> int:
    """Write a commented claim NAME and a problem for it, ready to run."""
    from litproof.starter import write_starter

    files = write_starter(name, toml=toml, refuted=refuted)
    say("\n".join(f"wrote {file}" for file in files), lines=True)
    say(f"try: litproof verify {' '.join(map(str, files))}")
    return 0


@click.command(cls=TimedCommand)
@click.argument("topic", required=False)
def guide(topic: str | None) -> int:
    """Show the guide: its topics, or one of them."""
    from litproof.guide import read_topic, topics

    if topic is None:
        known = topics()
        width = max(map(len, known))
        click.echo("\n".join(f"litproof guide {name.ljust(width)}  {title}" for name, title in known.items()))
    else:
        click.echo(read_topic(topic), nl=False)
    return 0


COMMANDS: tuple[click.Command, ...] = (new, guide)
