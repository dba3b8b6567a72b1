"""One painting that was asked for on the page: painted in one thread, looked at from others."""

import shlex
import shutil
from collections import deque
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from itertools import count
from pathlib import Path
from threading import Lock

from PIL import Image

from stylenet.command.arguments import options_from, parse
from stylenet.command.checks import checked_jobs
from stylenet.command.clips import is_clip
from stylenet.command.expectations import in_words
from stylenet.command.painting import paint_one
from stylenet.command.trouble import told
from stylenet.errors import OptionError, OutputError
from stylenet.pictures.levels import to_bytes
from stylenet.pictures.resampling import shrunk
from stylenet.pictures.samples import ALL
from stylenet.pictures.sizes import pyramid
from stylenet.results.figures import draw_losses, save_figure

SHOWN_PIXELS = 1_000_000  # of a picture on the page; what is saved has all of its own


@dataclass(frozen=True)
class View:
    """What is shown of a run: paths of its picture and loss curve, or None, and a line."""

    picture: Path | None = None
    curve: Path | None = None
    line: str = "Waiting until what others began is painted …"


class Run:
    """A run by a command line, its progress, and what it left.

    Args:
        chosen: what is chosen on the page, as flags, see `stylenet.page.form`.
        further: flags by which an earlier run is gone on with, see `stylenet.page.studio.going_on`.
        common: flags of all runs.
        folder: for what is shown; its own.

    Attributes:
        chosen, further: as given.
        flags: the whole command line.
        files: OutputFiles; None until the run has begun.
        photo: path of the photo as it is painted; None likewise.
        film: path of the way to the picture; None until there is one.
        view: the View at the last look.
        trouble: the sentence that ended it; None where it came to its end or was stopped.
        stopped: whether it was stopped on the way, so that it can be gone on with.
        painted: Future of its painting, set by who has it painted.
    """

    def __init__(self, chosen, further, common, folder):
        self.chosen, self.further, self._folder = chosen, further, folder
        self.flags = [*chosen, *common, *further]
        self.files = self.photo = self.film = self.trouble = None
        self.view, self.stopped, self.painted = View(), False, None
        self._asked_to_stop, self._result, self._sizes = False, None, []
        self._records, self._numbers, self._looking = 0, count(), Lock()
        self._drawn = deque()

    @property
    def command(self):
        """The command line that does the same, uploaded pictures by their names alone."""
        return f"python main1.py {shlex.join(map(_as_typed, self.flags))}"

    def paint(self, paint):
        """Paint; whatever ends it is told in `trouble`, never raised.

        Args:
            paint: (arguments, paint_job=…), see `main1.paint`.
        """
        self.view = View(line="Loading the network …")
        try:
            paint(parse(self.flags)[0], paint_job=self._paint_job)
        except KeyboardInterrupt:
            self.stopped = True
        except Exception as error:
            self.trouble, _ = told(error)
        finally:
            self._records = 0  # so that the last look is at how it ended
            self.view = replace(self.look(), line=self._ending())
            self._result = None  # which is large

    def stop(self):
        """Have it end after the step it is at, or not begin; its state and picture are kept."""
        self._asked_to_stop = True
        if self.painted.cancel():
            self.view = View(line="Stopped before it began.")

    def forget(self):
        """Remove what was only to be shown."""
        shutil.rmtree(self._folder, ignore_errors=True)

    def look(self):
        """What there is to show now; drawn anew where there is something new."""
        with self._looking:  # else an earlier look could end after a later one
            result = self._result
            records = list(result.history.records) if result else []
            if len(records) > self._records:
                self._records, curve = len(records), self._free("losses.png")
                save_figure(curve, draw_losses, records, dpi=100)
                picture = self._keep(result.image(), "picture.jpg")
                self._drop_but_last(curve, picture)
                self.view = View(picture, curve, self._progress(records[-1], result.record))
            return self.view

    def _progress(self, last, best):
        """How far it is, in a line."""
        done, steps = last["iteration"], sum(steps for _, _, steps in self._sizes)
        line = f"Step {done} of {steps} · loss {best.losses.total:.4g}"
        if 0 < done < steps and not self.stopped:
            share = _share(self._sizes, done)
            line += f" · about {in_words(last['seconds'] * (1 - share) / share)} left"
        return line

    def _ending(self):
        """How it ended, in a line."""
        if self.trouble:
            return f"**It ended before its time.** {self.trouble}"
        return f"{self.view.line}{' · stopped, and can go on' if self.stopped else ''}"

    def _paint_job(self, net, job, arguments, network):
        self.files, options = job.outputs, net.options
        self._sizes = pyramid(*net.pictures.shapes[0], options.epochs, options.scales)
        self.photo = self._keep(net.pictures.content, "photo.jpg")
        try:
            paint_one(net, job, arguments, network, [partial(self._take, net)])
        finally:
            if net.result is not None:
                self._result = net.result
                film = self._folder / f"{job.outputs.picture.stem}_film.gif"
                with suppress(OutputError):  # the picture is what counts
                    net.save_output_image_gif(film)
                    self.film = film

    def _take(self, net, record):
        """A callback: take note of a record."""
        self._result = net.result
        if self._asked_to_stop:
            raise KeyboardInterrupt

    def _keep(self, image, name):
        """Path of an image as a file that a browser shows."""
        path = self._free(name)
        Image.fromarray(to_bytes(shrunk(image, SHOWN_PIXELS))).save(path, quality=90)
        return path

    def _drop_but_last(self, *paths):
        """Remove what was drawn before the last look, which a browser may still be asking for."""
        self._drawn.extend(paths)
        while len(self._drawn) > 2 * len(paths):
            self._drawn.popleft().unlink(missing_ok=True)

    def _free(self, name):
        """A new name, for a browser asks for each only once."""
        return self._folder / f"{next(self._numbers)}_{name}"


def check(flags):
    """Look at everything that can be wrong with a command line while nothing has been loaded yet.

    Raises:
        StyleNetError: of the first thing that is.
    """
    arguments, _ = parse(flags)
    if is_clip(arguments):
        raise OptionError(
            f"{Path(arguments.content[0]).name} is a clip, and the page paints pictures; "
            "paint it with `python main1.py --content`."
        )
    checked_jobs(arguments, options_from(arguments))


def _as_typed(word):
    """A word of a command line as somebody would type it: samples where they are."""
    flag, equals, path = word.rpartition("=") if word.startswith("--") else ("", "", word)
    if not Path(path).is_absolute():
        return word
    name = Path(path).name
    sample = next((sample for sample in ALL if sample.name == name), None)
    return f"{flag}{equals}{sample or (f'./{name}' if name.startswith('-') else name)}"


def _share(sizes, done):
    """The part of a run's work that its first steps are, by the pixels they take."""
    costs = [height * width for height, width, _ in sizes]
    taken = 0
    for cost, (_, _, steps) in zip(costs, sizes, strict=True):
        taken += cost * min(steps, done)
        done -= min(steps, done)
    return taken / sum(cost * steps for cost, (_, _, steps) in zip(costs, sizes, strict=True))
