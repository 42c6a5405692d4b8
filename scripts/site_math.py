"""Formulas that a notebook prints, as MathML: the documentation site needs no script from elsewhere (hook of mkdocs).

The converter knows `align*`, not `aligned`.
"""

import re
from html import unescape
from typing import Any

from litproof.report.html.mathml import formula

_PRINTED = re.compile(r"\$\\displaystyle (.*?)\$", re.DOTALL)


def on_page_content(html: str, **_: Any) -> str:
    return _PRINTED.sub(lambda match: str(formula(unescape(match[1]).replace("{aligned}", "{align*}"))), html)
