"""Files appear whole or not at all."""

import os

import pytest

from stylenet.disk.whole_files import check_writable, write_whole
from stylenet.errors import OutputError


def test_a_file_is_written_with_its_folder_and_usual_rights(tmp_path):
    path = tmp_path / "new folder" / "out.bin"
    write_whole(path, b"content")
    assert path.read_bytes() == b"content"
    plain = tmp_path / "plain"
    plain.touch()
    assert path.stat().st_mode == plain.stat().st_mode
    assert list(path.parent.iterdir()) == [path]


def test_a_failed_write_leaves_what_was_there(tmp_path, monkeypatch):
    path = tmp_path / "out.bin"
    path.write_bytes(b"before")

    def full_disk(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full_disk)
    with pytest.raises(OutputError, match="No space left on device"):
        write_whole(path, b"after")
    assert path.read_bytes() == b"before"
    assert list(tmp_path.iterdir()) == [path]


def test_writable_folder_is_found_without_leaving_a_trace(tmp_path):
    check_writable(tmp_path / "not" / "yet" / "there")
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="is a file, expected a folder"):
        check_writable(tmp_path / "file" / "folder")


def test_a_symbolic_link_is_followed(tmp_path):
    (tmp_path / "there").mkdir()
    (tmp_path / "link.txt").symlink_to(tmp_path / "there" / "file.txt")
    for content in (b"one", b"two"):
        write_whole(tmp_path / "link.txt", content)
        assert (tmp_path / "link.txt").is_symlink()
        assert (tmp_path / "there" / "file.txt").read_bytes() == content
    assert [path.name for path in (tmp_path / "there").iterdir()] == ["file.txt"]
