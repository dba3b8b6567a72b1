"""Who has the page open, and the one worker that paints for all of them in turn."""

import re
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import mkdtemp

from stylenet.errors import OptionError, PictureError
from stylenet.page.run import Run, check
from stylenet.pictures.samples import ALL


@dataclass
class Session:
    """What one open page has painted.

    Attributes:
        runs: list of Run, oldest first.
        current: the Run that is shown.
    """

    runs: list = field(default_factory=list)
    current: Run | None = None

    def painted(self):
        """The runs that left a picture; of one that was gone on with, the last."""
        return [*{run.files.picture: run for run in self.runs if run.view.picture}.values()]


class Studio:
    """Every open page. Their runs are painted one at a time, in the order they were asked for.

    Args:
        paint: see `stylenet.page.run.Run.paint`.
        flags: of every run, besides its own.
        folder: for temporary files.
    """

    def __init__(self, paint, flags, folder):
        self._paint, self._flags, self._folder = paint, flags, Path(folder)
        self._worker = ThreadPoolExecutor(1, "painter")
        self._sessions = defaultdict(Session)

    def __getitem__(self, name):
        """The Session of a name; a new one where there is none."""
        return self._sessions[name]

    def begin(self, name, chosen, further=()):
        """A new run of a session, which is painted when its turn comes.

        Args:
            name: of the session.
            chosen, further: see `stylenet.page.run.Run`.

        Raises:
            StyleNetError: of the first thing that is wrong with it; nothing has begun then.
        """
        check([*chosen, *self._flags, *further])
        run = Run(chosen, further, self._flags, Path(mkdtemp(dir=self._folder)))
        run.painted = self._worker.submit(run.paint, self._paint)
        self[name].runs.append(run)
        self[name].current = run
        return run

    def check_uploaded(self, paths):
        """Refuse what was neither uploaded nor is a sample: a request can name any file.

        Raises:
            PictureError: one is another file of this machine.
        """
        for path in paths:
            try:
                there = Path(path).resolve()
            except ValueError:  # of a name that can be none
                there = Path("it")
            uploaded = there.is_relative_to(self._folder.resolve())
            if not uploaded and there not in [sample.resolve() for sample in ALL]:
                raise PictureError(f"{there.name} was not uploaded; drop it on the page.")

    def shortened(self, text):
        """A text without the folders that files were uploaded to."""
        return re.sub(rf"{re.escape(str(self._folder))}/\w+/", "", text)

    def stop(self, name):
        """Have all that a session began end; what it came to is kept."""
        for run in self[name].runs:
            run.stop()

    def leave(self, name):
        """Forget a session whose page was closed."""
        self.stop(name)
        with suppress(RuntimeError):  # of a worker that was closed, whose folder goes as a whole
            for run in self._sessions.pop(name).runs:
                self._worker.submit(run.forget)  # after what is being painted

    def close(self):
        """Stop everything, and wait until it has."""
        for name in [*self._sessions]:
            self.stop(name)
        self._worker.shutdown()


def going_on(run, chosen):
    """The further flags by which to go on: with the run itself, or, changed, from its picture.

    Args:
        run: Run, or None where none was begun.
        chosen: what is chosen on the page now.

    Raises:
        OptionError: it has no picture, or is of another photo.
    """
    if run is None or not run.view.picture:
        raise OptionError("There is no picture yet to go on from; press Paint.")
    if run.chosen[:2] != chosen[:2]:
        raise OptionError(
            "The picture that is shown is of another photo; press Paint for this one."
        )
    picture = run.files.picture
    if run.stopped and run.chosen == chosen:
        before = [flag for flag in run.further if flag.startswith(("--initial=", "--scales="))]
        return [*before, "--resume", f"--output={picture}"]
    sizes = [] if any(flag.startswith("--scales=") for flag in chosen) else ["--scales=1"]
    return [f"--initial={picture}", *sizes]
