"""The READMEs tell the truth: snippets and commands run, links lead on, numbers are as measured."""

import contextlib
import io
import json
import re
import shlex
import shutil
from pathlib import Path

import dask
import pytest

import main1
from stylenet.options.options import Options
from stylenet.pictures.sizes import pyramid
from stylenet.video.writing import write_clip
from tools import readme
from tools.clips import RATE, frames, journey
from tools.layer_table import receptive_fields

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "README.md").read_text("utf-8")
ENGLISH = [page for page in readme.PAGES if page == "README.md" or page.startswith("docs/")]
ALL = "\n".join((ROOT / page).read_text("utf-8") for page in ENGLISH)

# A snippet, and what it prints where the README says so.
_SNIPPET = re.compile(r"```python\n(.*?)```(?:\n\n```text\n(.*?)```)?", re.DOTALL)
SNIPPETS = _SNIPPET.findall(ALL)
# A command stands alone on indented lines, or in code within the text.
_COMMAND = re.compile(r"^    python main1\.py((?:.*\\\n)*.*)$|`python main1\.py ([^`]+)`", re.M)
COMMANDS = sorted({block or inline for block, inline in _COMMAND.findall(ALL)})
TINY = ["--iterations", "2", "--width", "40"]


def anchors(text):
    """The anchors GitHub gives the headings of a page."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"```.*?```", "", text, flags=re.DOTALL), re.M)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.fixture(scope="session")
def earlier_run(tmp_path_factory, narrow_file):
    """What the first command of the README leaves, on a small scale."""
    folder = tmp_path_factory.mktemp("earlier")
    output = ["--output", str(folder / "result.png"), "--network", str(narrow_file)]
    assert main1.main([*TINY, *output]) == 0
    return folder


@pytest.fixture
def folder(tmp_path, monkeypatch, narrow_small, earlier_run, forkserver):
    """A folder as a reader has it: the pictures, an earlier run, the reader's own pictures."""
    shutil.copytree(ROOT / "images", tmp_path / "images")
    shutil.copytree(earlier_run, tmp_path / "output")
    (tmp_path / "photos").mkdir()
    for name in ("my.jpg", "van_gogh.jpg", "photos/1.jpg"):
        shutil.copy(ROOT / "images" / "content_lane.jpg", tmp_path / name)
    for name, count in (("clip.mp4", 3), ("clips/journey.mp4", 2)):
        known = journey(count=count, size=(48, 64))
        write_clip(tmp_path / name, frames(known), RATE)
    monkeypatch.chdir(tmp_path)
    with dask.config.set({"distributed.worker.multiprocessing-method": "forkserver"}):
        yield tmp_path  # workers are there at once


def test_snippets_run_one_after_the_other_and_print_what_they_say(folder):
    names = {}
    for snippet, expected in SNIPPETS:
        with contextlib.redirect_stdout(io.StringIO()) as out:
            exec(compile(snippet, "README.md", "exec"), names)
        if expected:
            assert out.getvalue() == expected, snippet
    names["net"].__exit__()
    made = {path.name for path in folder.glob("*.*")} - {"my.jpg", "van_gogh.jpg", "clip.mp4"}
    clips = {"painted.mp4", "painted_strip.png", "painted_run.json"}
    assert made == {"out.png", "film.gif", "losses.png"} | clips


@pytest.mark.parametrize("command", COMMANDS)
def test_commands_run(command, folder, monkeypatch):
    monkeypatch.setattr("main1.download_network", lambda: "cache")
    monkeypatch.setattr("main1.serve", lambda arguments, paint: 0)
    arguments = shlex.split(command.replace("\\\n", ""))
    small = [] if "--page" in arguments else TINY
    assert main1.main(arguments + small) == 0


def test_there_are_commands_and_snippets():
    assert len(COMMANDS) >= 20
    assert len(SNIPPETS) >= 9
    assert sum(bool(expected) for _, expected in SNIPPETS) >= 7


@pytest.mark.parametrize("page", readme.PAGES)
def test_tables_numbers_and_line_numbers_are_as_they_should_be(page):
    text = (ROOT / page).read_text("utf-8")
    assert readme.refreshed(text) == text, "run python -m tools.readme"
    assert not re.search(r"\d [\d.\u202f]+<!-- \w+\.\w+ -->", text), "a number cut in two"


@pytest.mark.parametrize("name", [*readme.PAGES, "CONTRIBUTING.md", "stylenet/models/README.md"])
def test_links_lead_to_files_and_headings(name):
    path = ROOT / name
    for link in re.findall(r"\]\((?!https?:)([^)\s]+)\)", path.read_text("utf-8")):
        file, _, anchor = link.partition("#")
        target = path.parent / file if file else path
        assert target.exists(), link
        if anchor and target.suffix == ".md":
            assert anchor in anchors(target.read_text("utf-8")), link


def test_every_page_of_the_reference_is_in_the_list():
    assert {path.name for path in (ROOT / "docs").iterdir()} == {
        Path(page).name for page in readme.PAGES if page.startswith("docs/")
    }


def test_every_step_has_its_parts():
    """Each step of the theory has an equation or a table, a method, a check, a thing to try."""
    steps = re.split(r"^## (?=\d+\. )", TEXT, flags=re.M)[1:]
    assert [int(step.split(".")[0]) for step in steps] == list(range(14))
    for step in steps[1:8]:
        assert "```math" in step or step.startswith("5."), step[:30]
        for part in ("**In the program:**", "**Check:**", "**Try:**"):
            assert part in step, (step[:30], part)
    tags = re.findall(r"\\tag\{(\d+)\}", TEXT)
    assert tags == [str(number) for number in range(1, len(tags) + 1)]


def test_defaults_in_the_text_are_those_of_the_options():
    first, last = Options().rates
    steps, draft = Options.epochs, Options.of_preset("draft")
    weights = [getattr(Options, f"weight_{name}") for name in ("image_content", "image_style")]
    assert pyramid(344, 512, steps) == [(344, 512, steps)]
    assert [size[:2] for size in pyramid(688, 1024, steps)] == [(344, 512), (688, 1024)]
    for words in (
        f"512 × 344, {steps} steps",
        f"{draft.width} × {round(draft.width * 344 / 512)}, {draft.epochs} steps",
        f"**{steps} iterations** of L-BFGS from the content, where neural-style takes 1000",
        f"the rate η falls from {first:g} to {last:g} along",
        f"{weights[0]:g}, {weights[1]:g} and {Options.weight_regularization:g} by default",
        f"{Options.weight_range:,.0f} times".replace(",", " "),
    ):
        assert words in ALL, words


def test_receptive_fields_by_counting():
    """The positions one answer depends on, followed back through the layers one by one."""
    depths = (2, 2, 4, 4, 4)
    for name, stride, field in receptive_fields():
        block, position = int(name[4]), int(name[6])
        side = step = 1
        for number, depth in enumerate((position, *depths[: block - 1][::-1])):
            if number:  # back through a pooling
                side, step = 2 * side, 2 * step
            side += 2 * depth  # back through the convolutions of a block
        assert (stride, field) == (step, side), name


def test_every_picture_has_its_source():
    sources = (ROOT / "images" / "SOURCES.md").read_text("utf-8")
    for path in (ROOT / "images").rglob("*.*"):
        if path.suffix != ".md":
            assert f"`{path.relative_to(ROOT / 'images').as_posix()}`" in sources, path.name


def test_pictures_are_at_most_10_mb():
    sizes = [path.stat().st_size for path in (ROOT / "images").rglob("*.*")]
    assert sum(sizes) <= 10e6


def test_numbers_in_digits():
    shown = [readme.in_digits(value) for value in (0, 0.012345, 1.999, 43.21, 291512.3)]
    assert shown == ["0", "0.0123", "2", "43.2", "292\u202f000"]


def test_a_line_is_found_by_name():
    path = ROOT / "CNNStyleNet.py"
    line = path.read_text("utf-8").splitlines()[readme.line_of("fit", path) - 1]
    assert line.strip().startswith("def fit(")
    with pytest.raises(ValueError, match="defines no nothing"):
        readme.line_of("nothing", path)


def test_numbers_of_the_course_are_measured_with_seed_and_time():
    for name, numbers in json.loads(readme.NUMBERS.read_text("utf-8")).items():
        assert {"seed", "seconds"} <= set(numbers), name
