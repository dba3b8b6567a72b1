"""Files appear whole or not at all, and a run's names are settled before it starts."""

import os

import pytest

from stylenet.disk.whole_files import check_writable, write_whole
from stylenet.errors import OutputError
from stylenet.results.outputs import OutputFiles, jobs_of, outputs_of


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


def test_next_free_name_when_none_is_given(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert outputs_of().picture.as_posix() == "output/result.png"
    (tmp_path / "output").mkdir()
    (tmp_path / "output" / "result_run.json").touch()
    (tmp_path / "output" / "result_2.png").touch()
    files = outputs_of()
    assert files == OutputFiles.beside("output/result_3.png")
    assert files.loss.name == "result_3_loss.png"
    assert outputs_of(overwrite=True).picture.name == "result.png"


def test_a_name_that_is_taken_is_refused_unless_told_otherwise(tmp_path):
    (tmp_path / "mine_loss.png").touch()
    with pytest.raises(OutputError, match=r"mine_loss\.png exists already"):
        outputs_of(tmp_path / "mine.jpg")
    assert outputs_of(tmp_path / "mine.jpg", overwrite=True).picture == tmp_path / "mine.jpg"
    (tmp_path / "mine.jpg").mkdir()
    with pytest.raises(OutputError, match="is a folder"):
        outputs_of(tmp_path / "mine.jpg", overwrite=True)


def test_a_state_does_not_make_another_pictures_files_ones_own(tmp_path):
    """A finished run keeps its state; a picture of the same name from elsewhere goes elsewhere."""
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.jpg").touch()
    out = OutputFiles.beside(tmp_path / "out" / "a.png")
    out.picture.parent.mkdir()
    out.state.touch()
    asked = [tmp_path / "in"], tmp_path / "out"
    ((killed,), _) = jobs_of(*asked, resume=True)
    assert killed.outputs == out
    out.picture.touch()
    out.run.write_text('{"options": {"content": "elsewhere/a.jpg"}, "iterations": 3}')
    for resume in (False, True):
        ((job,), _) = jobs_of(*asked, resume=resume)
        assert job.outputs.picture.name == "a_jpg.png"
