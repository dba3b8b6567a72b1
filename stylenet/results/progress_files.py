"""The losses so far, on disk while a run goes on."""

import time

from stylenet.descent.callbacks import History
from stylenet.disk.whole_files import write_whole
from stylenet.losses.values import LOSSES
from stylenet.results.figures import draw_losses, save_figure


class ProgressFiles:
    """Keeps the losses so far on disk while the run goes on, as a table, a plot or both.

    Args:
        iterations: of the run; the last record is always written.
        text_path, plot_path: the files, or None.
        seconds: least time between two writes.
        records: of the steps before, where a run is gone on with.
    """

    def __init__(self, iterations, text_path=None, plot_path=None, seconds=5.0, records=()):
        self._iterations, self._seconds = iterations, seconds
        self._text_path, self._plot_path = text_path, plot_path
        self._history = History(records)
        self._written = -seconds

    def __call__(self, record):
        self._history(record)
        late = time.monotonic() - self._written >= self._seconds
        if late or record.iteration >= self._iterations:
            self.write()

    def write(self):
        """Write the losses of all records so far."""
        self._written = time.monotonic()
        if self._text_path:
            write_whole(self._text_path, loss_table(self._history.records).encode())
        if self._plot_path:
            save_figure(self._plot_path, draw_losses, self._history.records)


def loss_table(records):
    """Losses as text: a head line, then a line a record, columns apart by spaces."""
    names = ("iteration", *LOSSES)
    lines = [" ".join(names)]
    lines += [" ".join(f"{record[name]:.9g}" for name in names) for record in records]
    return "\n".join(lines) + "\n"
