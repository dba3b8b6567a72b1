"""The loop of the optimisation. It knows nothing of files, screens or what the losses mean."""

import math
import time
from dataclasses import dataclass, field

import numpy as np

from stylenet.errors import NotFiniteError


@dataclass(frozen=True)
class Losses:
    """The total loss and its three weighted terms: total = content + style + tv.

    `parts` has the share of each layer in the content and style terms, by name.
    """

    total: float
    content: float
    style: float
    tv: float
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


def descend(step, evaluate, iterations, callbacks, keep):
    """Take steps; before each, and after the last, make a record of where one is.

    Args:
        step: () -> (losses, image) of the state before the step, which it then takes.
        evaluate: () -> (losses, image), without a step.
        iterations: the number of steps.
        callbacks: called with each Record.
        keep: called with each Record whose losses are finite, before the callbacks.

    Raises:
        NotFiniteError: a loss is NaN or infinite. What was kept before stays.
    """
    begin = time.perf_counter()
    for iteration in range(iterations + 1):
        losses, image = step() if iteration < iterations else evaluate()
        record = Record(iteration, losses, image, time.perf_counter() - begin)
        _check_finite(record)
        keep(record)
        for callback in callbacks:
            callback(record)


def _check_finite(record):
    for name in ("content", "style", "tv", "total"):
        value = getattr(record.losses, name)
        if not math.isfinite(value):
            raise NotFiniteError(
                f"The {name} loss became {value} after {record.iteration} steps; the last good "
                "picture is kept. Try a smaller learning rate or smaller weights."
            )
