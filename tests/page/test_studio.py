"""Runs that are asked for on the page: the command line's bytes, stopped, gone on with, in turn."""

import time
from pathlib import Path

import pytest
from PIL import Image

import main1
import MLPreProcess as pictures
from stylenet.errors import OptionError, PictureError
from stylenet.page import run as page_run
from stylenet.page.form import Form
from stylenet.page.run import Run
from stylenet.page.studio import Studio, going_on
from stylenet.pictures import samples
from tests.conftest import FLOAT32


@pytest.fixture
def folder(tmp_path, monkeypatch, content, style):
    pictures.write_image(tmp_path / "photo.png", content)
    pictures.write_image(tmp_path / "style.png", style)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
def studio(folder, tmp_path_factory):
    studio = Studio(main1.paint, FLOAT32, tmp_path_factory.mktemp("page"))
    yield studio
    studio.close()


def chosen(steps=6, photo="photo.png", **more):
    more = {"epochs": str(steps)} | more
    return Form(str(Path(photo).resolve()), ("style.png",), "painting", width=53, more=more).flags()


def painted(run):
    """A run when it has ended."""
    run.painted.result(100)
    return run


def test_the_picture_is_the_command_lines(studio):
    run = painted(studio.begin("a", chosen()))
    assert (run.trouble, run.stopped) == (None, False)
    assert run.files.picture == Path("output/result.png")
    assert main1.main([*chosen(), *FLOAT32, "--output", "same.png"]) == 0
    assert Path("output/result.png").read_bytes() == Path("same.png").read_bytes()
    assert Image.open(run.film).n_frames > 2
    assert Image.open(run.photo).size == Image.open(run.view.picture).size == (53, 37)
    assert Image.open(run.view.curve).format == "PNG"
    assert run.view.line.startswith("Step 6 of 6 · loss ")
    assert "--content photo.png --styles style.png --preset=painting --width=53" in run.command


def stopped_at(step, studio, flags, monkeypatch, further=()):
    """A run that is stopped as soon as it is so far, and the lines shown on the way."""
    lines, take = [], Run._take

    def watched(run, net, record):
        take(run, net, record)
        lines.append(run.look().line)
        if record.iteration >= step:
            run.stop()

    with monkeypatch.context() as patch:
        patch.setattr(Run, "_take", watched)
        return painted(studio.begin("a", flags, further)), lines


def test_stopped_and_gone_on_with_it_is_the_whole_run(studio, monkeypatch):
    whole = painted(studio.begin("a", chosen(steps=9)))
    stopped, lines = stopped_at(3, studio, chosen(steps=9), monkeypatch)
    assert stopped.stopped
    assert [line.split(" · ")[0] for line in lines] == [f"Step {n} of 9" for n in range(4)]
    assert " left" in lines[2]
    assert stopped.view.line.endswith("stopped, and can go on")
    again = painted(studio.begin("a", chosen(steps=9), going_on(stopped, chosen(steps=9))))
    assert again.files == stopped.files
    assert again.files.picture.read_bytes() == whole.files.picture.read_bytes()
    assert studio["a"].painted() == [whole, again]


def test_gone_on_with_and_stopped_before_the_film_has_a_picture(studio, monkeypatch):
    flags = chosen(steps=100)  # the film has 19 and 23 of them
    stopped, _ = stopped_at(20, studio, flags, monkeypatch)
    again, _ = stopped_at(20, studio, flags, monkeypatch, going_on(stopped, flags))
    assert again.stopped
    assert Image.open(again.film).n_frames == 1


def test_with_another_strength_it_goes_on_from_the_picture(studio):
    first = painted(studio.begin("a", chosen()))
    changed = chosen(weight_image_style="2000")
    further = going_on(first, changed)
    second = painted(studio.begin("a", changed, further))
    assert second.files.picture == Path("output/result_2.png")
    initial = ["--initial", "output/result.png", "--scales", "1", "--output", "same.png"]
    assert main1.main([*changed, *FLOAT32, *initial]) == 0
    assert second.files.picture.read_bytes() == Path("same.png").read_bytes()


def test_runs_of_two_pages_wait_for_each_other(studio):
    runs = [studio.begin(name, chosen(steps=4 + i)) for i, name in enumerate("ab")]
    for run in runs:
        painted(run)
    assert [run.view.line.split(" · ")[0] for run in runs] == ["Step 4 of 4", "Step 5 of 5"]
    assert runs[0].files.picture != runs[1].files.picture


def test_a_page_that_is_closed_leaves_no_run_and_no_file(studio):
    run = studio.begin("a", chosen(steps=100_000))
    waiting = studio.begin("a", chosen())
    while run.look().picture is None:
        time.sleep(0.05)
    folder = run.view.picture.parent
    studio.leave("a")
    studio.close()
    assert not folder.exists()
    assert run.files.state.exists()  # nothing that was painted is lost
    assert waiting.files is None
    assert waiting.view.line == "Stopped before it began."
    assert studio["a"].runs == []


def test_more_steps_than_anybody_has_time_for_take_no_memory(studio, monkeypatch):
    run, lines = stopped_at(2, studio, chosen(steps=10**15, scales="2"), monkeypatch)
    assert run.stopped
    assert lines[1].startswith(f"Step 1 of {10**15} · loss ")
    assert lines[1].endswith(" h left")


def test_time_left_goes_by_the_pixels_of_each_size():
    sizes = [(18, 26, 7), (37, 53, 3)]
    assert page_run._share(sizes, 10) == 1
    assert page_run._share(sizes, 7) == pytest.approx(7 * 468 / (7 * 468 + 3 * 1961))
    assert page_run._share(sizes, 8) == pytest.approx((7 * 468 + 1961) / (7 * 468 + 3 * 1961))


def test_no_other_file_of_the_machine_is_a_picture_of_the_page(studio, folder):
    studio.check_uploaded([*samples.CONTENTS, *samples.STYLES])
    for path in (folder / "photo.png", samples.FOLDER / "SOURCES.md", "/etc/passwd", "a\0b"):
        with pytest.raises(PictureError, match="was not uploaded"):
            studio.check_uploaded([samples.CONTENTS[0], path])


def test_there_is_nothing_to_go_on_from(studio):
    with pytest.raises(OptionError, match="no picture yet"):
        going_on(studio["a"].current, chosen())
    run = painted(studio.begin("a", chosen(steps=1)))
    with pytest.raises(OptionError, match="of another photo"):
        going_on(run, chosen(photo="style.png"))
    assert going_on(run, chosen(scales="3")) == ["--initial=output/result.png"]


def test_the_command_is_as_somebody_would_type_it(studio, folder):
    for name in ("-dash.png", "content_lane.jpg"):
        (folder / name).write_bytes((folder / "photo.png").read_bytes())
    dash, sample = (studio.begin("a", chosen(photo=n)) for n in ("-dash.png", "content_lane.jpg"))
    assert " --content ./-dash.png --styles style.png " in dash.command
    assert f" --content {samples.CONTENTS[2]} " in sample.command
    first, _ = painted(dash), painted(sample)
    going = going_on(first, chosen(photo="-dash.png", seed="1"))
    again = studio.begin("a", chosen(photo="-dash.png", seed="1"), going)
    assert again.command.count("--precision") == 1


def test_stopped_while_it_waits_it_is_over(studio):
    long, waiting = studio.begin("a", chosen(steps=10**6)), studio.begin("b", chosen())
    studio.stop("b")
    assert waiting.painted.done()
    assert waiting.view.line == "Stopped before it began."
    long.stop()


def test_few_pictures_of_a_long_run_are_on_disk(studio, monkeypatch):
    run, lines = stopped_at(12, studio, chosen(steps=100), monkeypatch)
    assert len(lines) == 13
    assert len(list(run.view.picture.parent.glob("*_picture.jpg"))) == 2


def test_what_is_wrong_is_told_before_it_begins(studio, folder):
    (folder / "broken.png").write_bytes(b"no picture")
    Image.new("RGB", (9, 9)).save(folder / "clip.mp4", "PNG")
    for photo, kind, words in (
        ("broken.png", PictureError, "no picture that can be read"),
        ("clip.mp4", OptionError, "clip.mp4 is a clip, and the page paints pictures"),
    ):
        with pytest.raises(kind, match=words):
            studio.begin("a", chosen(photo=photo))
    with pytest.raises(OptionError, match="--iterations"):
        studio.begin("a", chosen(steps=0))
    assert studio["a"].runs == []
    assert not Path("output").exists()


def test_what_ends_a_run_is_told(studio, monkeypatch):
    monkeypatch.setattr("CNNStyleNet.free_memory", lambda: 1e6)
    run = painted(studio.begin("a", chosen()))
    assert run.view.line.startswith("**It ended before its time.** A result of 53 x 37 pixels")
    assert not run.stopped
