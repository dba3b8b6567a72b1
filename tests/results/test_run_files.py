"""A run's files on a disk that fails: what can be kept is kept, what was there is not harmed."""

import errno
import os
import resource
import shutil
from pathlib import Path

import pytest
from PIL import Image

import main1
import MLPreProcess as pictures
from stylenet.descent.interrupts import StopBetweenSteps
from stylenet.errors import OutputError
from tests.conftest import FLOAT32, random_image

BEFORE = {f"out{end}": end.encode() for end in (".png", "_loss.png", "_summary.png", "_run.json")}


@pytest.fixture
def command(tmp_path, monkeypatch, narrow_file, style):
    """The arguments of a short run whose results, in the folder `results`, are there already."""
    monkeypatch.chdir(tmp_path)
    Path("results").mkdir()
    for name, content in BEFORE.items():
        Path("results", name).write_bytes(content)
    pictures.write_image("content.png", random_image(37, 53, seed=1))
    pictures.write_image("style.png", style)
    files = ["--content", "content.png", "--styles", "style.png", "--network", str(narrow_file)]
    return [*files, *FLOAT32, "--iterations", "3", "--output", "results/out.png", "--overwrite"]


def unharmed(folder="results"):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir()} == BEFORE


def fill_disk(monkeypatch, folder):
    """Every file in a folder fails to be flushed, as on a full disk."""
    fsync = os.fsync

    def full(number):
        if Path(f"/proc/self/fd/{number}").readlink().is_relative_to(folder.resolve()):
            raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
        fsync(number)

    monkeypatch.setattr(os, "fsync", full)


def test_a_full_disk_leaves_the_picture_elsewhere(command, monkeypatch, capsys, tmp_path):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    fill_disk(monkeypatch, Path("results"))
    assert main1.main(command) == 2
    error = capsys.readouterr().err
    assert "results/out.png cannot be written (No space left on device). The picture is in" in error
    assert unharmed()
    (rescued,) = tmp_path.glob("out-*.png")
    assert str(rescued) in error
    assert Image.open(rescued).size == (53, 37)


def limited(command, bytes_each):
    """A process's work; what it says goes where the limit does not hold."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, 1)
    os.dup2(nowhere, 2)
    resource.setrlimit(resource.RLIMIT_FSIZE, (bytes_each, bytes_each))
    raise SystemExit(main1.main(command))


@pytest.mark.parametrize("bytes_each", [0, 500])
def test_no_room_for_any_file(command, forkserver, bytes_each):
    """A limit of the system on the size of a file, met by every file of the run."""
    process = forkserver.Process(target=limited, args=(command, bytes_each))
    process.start()
    process.join()
    assert process.exitcode == 2
    assert unharmed()


def test_a_file_that_fails_keeps_no_other_from_being_written(command, monkeypatch, capsys):
    def full_disk(*_):
        raise OutputError("results/out_loss.png cannot be written (No space left).")

    monkeypatch.setattr("stylenet.results.result.Result.plot", full_disk)
    assert main1.main(command) == 2
    assert "out_loss.png cannot be written" in capsys.readouterr().err
    written = {name for name in BEFORE if Path("results", name).read_bytes() != BEFORE[name]}
    assert written == set(BEFORE) - {"out_loss.png"}


def test_a_folder_that_goes_away_is_made_again(command, monkeypatch):
    monkeypatch.setattr(
        StopBetweenSteps, "__call__", lambda *_: shutil.rmtree("results", ignore_errors=True)
    )
    assert main1.main(command) == 0
    assert {path.name for path in Path("results").iterdir()} == {*BEFORE, "out_state.npz"}


def test_a_read_only_file_is_kept(command, capsys):
    Path("results/out_loss.png").chmod(0o444)
    assert main1.main(command) == 2
    assert "results/out_loss.png is read-only" in capsys.readouterr().err
    assert unharmed()


def test_a_run_that_fails_harms_nothing(command, capsys):
    Path("style.png").write_bytes(b"no picture")
    assert main1.main(command) == 2
    assert unharmed()
    assert main1.main([*command, "--learning-rate", "1e30"]) != 0
    assert unharmed()
