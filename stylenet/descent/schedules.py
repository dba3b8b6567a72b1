"""Learning rates that change from step to step."""

import math


def cosine_rate(step, steps, first, last):
    """A rate that falls from `first` to `last` along half a cosine (Loshchilov & Hutter 2016).

    Args:
        step: 0 to steps - 1.
        steps: of the whole fall.
        first, last: rates of the first and the last step.
    """
    fraction = step / max(1, steps - 1)
    return last + (first - last) * (1 + math.cos(math.pi * fraction)) / 2
