"""The names of the files a run leaves."""

import pytest

from stylenet.errors import OutputError
from stylenet.results.outputs import OutputFiles, jobs_of, outputs_of


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
    (killed,) = jobs_of(*asked, resume=True)
    assert killed.outputs == out
    out.picture.touch()
    out.run.write_text('{"options": {"content": "elsewhere/a.jpg"}, "iterations": 3}')
    for resume in (False, True):
        (job,) = jobs_of(*asked, resume=resume)
        assert job.outputs.picture.name == "a_jpg.png"
