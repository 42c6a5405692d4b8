"""What a shell offers after the tab key: names of claims, and files.

`eval "$(_LITPROOF_COMPLETE=bash_source litproof)"` switches it on (zsh_source, fish_source likewise). Names only: no
claim is loaded.
"""

import click
from click.shell_completion import CompletionItem


def claims_and_files(
    context: click.Context, parameter: click.Parameter, incomplete: str
) -> list[CompletionItem]:
    """Ids and codes of the catalogue that begin so; the shell adds files by itself where none does."""
    from litproof.theorems import THEOREMS

    items = [CompletionItem(id, help=code) for id, code in THEOREMS.items() if id.startswith(incomplete)]
    codes = [code for code in dict.fromkeys(THEOREMS.values()) if incomplete and code.startswith(incomplete)]
    items += [CompletionItem(code) for code in codes]
    return items or [CompletionItem(incomplete, type="file")]


def files(context: click.Context, parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Files."""
    return [CompletionItem(incomplete, type="file")]
