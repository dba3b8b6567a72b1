"""What is known of each state on the way. Nothing here knows of files, screens or optimisers."""

import math
import time
from dataclasses import dataclass, field

import numpy as np

from stylenet.errors import NotFiniteError

TERMS = ("content", "style", "tv", "range")  # what the total loss is the sum of
LOSSES = ("total", *TERMS)


@dataclass(frozen=True)
class Losses:
    """The total loss and its weighted terms: total = content + style + tv + range.

    `parts` has the share of each layer in the content and style terms, by name.
    """

    total: float
    content: float
    style: float
    tv: float
    range: float = 0.0
    parts: dict = field(default_factory=dict)


@dataclass(frozen=True)
class Record:
    """The state after some steps; number 0 is the start.

    Attributes:
        iteration: steps done.
        losses: Losses of `image`.
        image: float32 (H, W, 3), 0-255 but for overshoot.
        seconds: since the loop began.
    """

    iteration: int
    losses: Losses
    image: np.ndarray
    seconds: float


class Recorder:
    """Makes a Record of every state it is told, and hands it on.

    Args:
        keep: called with each Record whose losses are finite, before the callbacks.
        callbacks: called with each such Record.
        iteration, seconds: steps taken before, and the time they took.
    """

    def __init__(self, keep, callbacks, iteration=0, seconds=0.0):
        self._receivers = [keep, *callbacks]
        self._begin = time.perf_counter() - seconds
        self._iteration = iteration

    @property
    def seconds(self):
        """Time since the loop began, that of a run gone on with counted in."""
        return time.perf_counter() - self._begin

    def __call__(self, losses, image):
        """Take note of the state after as many steps as there were calls before.

        Raises:
            NotFiniteError: a loss is NaN or infinite. What was kept before stays.
        """
        record = Record(self._iteration, losses, image, self.seconds)
        _check_finite(record)
        for receive in self._receivers:
            receive(record)
        self._iteration += 1


def _check_finite(record):
    for name in (*TERMS, "total"):
        value = getattr(record.losses, name)
        if not math.isfinite(value):
            kept = "; the last good picture is kept" if record.iteration else ""
            raise NotFiniteError(
                f"The {name} loss became {value} after {record.iteration} steps{kept}. Try a "
                "smaller learning rate, where it is Adam's, or smaller weights."
            )
