"""The sizes of a coarse-to-fine run, and how its steps are shared among them."""

import math

FIRST = 512  # pixels of the longer side of the first size, about: there VGG-19 sees large forms
FACTOR = 2  # from one size to the next, in width and height


def pyramid(height, width, iterations, scales=None):
    """The sizes from coarse to fine, each with its number of steps.

    A step costs as much as the picture has pixels, so most are taken where they cost least: each
    size gets half as many as the one before.

    Args:
        height, width: of the result.
        iterations: steps of all sizes together.
        scales: number of sizes; None: as many as bring the longer side of the first nearest to
            FIRST, so one for pictures up to about 700 pixels.

    Returns:
        list of (height, width, steps), the last of the result's size; every size has a step.
    """
    if scales is None:
        scales = 1 + max(0, round(math.log(max(height, width) / FIRST, FACTOR)))
    scales = min(scales, iterations)
    levels = range(scales - 1, -1, -1)  # how often the result is halved
    sizes = [(max(1, round(height / FACTOR**k)), max(1, round(width / FACTOR**k))) for k in levels]
    return [(*size, count) for size, count in zip(sizes, _shared(iterations, scales), strict=True)]


def _shared(steps, scales):
    """Each size's share of the steps; what finer sizes share depends on what is left to them alone.

    So a run that goes on, with the coarse sizes behind it, shares out the rest as it was.
    """
    shares = []
    for finer in range(scales - 1, -1, -1):
        left = max(finer, steps * (2**finer - 1) // (2 ** (finer + 1) - 1))
        shares.append(steps - left)
        steps = left
    return shares


def sizes_from(begun, height, width, iterations, scales=None):
    """The sizes of a run that has begun some: those with their steps, the last and later anew.

    With the iterations it began with these are the sizes it had; more go to the sizes not finished.

    Args:
        begun: list of (height, width, steps) so far, coarse to fine; [] for a new run.
        height, width, iterations, scales: as in `pyramid`.
    """
    if not begun:
        return pyramid(height, width, iterations, scales)
    finished = [tuple(size) for size in begun[:-1]]
    left = iterations - sum(steps for _, _, steps in finished)
    scales = len(pyramid(height, width, iterations, scales)) - len(finished)
    return finished + pyramid(height, width, left, scales)
