import os

import pytest

from litproof.errors import InputError
from litproof.files import make_directory, write_atomically


def test_a_file_is_replaced_as_a_whole(tmp_path):
    path = tmp_path / "out.txt"
    write_atomically(path, "first, longer")
    write_atomically(path, "zweite ä")
    assert path.read_text("utf-8") == "zweite ä"
    assert [p.name for p in tmp_path.iterdir()] == ["out.txt"]


def test_permissions_are_those_of_a_new_file(tmp_path):
    (tmp_path / "plain").write_text("")
    write_atomically(tmp_path / "ours", "")
    assert (tmp_path / "ours").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_a_missing_directory_is_named(tmp_path):
    with pytest.raises(InputError, match="cannot be written") as error:
        write_atomically(tmp_path / "no" / "out.txt", "x")
    assert str(tmp_path / "no" / "out.txt") in str(error.value)


def test_the_old_file_stays_when_writing_fails(tmp_path, monkeypatch):
    path = tmp_path / "out.txt"
    path.write_text("old")

    def full(*arguments, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fdopen", full)
    with pytest.raises(InputError, match="No space left"):
        write_atomically(path, "new")
    assert path.read_text() == "old"
    assert [p.name for p in tmp_path.iterdir()] == ["out.txt"]


def test_a_directory_is_made_once_in_one_that_exists(tmp_path):
    for _ in range(2):
        make_directory(tmp_path / "new")
    assert (tmp_path / "new").is_dir()
    with pytest.raises(InputError, match=r"'.*none' does not exist"):
        make_directory(tmp_path / "none" / "new")
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="is a file, expected a directory"):
        make_directory(tmp_path / "file")
    assert not (tmp_path / "none").exists()
