"""The page in a real browser: `pytest -m browser`, where there is one."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest

import main1
import MLPreProcess as pictures

pytestmark = pytest.mark.browser
ROOT = Path(__file__).parents[2]
MILLISECONDS = 60_000
STEPS = 10


@pytest.fixture(scope="module")
def folder(tmp_path_factory, content, style):
    folder = tmp_path_factory.mktemp("page")
    pictures.write_image(folder / "my photo.png", content)
    pictures.write_image(folder / "style.png", style)
    (folder / "broken.jpg").write_bytes(b"no picture")
    with (folder / "large.jpg").open("wb") as file:
        file.truncate(100_000_000)
    return folder


@pytest.fixture(scope="module")
def server(folder, narrow_file, tmp_path_factory):
    """`python main1.py --page` in a folder of its own; yields (process, URL, temporary folder)."""
    temporary = tmp_path_factory.mktemp("temporary")
    environment = dict(os.environ, TMPDIR=str(temporary), PYTHONUNBUFFERED="1")
    command = [sys.executable, str(ROOT / "main1.py"), "--page", "--network", str(narrow_file)]
    process = subprocess.Popen(
        command, cwd=folder, env=environment, stdout=subprocess.PIPE, text=True
    )
    url = re.fullmatch(r"The page is open at (http://\S+) until Ctrl-C\.\n", line(process))[1]
    yield process, url, temporary
    process.kill()
    process.wait()


def line(process):
    return process.stdout.readline()


@pytest.fixture(scope="module")
def chromium():
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as playwright:
        yield playwright.chromium.launch(executable_path=path, args=["--no-sandbox"])


class Tab:
    """The page in a tab of its own, and all that it asked for."""

    def __init__(self, chromium, url, folder):
        self._folder, self.asked, self.errors = folder, [], []
        self.page = chromium.new_page(viewport={"width": 1280, "height": 900})
        self.page.set_default_timeout(MILLISECONDS)
        self.page.on("request", lambda request: self.asked.append(request.url))
        self.page.on("pageerror", lambda error: self.errors.append(str(error)))
        self.page.goto(url)
        self.button("Paint").wait_for()

    def button(self, name):
        return self.page.get_by_role("button", name=name, exact=True)

    def says(self, words):
        """Wait for a text; returns where it is."""
        place = self.page.get_by_text(words).first
        place.wait_for()
        return place

    def thumbnails(self):
        """Number of pictures painted so far."""
        return self.page.locator(".history .thumbnail-item").count()

    def upload(self, name, into="photo"):
        """Put a file in place of the photo, or among the styles."""
        if into == "photo":
            self.button("Remove Image").click()
        field = self.page.get_by_label("File upload").nth(0 if into == "photo" else 1)
        field.set_input_files(self._folder / name)
        if name != "large.jpg":
            self.button("Remove Image").wait_for()

    def choose(self, steps, **more):
        """My photo and style, 64 pixels wide, and values of further options."""
        self.upload("my photo.png")
        self.upload("style.png", "styles")
        self.button("Delete image").wait_for()
        self.page.get_by_label("number input for Width in pixels").fill("64")
        self.page.get_by_role("button", name="More").click()
        for flag, value in {"iterations": steps, **more}.items():
            self.page.get_by_role("textbox", name=f"--{flag}").fill(str(value))

    def picture(self):
        """Address of the picture that is shown beside the photo; None while there is none."""
        shown = self.page.get_by_test_id("imageslider-image")
        return shown.last.get_attribute("src") if shown.count() else None

    def ends(self, words):
        """Wait until the run has ended and says so."""
        self.says(words)
        self.button("Paint").and_(self.page.locator(":enabled")).wait_for()

    def save(self, name):
        """The bytes that a button saves."""
        with self.page.expect_download() as download:
            self.button(name).click()
        return Path(download.value.path()).read_bytes()


@pytest.fixture
def tab(chromium, server, folder):
    """Opens tabs."""
    tabs = []

    def open_tab():
        tabs.append(Tab(chromium, server[1], folder))
        return tabs[-1]

    yield open_tab
    for tab in tabs:
        tab.page.close()
        assert tab.errors == []
        assert {urlsplit(url).hostname for url in tab.asked if "//" in url} <= {"127.0.0.1"}


def test_the_picture_comes_and_is_the_command_lines(tab, folder, narrow_file, monkeypatch):
    tab = tab()
    tab.choose(STEPS)
    tab.button("Paint").click()
    tab.ends(f"Step {STEPS} of {STEPS}")
    monkeypatch.chdir(folder)
    flags = ["--content", "my photo.png", "--styles", "style.png", "--width", "64"]
    flags += ["--network", str(narrow_file), "--iterations", str(STEPS), "--output", "same.png"]
    assert main1.main(flags) == 0
    assert tab.save("Save picture") == Path("same.png").read_bytes()
    assert Path("output/result.png").read_bytes() == Path("same.png").read_bytes()
    assert json.loads(tab.save("Save run file"))["iterations"] == STEPS
    assert tab.save("Save film").startswith(b"GIF89a")
    tab.says("python main1.py --content 'my photo.png' --styles style.png --preset=painting")


def test_stop_go_on_and_change_the_strength(tab, folder):
    tab = tab()
    tab.choose(100_000)
    tab.button("Paint").click()
    seen = set()
    while len(seen) < 3:  # it changes before one's eyes
        seen |= {tab.picture()} - {None}
        time.sleep(0.2)
    tab.button("Stop").click()
    tab.ends("stopped, and can go on")
    first = tab.says("Kept as ").inner_text()
    tab.button("Go on").click()
    tab.says("left")
    tab.button("Stop").click()
    tab.ends("stopped, and can go on")
    assert tab.says("Kept as ").inner_text() == first
    assert tab.thumbnails() == 1
    tab.page.get_by_role("textbox", name="--iterations").fill("2")
    tab.page.get_by_label("number input for Strength of the style").fill("2")
    tab.button("Go on").click()
    tab.ends("Step 2 of 2")
    assert tab.says("Kept as ").inner_text() != first
    tab.says("--style-weight=2000")
    assert tab.thumbnails() == 2
    tab.page.get_by_role("button", name="Thumbnail 1 of 2").click()
    tab.page.get_by_text(first).wait_for()


def test_a_click_on_a_sample_takes_its_style_and_another_leaves_it(tab):
    tab = tab()
    for number, styles in ((2, 1), (4, 2), (2, 1)):
        tab.page.get_by_role("button", name=f"Thumbnail {number} of 4").click()
        tab.page.wait_for_function(
            "count => document.querySelectorAll('.styles .thumbnail-item').length == count",
            arg=styles,
        )
    assert tab.page.locator(".styles img").get_attribute("src").endswith("style_dots.jpg")


def test_what_is_wrong_is_said_and_the_page_goes_on(tab):
    tab = tab()
    tab.choose(2)
    tab.upload("broken.jpg")
    tab.button("Paint").click()
    assert tab.says("is no picture that").inner_text().startswith("broken.jpg is no picture")
    tab.upload("large.jpg")
    tab.says("exceed the maximum")
    tab.button("Paint").click()
    tab.says("There is no photo yet")
    tab.page.get_by_role("textbox", name="--iterations").fill("many")
    tab.page.get_by_role("button", name="Thumbnail 1 of 3").click()
    tab.button("Paint").click()
    tab.says("is many, expected a whole number")


def test_two_tabs_are_painted_in_turn(tab):
    first, second = tab(), tab()
    first.choose(100_000)
    second.choose(3)
    first.button("Paint").click()
    first.says("left")
    second.button("Paint").click()
    second.says("Waiting until what others began is painted")
    assert second.picture() is None
    second.button("Stop").click()
    second.ends("Stopped before it began.")
    second.button("Paint").click()
    second.says("Waiting until what others began is painted")
    first.button("Stop").click()
    first.ends("stopped, and can go on")
    second.ends("Step 3 of 3")


def test_a_closed_tab_leaves_no_run(tab, server):
    first, second = tab(), tab()
    first.choose(100_000)
    first.button("Paint").click()
    first.says("left")
    first.page.close(run_before_unload=False)
    second.choose(2)
    second.button("Paint").click()
    second.ends("Step 2 of 2")  # which waits for the other's end
    assert second.picture()


def test_no_file_but_what_was_painted_can_be_had(server, folder, chromium):
    for path in (folder / "style.png", Path("/etc/passwd")):
        answer = chromium.new_page().goto(f"{server[1]}gradio_api/file={path}")
        assert answer.status == 403


@pytest.mark.parametrize("header", [("Origin", "http://evil.example"), ("Host", "evil.example")])
def test_the_page_of_another_site_has_no_answer(server, header):
    with pytest.raises(HTTPError, match=r"40[03]"):
        urlopen(Request(server[1], headers=dict([header])))


def test_ctrl_c_ends_everything(tab, server, folder):
    process, _, temporary = server
    tab = tab()
    tab.choose(100_000)
    tab.button("Paint").click()
    tab.says("left")
    before = set((folder / "output").glob("*_state.npz"))
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert not list(temporary.glob("cnn-stylenet-page-*"))
    assert set((folder / "output").glob("*_state.npz")) - before  # the painting is kept
