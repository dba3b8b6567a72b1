"""What is known of each state on the way. Nothing here knows of files, screens or optimisers."""

import math
import time
from dataclasses import dataclass

import numpy as np

from stylenet.errors import NotFiniteError
from stylenet.losses.values import LOSSES, Losses


@dataclass(frozen=True)
class Record:
    """The state after some steps; number 0 is the start.

    Attributes:
        iteration: steps done.
        losses: Losses of `image`.
        image: float32 (H, W, 3), 0-255 but for overshoot; it is kept, and so cannot be written to.
        seconds: since the loop began.
    """

    iteration: int
    losses: Losses
    image: np.ndarray
    seconds: float


def record_of(row):
    """The Record, without its picture, of a row of `stylenet.descent.callbacks.History`."""
    losses = Losses(*(row[name] for name in LOSSES))
    return Record(row["iteration"], losses, None, row["seconds"])


class Recorder:
    """Makes a Record of every state it is told, and hands it on.

    Args:
        callbacks: called with each Record whose losses are finite.
        state: RunState that the run goes on from, or None.
    """

    def __init__(self, callbacks, state=None):
        self._callbacks = callbacks
        self._begin = time.perf_counter() - (state.seconds if state else 0.0)
        self._iteration = state.iteration if state else 0

    @property
    def seconds(self):
        """Time since the loop began, that of a run gone on with counted in."""
        return time.perf_counter() - self._begin

    def __call__(self, losses, image):
        """Take note of the state after as many steps as there were calls before.

        Raises:
            NotFiniteError: a loss is NaN or infinite. What was kept before stays.
        """
        image = image.view()
        image.flags.writeable = False
        record = Record(self._iteration, losses, image, self.seconds)
        _check_finite(record)
        for callback in self._callbacks:
            callback(record)
        self._iteration += 1


def _check_finite(record):
    losses = record.losses.by_name()
    for name in [*list(losses)[1:], "total"]:  # which has the trouble of any of them
        value = losses[name]
        if not math.isfinite(value):
            kept = "; the last good picture is kept" if record.iteration else ""
            raise NotFiniteError(
                f"The {name} loss became {value} after {record.iteration} steps{kept}. Try a "
                "smaller learning rate, where it is Adam's, or smaller weights."
            )
