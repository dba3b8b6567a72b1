"""What happens on the page: a button pressed, a sample clicked, a step taken, a tab closed."""

import html
from concurrent.futures import wait
from contextlib import contextmanager
from pathlib import Path

import gradio as gr

from stylenet.errors import StyleNetError
from stylenet.options.presets import PRESETS
from stylenet.page.form import USUAL_WIDTH, Form, preset_value
from stylenet.page.studio import going_on
from stylenet.pictures import samples

PAUSE = 1.0  # seconds between two looks at a run, for drawing takes time from painting
# Answered at once, also while something is painted.
AT_ONCE = {"concurrency_limit": None, "show_progress": "hidden", "api_visibility": "private"}
CHOSEN = ("photo", "styles", "preset", "strength", "width", "keep_colors")
BUTTONS = ("paint", "stop", "go_on")


class Handlers:
    """Connects what is chosen with the runs, and the runs with what is shown.

    Args:
        studio: `stylenet.page.studio.Studio`.
        form, shown: name -> component, as `stylenet.page.layout` makes them.
    """

    def __init__(self, studio, form, shown):
        self._studio, self._form, self._shown = studio, form, shown

    def connect(self, page):
        """Say which function answers which event."""
        form, shown = self._form, self._shown
        form["contents"].select(_sample_photo, None, form["photo"], **AT_ONCE)
        form["samples"].select(_sample_style, form["styles"], form["styles"], **AT_ONCE)
        of_preset = [form[name] for name in ("preset", "meaning", "width")]
        form["presets"].select(_preset, None, of_preset, **AT_ONCE)
        inputs = [*(form[name] for name in CHOSEN), *form["more"].values()]
        outputs = [*(form[name] for name in BUTTONS), *shown.values()]
        for button, paint in ((form["paint"], self._paint), (form["go_on"], self._go_on)):
            button.click(paint, inputs, outputs, show_progress_on=shown["line"], **AT_ONCE)
        form["stop"].click(self._stop, None, form["stop"], **AT_ONCE)
        shown["history"].select(self._look_back, None, outputs, **AT_ONCE)
        page.unload(self._leave)

    def _paint(self, request: gr.Request, *values):
        with self._told():
            run = self._studio.begin(request.session_hash, self._flags(values))
        yield from self._watch(request, run)

    def _go_on(self, request: gr.Request, *values):
        with self._told():
            chosen = self._flags(values)
            further = going_on(self._studio[request.session_hash].current, chosen)
            run = self._studio.begin(request.session_hash, chosen, further)
        yield from self._watch(request, run)

    def _flags(self, values):
        photo, styles, *usual = values[: len(CHOSEN)]
        more = dict(zip(self._form["more"], values[len(CHOSEN) :], strict=True))
        styles = tuple(path for path, _ in styles or ())
        self._studio.check_uploaded([photo, *styles] if photo else styles)
        return Form(photo, styles, *usual, more).flags()

    def _watch(self, request, run):
        """Show a run until it ends; when nobody looks any more, it ends."""
        session, shown = self._studio[request.session_hash], self._shown
        nothing = {shown["compare"]: None, shown["curve"]: None}
        yield nothing | self._all_of(run) | self._buttons(painting=True)
        try:
            while not run.painted.done():
                yield self._look_at(run)
                wait([run.painted], PAUSE)
        finally:
            run.stop()
        finished = session.painted()
        yield {
            **self._all_of(run),
            shown["history"]: gr.Gallery(_captioned(finished), visible=bool(finished)),
            **self._buttons(painting=False, may_go_on=bool(run.view.picture)),
        }

    def _stop(self, request: gr.Request):
        self._studio.stop(request.session_hash)
        return gr.Button(interactive=False)

    def _look_back(self, event: gr.SelectData, request: gr.Request):
        """Show an earlier picture; what is changed then goes on from there."""
        session = self._studio[request.session_hash]
        if session.current.painted.done():  # what is being painted stays in sight
            session.current = session.painted()[event.index]
            return self._all_of(session.current) | self._buttons(painting=False, may_go_on=True)
        return self._all_of(session.current)

    def _leave(self, request: gr.Request):
        self._studio.leave(request.session_hash)

    def _look_at(self, run):
        """The picture as far as it is."""
        view, shown = run.look(), self._shown
        changes = {shown["line"]: self._studio.shortened(view.line)}
        if view.picture:
            changes[shown["compare"]] = str(run.photo), str(view.picture)
            changes[shown["curve"]] = str(view.curve)
        return changes

    def _all_of(self, run):
        """The picture as far as it is, and what a run left, to be had."""
        paths = {"film": run.film}
        if run.view.picture:
            paths |= {"picture": run.files.picture, "run": run.files.run}
        names = "picture", "run", "film"
        kept = f"Kept as `{run.files.picture.resolve()}`." if run.view.picture else ""
        return {
            **self._look_at(run),
            **{self._shown[name]: _download(paths.get(name)) for name in names},
            self._shown["kept"]: kept,
            self._shown["command"]: gr.Code(run.command, visible=True),
        }

    @contextmanager
    def _told(self):
        """What is wrong is shown as it is, and nothing else happens."""
        try:
            yield
        except StyleNetError as error:
            words = html.escape(self._studio.shortened(str(error)), quote=False)
            raise gr.Error(words, duration=None, print_exception=False) from error

    def _buttons(self, painting, may_go_on=False):
        paint, stop, go_on = (self._form[name] for name in BUTTONS)
        return {
            paint: gr.Button(interactive=not painting),
            stop: gr.Button(interactive=painting),
            go_on: gr.Button(interactive=may_go_on),
        }


def _download(path):
    there = path is not None and path.exists()
    return gr.DownloadButton(value=str(path) if there else None, interactive=there)


def _sample_photo(event: gr.SelectData):
    return str(samples.CONTENTS[event.index])


def _sample_style(event: gr.SelectData, styles):
    """One style more, or, if it is there already, without it."""
    sample = samples.STYLES[event.index]
    others = [style for style in styles or () if Path(style[0]).name != sample.name]
    return others if len(others) < len(styles or ()) else [*others, str(sample)]


def _preset(event: gr.SelectData):
    name = list(PRESETS)[event.index]
    return name, meaning_of(name), preset_value(name, "width") or USUAL_WIDTH


def meaning_of(preset):
    """A preset's name and what it is, as Markdown."""
    return f"**{preset}**: {PRESETS[preset][0]}"


def _captioned(runs):
    return [(str(run.view.picture), run.files.picture.name) for run in runs]
