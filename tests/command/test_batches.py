"""Many pictures in one call, and what is told before and during a run."""

import json
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

import main1
import MLPreProcess as pictures
from CNNStyleNet import CNNStyleNet
from tests.conftest import FLOAT32, random_image


@pytest.fixture
def photos(tmp_path, monkeypatch, style, narrow_file):
    """A folder to work in, with photos/ of three pictures, one of them broken."""
    monkeypatch.chdir(tmp_path)
    pictures.write_image("photos/a.jpg", random_image(30, 40, seed=1))
    Path("photos/b.png").write_bytes(b"no picture")
    pictures.write_image("photos/c.png", random_image(20, 40, seed=3))
    pictures.write_image("style.png", style)
    Path("net.mat").write_bytes(narrow_file.read_bytes())
    return tmp_path


READ = ["--styles", "style.png", "--network", "net.mat", *FLOAT32]


BATCH = ["--content", "photos", *READ, "--output", "painted", "--iterations", "3"]


def test_a_folder_is_painted_with_one_network(photos, capsys, monkeypatch):
    calls = []
    for name in ("extract_style_features", "load_model_info"):
        original = getattr(CNNStyleNet, name)
        monkeypatch.setattr(
            CNNStyleNet,
            name,
            lambda net, *given, o=original, n=name: (calls.append(n), o(net, *given))[1],
        )
    assert main1.main(BATCH) == 2  # a picture was refused
    err = capsys.readouterr().err
    assert "error: photos/b.png is no picture" in err
    assert Image.open("painted/a.png").size == (40, 30)
    assert Image.open("painted/c.png").size == (40, 20)
    assert not Path("painted/b.png").exists()
    assert calls == ["load_model_info", "extract_style_features"]
    Path("photos/b.png").unlink()
    before = Path("painted/a.png").stat().st_mtime_ns
    assert main1.main(BATCH) == 0
    assert capsys.readouterr().out.count("is finished already") == 2
    assert Path("painted/a.png").stat().st_mtime_ns == before


def test_one_of_many_is_the_same_as_alone(photos):
    assert main1.main(BATCH) == 2
    alone = ["--content", "photos/c.png", *READ, "--output", "c.png", "--iterations", "3"]
    assert main1.main(alone) == 0
    assert Path("c.png").read_bytes() == Path("painted/c.png").read_bytes()


def test_pictures_of_one_name_do_not_meet_whenever_they_come(photos, capsys):
    Path("photos/b.png").unlink()
    pictures.write_image("photos/a_loss.png", random_image(9, 15))
    assert main1.main(BATCH) == 0
    before = Path("painted/a.png").read_bytes()
    assert Image.open("painted/a_loss.png").width > 100  # the plot of a.jpg
    assert Image.open("painted/a_loss_png.png").size == (15, 9)
    pictures.write_image("photos/a.bmp.webp", random_image(9, 11))
    Path("photos/a.bmp.webp").rename("photos/a.webp")
    capsys.readouterr()
    assert main1.main(BATCH) == 0
    assert capsys.readouterr().out.count("is finished already") == 3
    assert Path("painted/a.png").read_bytes() == before
    assert Image.open("painted/a_webp.png").size == (11, 9)


def test_an_unfinished_picture_of_a_folder_is_done_again(photos, monkeypatch):
    Path("photos/b.png").unlink()

    def interrupt(self, *ops, feed=None):
        raise KeyboardInterrupt

    assert main1.main(BATCH) == 0
    with monkeypatch.context() as patch:
        patch.setattr("stylenet.engine.whole.Whole.evaluate", interrupt)
        assert main1.main([*BATCH, "--overwrite", "--iterations", "4"]) == 130
    assert main1.main(BATCH) == 0
    for name in ("a", "c"):
        assert json.loads(Path(f"painted/{name}_run.json").read_text())["iterations"] == 3


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--content", "photos", "--output", "photos"], "the folder of the contents"),
        (["--content", "photos/a.jpg", "photos/c.png", "--output", "o.png"], "expected a folder"),
        (["--content", "photos/c.png", "--output", "style.png", "--overwrite"], "this run reads"),
        (["--content", "photos", "--output", "p", "--tensorboard", "t"], "is for one picture"),
        (["--content", "photos/a.jpg", "--output", "o" * 250 + ".png"], "is too long"),
        (["--content", "photos/a.jpg", "--output", "o" * 400 + ".png"], "is too long"),
        (["--content", "c" * 400, "--output", "o.png"], "name too long"),
        (
            "--content=photos/a.jpg --checkpoint-output=net.mat/%s.png --output=o.png "
            "--checkpoint-iterations=1",
            "is a file, expected a folder",
        ),
        (
            ["--content", "photos/a.jpg", "--tensorboard", "net.mat", "--output", "o.png"],
            "is a file, expected a folder",
        ),
        (["--content", "photos/a.jpg", "--output", "o.png", "--width", "9" * 18], "GB of memory"),
    ],
)
def test_wrong_outputs_are_refused_and_nothing_is_written(photos, capsys, arguments, words):
    before = sorted(photos.rglob("*"))
    arguments = arguments.split() if isinstance(arguments, str) else arguments
    assert main1.main([*arguments, *READ]) == 2
    err = capsys.readouterr().err
    assert words in err
    assert err.count("\n") == 1
    assert sorted(photos.rglob("*")) == before


def test_a_loss_that_is_not_finite_does_not_end_the_others(photos, capsys):
    Path("photos/b.png").unlink()
    assert main1.main([*BATCH, "--optimizer", "adam", "--learning-rate", "1e15"]) == 1
    err = capsys.readouterr().err
    assert err.count("loss became") == 2


def test_an_empty_folder_is_told(photos, capsys):
    Path("empty").mkdir()
    assert main1.main(["--content", "empty", *BATCH[2:]]) == 2
    assert "no picture in the folder empty" in capsys.readouterr().err


def test_dry_run_tells_and_writes_nothing(photos, capsys):
    before = sorted(photos.rglob("*"))
    arguments = ["--content", "photos/a.jpg", *READ, "--output", "out.png", "--dry-run"]
    assert main1.main(arguments) == 0
    out = capsys.readouterr().out
    assert "result 40 x 30 px, 60 steps" in out
    assert "steps   60 at 40 x 30" in out
    assert "time    about" in out
    assert "memory  about" in out
    assert "writes  out_run.json" in out
    assert sorted(photos.rglob("*")) == before
    assert main1.main([*arguments, "--tile", "16", "--iterations", "9"]) == 0
    out = capsys.readouterr().out
    assert "tiles   of 16 px" in out
    # Of the features of so small a picture little is kept; the figures are as large as ever.
    assert "disk    about 2.9 MB, and 0.0 MB of temporary files" in out
    assert sorted(photos.rglob("*")) == before


def test_progress_files_stay_with_their_result(photos):
    arguments = ["--content", "photos/a.jpg", *READ, "--iterations", "3"]
    arguments += ["--output", "out.png", "--progress-write", "--progress-plot"]
    assert main1.main(arguments) == 0
    table = np.loadtxt("out_progress.txt", skiprows=1)
    report = json.loads(Path("out_run.json").read_text())
    np.testing.assert_allclose(table[:, 1], [r["total"] for r in report["history"]], rtol=1e-6)
    assert Path("out_loss.png").exists()


@pytest.mark.parametrize(
    ("other", "words"),
    [
        (["--style-weight", "7"], "from a run with --style-weight 500.0, not 7.0"),
        (["--width", "30"], "from a run with --width"),
        (["--styles", "photos/c.png"], "from a run with another style picture"),
        (["--iterations", "5"], "from a run of 3 steps, not 5"),
    ],
)
def test_a_folder_painted_otherwise_is_kept_and_told(photos, capsys, other, words):
    Path("photos/b.png").unlink()
    assert main1.main(BATCH) == 0
    before = {path: path.read_bytes() for path in Path("painted").iterdir()}
    assert main1.main([*BATCH, *other]) == 2
    err = capsys.readouterr().err
    assert err.count(words) == 2
    assert "painted/a.png is there" in err
    assert {path: path.read_bytes() for path in Path("painted").iterdir()} == before
    assert main1.main([*BATCH, *other, "--overwrite"]) == 0
    assert Path("painted/a_run.json").read_bytes() != before[Path("painted/a_run.json")]


def test_a_photo_that_has_changed_is_not_finished(photos, capsys):
    Path("photos/b.png").unlink()
    assert main1.main(BATCH) == 0
    pictures.write_image("photos/c.png", random_image(20, 40, seed=8))
    assert main1.main(BATCH) == 2
    out, err = capsys.readouterr()
    assert out.count("is finished already") == 1
    assert "painted/c.png is there from a run with another content picture" in err


ONE = ["--content", "photos/a.jpg", *READ, "--iterations", "4"]
EVERY_TWO = ["--checkpoint-iterations", "2", "--checkpoint-output"]


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([*EVERY_TWO, "in_%s.png", "--content", "in_2.png"], "in_2.png is a file this run reads"),
        ([*EVERY_TWO, "in_%s.png", "--styles", "in_4.png"], "in_4.png is a file this run reads"),
        (
            ["--overwrite", "--output", "x.png", "--content", "x_summary.png"],
            "choose another --out",
        ),
        (["--overwrite", "--output", "x.png", "--styles", "x_loss.png"], "x_loss.png is a file"),
        (["--overwrite", "--output", "link.png", "--content", "in_2.png"], "link.png is a file"),
        (["--overwrite", "--output", "net.png", "--network", "net_state.npz"], "net_state.npz is"),
        ([*EVERY_TWO, "in_%s.png"], "in_2.png exists already; choose another --checkpoint-output"),
    ],
)
def test_no_file_that_is_read_or_there_is_written_to(photos, capsys, arguments, words):
    for name in ("in_2.png", "in_4.png", "x_summary.png", "x_loss.png"):
        pictures.write_image(name, random_image(20, 30, seed=len(name)))
    Path("link.png").hardlink_to("in_2.png")
    Path("net_state.npz").write_bytes(Path("net.mat").read_bytes())
    before = {path: path.read_bytes() for path in photos.iterdir() if path.is_file()}
    assert main1.main([*ONE, *arguments]) == 2
    assert words in capsys.readouterr().err
    assert {path: path.read_bytes() for path in photos.iterdir() if path.is_file()} == before


def test_a_repeated_run_keeps_the_pictures_on_the_way_of_the_first(photos, capsys):
    way = [*EVERY_TWO, "way_%s.png"]
    assert main1.main([*ONE, *way, "--output", "k.png"]) == 0
    before = Path("way_2.png").read_bytes()
    again = ["--from-run", "k_run.json", "--seed", "5", "--initial", "noise", "--output", "k2.png"]
    assert main1.main(again) == 2
    assert "way_2.png exists already" in capsys.readouterr().err
    assert Path("way_2.png").read_bytes() == before
    assert main1.main([*again, "--resume"]) == 2  # there is no state to go on from
    assert Path("way_2.png").read_bytes() == before
    assert main1.main([*again, "--overwrite"]) == 0
    assert Path("way_2.png").read_bytes() != before


def test_a_dry_run_of_what_is_there_already_tells_and_leaves_it(photos, capsys):
    assert main1.main([*ONE, "--output", "out.png"]) == 0
    before = Path("out.png").read_bytes()
    assert main1.main([*ONE, "--output", "out.png", "--dry-run"]) == 0
    assert "writes  out.png" in capsys.readouterr().out
    assert Path("out.png").read_bytes() == before


def test_pictures_of_a_folder_are_known_by_what_is_in_them(photos, capsys):
    Path("photos/b.png").unlink()
    Path("photos/c.png").rename("photos/c.jfif")
    Path("photos/._a.jpg").write_bytes(b"of macOS")
    Path("photos/notes.heic").write_bytes(b"no picture that is read here")
    Path("photos/more").mkdir()
    assert main1.main(BATCH) == 0
    out, err = capsys.readouterr()
    assert "photos: left out more/, notes.heic.\n" in out
    assert "error" not in err
    assert {p.name for p in Path("painted").glob("?.png")} == {"a.png", "c.png"}


@pytest.mark.parametrize("output", ["there", "new/"])
def test_one_picture_into_a_folder_keeps_its_name(photos, capsys, output):
    Path("there").mkdir()
    assert main1.main([*ONE, "--output", output]) == 0
    painted = Path(output) / "a.png"
    assert painted.exists()
    assert (Path(output) / "a_run.json").exists()
    before = painted.read_bytes()
    assert main1.main([*ONE, "--output", output]) == 0
    assert "is finished already" in capsys.readouterr().out
    assert painted.read_bytes() == before


def test_a_folder_that_only_looks_like_a_picture_is_a_folder(photos):
    Path("dir.png").mkdir()
    assert main1.main([*ONE, "--output", "dir.png"]) == 0
    assert Path("dir.png/a.png").exists()


def test_a_result_that_was_emptied_is_painted_again(photos):
    Path("photos/b.png").unlink()
    assert main1.main(BATCH) == 0
    before = Path("painted/a.png").read_bytes()
    Path("painted/a.png").write_bytes(b"")
    assert main1.main(BATCH) == 0
    assert Path("painted/a.png").read_bytes() == before


def test_tensorboard_needs_a_name_in_utf_8(photos, capsys):
    assert main1.main([*ONE, "--output", "o.png", "--tensorboard", "tb\udcff"]) == 2
    assert "--tensorboard is tb" in capsys.readouterr().err
    assert not Path("o.png").exists()


def test_a_run_is_gone_on_with_by_its_own_run_file(photos, monkeypatch):
    assert main1.main([*ONE, "--output", "whole.png"]) == 0
    stopped = CNNStyleNet.fit

    def stop_half_way(net, callbacks, state=None):
        def stop(record):
            if record.iteration == 2:
                raise KeyboardInterrupt

        return stopped(net, [*callbacks, stop], state)

    monkeypatch.setattr(CNNStyleNet, "fit", stop_half_way)
    assert main1.main([*ONE, "--output", "k.png"]) != 0
    monkeypatch.setattr(CNNStyleNet, "fit", stopped)
    assert main1.main(["--from-run", "k_run.json", "--output", "k.png", "--resume"]) == 0
    assert Path("k.png").read_bytes() == Path("whole.png").read_bytes()


def test_a_run_may_be_repeated_into_its_own_files_where_these_may_be_replaced(photos):
    assert main1.main([*ONE, "--output", "k.png"]) == 0
    before = Path("k.png").read_bytes()
    again = ["--from-run", "k_run.json", "--output", "k.png"]
    assert main1.main(again) == 2
    assert main1.main([*again, "--overwrite"]) == 0
    assert Path("k.png").read_bytes() == before


def test_a_stopped_painting_in_a_folder_is_not_begun_anew_unasked(photos, monkeypatch, capsys):
    fit = CNNStyleNet.fit

    def stop_half_way(net, callbacks, state=None):
        def stop(record):
            if record.iteration == 2:
                raise KeyboardInterrupt

        return fit(net, [*callbacks, stop], state)

    monkeypatch.setattr(CNNStyleNet, "fit", stop_half_way)
    assert main1.main([*ONE, "--output", "out/"]) != 0
    monkeypatch.setattr(CNNStyleNet, "fit", fit)
    kept = {path: path.read_bytes() for path in Path("out").iterdir()}
    for steps in ("2", "3", "4", "9"):
        assert main1.main([*ONE, "--iterations", steps, "--output", "out/"]) == 2
        assert "was stopped after 2" in capsys.readouterr().err or steps == "9"
        assert {path: path.read_bytes() for path in Path("out").iterdir()} == kept
    assert main1.main([*ONE, "--output", "out/", "--resume"]) == 0
    assert main1.main([*ONE, "--output", "whole.png"]) == 0
    assert Path("out/a.png").read_bytes() == Path("whole.png").read_bytes()


def test_the_folder_a_run_was_begun_in_may_go_away(photos, tmp_path, monkeypatch):
    there, gone = tmp_path / "there.png", tmp_path / "gone"
    gone.mkdir()
    arguments = [str(Path(a).resolve()) if Path(a).exists() else a for a in ONE]
    monkeypatch.chdir(gone)
    gone.rmdir()
    assert main1.main([*arguments, "--output", str(there)]) == 0
    assert there.exists()


def test_a_preset_brings_its_network_to_a_repeated_run_and_takes_it_away(photos):
    quick = ["--width", "40", "--iterations", "2", "--scales", "1"]
    style = ["--content", "photos/a.jpg", "--styles", "style.png", *FLOAT32]
    assert main1.main([*style, "--preset", "draft", *quick, "--output", "d.png"]) == 0
    assert main1.main([*style, "--network", "net.mat", *quick, "--output", "p.png"]) == 0
    for run, preset, network in (
        ("d", "draft", "small"),
        ("d", "painting", None),  # what the tests name in the environment
        ("p", "draft", "small"),
        ("p", "painting", None),
    ):
        again = ["--from-run", f"{run}_run.json", "--preset", preset, *FLOAT32, *quick]
        assert main1.main([*again, "--output", f"{run}_{preset}.png"]) == 0
        report = json.loads(Path(f"{run}_{preset}_run.json").read_text("utf-8"))
        assert report["network"]["name"] == network, (run, preset)
    assert Path("d.png").read_bytes() == Path("p_draft.png").read_bytes()
