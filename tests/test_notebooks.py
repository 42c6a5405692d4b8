"""The notebooks of the documentation site run as plain scripts; their own assertions hold."""

import runpy
from pathlib import Path

import pytest

NOTEBOOKS = sorted((Path(__file__).parents[1] / "scripts" / "notebooks").glob("*.py"))


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda path: path.stem)
def test_notebook(path, capsys):
    runpy.run_path(str(path))
    assert capsys.readouterr().out


def test_notebooks_say_what_they_are():
    assert len(NOTEBOOKS) == 5
    for path in NOTEBOOKS:
        assert path.read_text("utf-8").startswith("# %% [markdown]\n# # ")
        assert str(path.name) in (path.parents[2] / "mkdocs.yml").read_text("utf-8")
