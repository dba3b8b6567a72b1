"""Arrays in files."""

import shutil
from pathlib import Path

import numpy as np
import pytest

from stylenet.disk.scratch import Scratch
from stylenet.engine.tile_grid import Window
from stylenet.errors import OutputError


def test_what_is_written_is_read_and_the_files_go(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    scratch = Scratch()
    scratch.create("relu4_2", (1, 5, 7, 2))
    values = np.random.default_rng(0).normal(size=(1, 2, 3, 2)).astype(np.float32)
    scratch.write("relu4_2", Window(1, 3, 4, 7), values)
    read = scratch.opener("relu4_2")()
    np.testing.assert_array_equal(read[:, 1:3, 4:7], values)
    assert np.count_nonzero(read) == np.count_nonzero(values)
    del scratch, read
    assert list(Path(tmp_path).iterdir()) == []


def test_too_little_disk_is_told_before_anything_is_written(monkeypatch, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    scratch = Scratch()
    free = shutil.disk_usage(tmp_path).free
    with pytest.raises(OutputError, match=r"relu4_2 need .* GB are free .* set TMPDIR"):
        scratch.create("relu4_2", (1, free // 8, 8, 1))
    assert not any(path.is_file() for path in tmp_path.rglob("*"))
