"""What happens between two steps. Each is called with every Record of the loop."""

import sys
import time

from tqdm.auto import tqdm

from stylenet.errors import NotFiniteError, OutputError
from stylenet.losses.values import LOSSES
from stylenet.options.patterns import fill_pattern
from stylenet.pictures.levels import to_bytes
from stylenet.pictures.resampling import shrunk

LOG_SECONDS = 30  # between two lines about tiles where no terminal shows them as one
FRAME_PIXELS = 2_000_000  # of a picture kept for the GIF, at most


class History:
    """Keeps the losses and times of every record.

    Attributes:
        records: a list of dicts: iteration, the losses by name, seconds.
    """

    def __init__(self, records=()):
        self.records = list(records)

    def __call__(self, record):
        row = {"iteration": record.iteration, **record.losses.by_name(), "seconds": record.seconds}
        self.records.append(row)

    def column(self, name):
        """One figure of every record, as a list."""
        return [record[name] for record in self.records]


class Snapshots:
    """Keeps pictures at iterations that are even in log time: 0, 1, 2, 3, 5, 8 … the last.

    Attributes:
        pictures: iteration -> uint8 (H, W, 3), a quarter of the memory of what they were; large
            ones are shrunk to FRAME_PIXELS.
    """

    def __init__(self, iterations, count=24):
        self._wanted = log_spaced(iterations, count)
        self.pictures = {}

    def __call__(self, record):
        if record.iteration in self._wanted:
            self.pictures[record.iteration] = to_bytes(shrunk(record.image, FRAME_PIXELS))


class ProgressBar:
    """A bar with iteration, total loss and time left.

    Where a step goes tile by tile, a second bar below counts its tiles.
    """

    def __init__(self, iterations, done=0):
        self._iterations, self._done = iterations, done
        self._bar = self._tile_bar = None

    def __enter__(self):
        total, done = self._iterations, self._done
        self._bar = tqdm(total=total, initial=done, unit="step", dynamic_ncols=True)
        return self

    def __exit__(self, *_):
        if self._tile_bar is not None:
            self._tile_bar.close()
        self._bar.close()

    def on_tile(self, done, total):
        """Count a tile of a step."""
        if self._tile_bar is None:
            rest = 0.1 if sys.stderr.isatty() else LOG_SECONDS
            look = {"position": 1, "leave": False, "dynamic_ncols": True, "mininterval": rest}
            self._tile_bar = tqdm(unit="tile", **look)
        if done == 1:
            self._tile_bar.reset(total)
        self._tile_bar.update(done - self._tile_bar.n)

    def __call__(self, record):
        self._bar.set_postfix_str(f"loss {record.losses.total:.4g}", refresh=False)
        self._bar.update(record.iteration - self._bar.n)


class LossLines:
    """Prints the losses every so many steps, above a bar that is there.

    Args:
        every: steps between two lines.
        title: what each line begins with.
    """

    def __init__(self, every, title=""):
        self._every, self._title = every, title

    def __call__(self, record):
        if record.iteration % self._every == 0:
            tqdm.write(self._title + losses_line(record))


class SaveState:
    """Writes the state of the run every so many seconds, and when it ends, however it ends.

    A state that cannot be written is told, once, and the run goes on: its picture may still fit.

    Args:
        state: () -> RunState, or None while there is none that is whole.
        file: StateFile.
        seconds: between two writes.
    """

    def __init__(self, state, file, seconds=0.0):
        self._state, self._file, self._seconds = state, file, seconds
        self._told = False

    def __enter__(self):
        self._written = time.monotonic()
        return self

    def __exit__(self, kind, *_):
        # Not after a loss that is no number: the pixels are none either.
        if kind is None or not issubclass(kind, NotFiniteError):
            self.write(finished=kind is None)

    def __call__(self, record):
        if time.monotonic() - self._written >= self._seconds:
            self.write()

    def write(self, finished=False):
        """Write the state as it is; of a run that is finished nobody needs the one before."""
        state = self._state()
        try:
            if state is not None:
                self._file.write(state)
        except OutputError as error:
            if not self._told:
                tqdm.write(f"warning: {error} The run goes on, but cannot be resumed from here.")
            self._told = True
        if finished:
            self._file.drop_previous()
        self._written = time.monotonic()


class Checkpoints:
    """Writes the picture every so many iterations, each to a name of its own.

    Args:
        pattern: file name with a place for the iteration.
        every: iterations between two.
        write: (path, image) -> None.
    """

    def __init__(self, pattern, every, write):
        self._pattern, self._every, self._write = pattern, every, write

    def __call__(self, record):
        if record.iteration and record.iteration % self._every == 0:
            self._write(fill_pattern(self._pattern, record.iteration), record.image)


def log_spaced(iterations, count):
    """0, the last, and at most `count` - 2 iterations between that are even in log time."""
    steps = max(1, count - 2)
    return {0, *(round(iterations ** (i / steps)) for i in range(steps + 1))}


def losses_line(record):
    """The losses of a record in one line of text."""
    losses = " ".join(f"{name} {getattr(record.losses, name):<11.5g}" for name in LOSSES)
    return f"iteration {record.iteration:5d}   {losses}"
