"""Where the locks of runs lie."""

import os

import pytest

from stylenet.disk.claims import claimed
from stylenet.errors import OutputError


def test_a_folder_of_locks_that_is_somebody_elses_is_told(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    monkeypatch.setattr(os, "getuid", lambda: 54321)  # what is made there is not theirs
    sentence = r"cnn-stylenet-54321 is somebody else's; set TMPDIR to a folder of your own\."
    with pytest.raises(OutputError, match=sentence), claimed([tmp_path / "result.png"]):
        pass


def test_a_lock_goes_with_its_run(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.gettempdir", lambda: str(tmp_path))
    with claimed([tmp_path / "result.png"]):
        assert any(tmp_path.glob("cnn-stylenet-*/*.lock"))
    assert not any(tmp_path.glob("cnn-stylenet-*/*.lock"))
