"""Files of lines: what was added is there, whatever happened to the end of the file."""

import os

import pytest

from litproof.errors import InputError
from litproof.lines import Lines


def test_lines_are_appended_and_read_back(tmp_path):
    path = tmp_path / "lines"
    for number in range(3):
        lines = Lines(path)
        lines.add({"number": number})
        places = [place for place, _ in lines]
        assert [lines.at(place) for place in places] == [{"number": k} for k in range(number + 1)]
        lines.close()
    assert path.read_bytes().count(b"\n") == 3


@pytest.mark.parametrize("torn", [b"{", b'{"a": 1}', b"\xff\xfe"])
def test_a_torn_end_is_cut_off(tmp_path, torn):
    path = tmp_path / "lines"
    path.write_bytes(b"[1]\nno JSON\n" + torn)
    lines = Lines(path)
    assert [data for _, data in lines] == [[1], None]
    lines.add([2])
    lines.close()
    assert path.read_bytes() == b"[1]\nno JSON\n[2]\n"


def test_what_cannot_be_written_is_one_line(tmp_path, monkeypatch):
    with pytest.raises(InputError, match="cannot be written"):
        Lines(tmp_path)
    lines = Lines(tmp_path / "lines")
    written = os.write
    monkeypatch.setattr(os, "write", lambda file, line: written(file, line[:3]))
    with pytest.raises(InputError, match="no space left"):
        lines.add([1, 2, 3])
    monkeypatch.undo()
    lines.close()
    again = Lines(tmp_path / "lines")
    assert list(again) == []
    again.close()
