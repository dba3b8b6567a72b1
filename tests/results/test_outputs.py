"""The names of the files a run leaves."""

import json
from dataclasses import astuple

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


def test_overwriting_replaces_ones_own_picture_and_not_that_of_another_of_its_name(tmp_path):
    for folder in "ab":
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "x.jpg").touch()
    contents, out = [tmp_path / "a" / "x.jpg", tmp_path / "b" / "x.jpg"], tmp_path / "out"
    out.mkdir()
    before = jobs_of(contents, out)
    for job in before:
        job.outputs.picture.touch()
        report = {"options": {"content": str(job.content)}, "iterations": 3}
        job.outputs.run.write_text(json.dumps(report))
    again = jobs_of(contents[::-1], out, overwrite=True)
    assert [job.outputs for job in again] == [job.outputs for job in before[::-1]]
    (other,) = jobs_of([tmp_path / "c" / "x.jpg"], f"{out}/", overwrite=True)
    assert other.outputs.picture.name == "x.png"


def test_names_leave_room_for_all_that_is_written_beside_the_picture(tmp_path):
    with pytest.raises(OutputError, match="too long"):
        outputs_of(tmp_path / f"{'n' * 240}.png")
    (tmp_path / "in").mkdir()
    for letter in "ab":
        (tmp_path / "in" / f"{'ü' * 120}{letter}.png").touch()
    jobs = jobs_of([tmp_path / "in"], tmp_path / "out")
    (tmp_path / "out").mkdir()
    for job in jobs:
        for path in (*astuple(job.outputs), job.outputs.before):
            path.touch()
    assert len(list((tmp_path / "out").iterdir())) == 14
