"""The citation file and the package say the same."""

import re
from pathlib import Path

from litproof import __version__

ROOT = Path(__file__).resolve().parents[1]


def test_one_version_everywhere():
    cited = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    project = re.search(r'^version = "(\S+)"$', (ROOT / "pyproject.toml").read_text("utf-8"), re.MULTILINE)
    assert cited and project and cited[1] == project[1] == __version__
