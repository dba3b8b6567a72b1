"""What a run will take in time and on disk: arithmetic on a few steps of it, or on a tile."""

import statistics
from itertools import pairwise

from stylenet.engine.memory import AVERAGES, PICTURE_BYTES
from stylenet.engine.tile_grid import reaches, tiles_of

PLOT_BYTES = 2.6e6  # of the two figures and the run file, with one style; measured


def expected_seconds(seconds, sizes):
    """Seconds of a whole run from a few steps of it at full size.

    Args:
        seconds: times of the records of those steps. The first step is in the first of them, and
            what lies between the last two is an evaluation without a step: neither counts.
        sizes: list of (height, width, steps), as `stylenet.pictures.sizes` gives it.
    """
    steps = [after - before for before, after in pairwise(seconds)]
    height, width, _ = sizes[-1]
    full_steps = sum(h * w * count for h, w, count in sizes) / (height * width)
    return statistics.median(steps[:-1] or steps) * full_steps


def expected_tiled_seconds(rates, sizes, styles, tile_at, halos):
    """Seconds of a whole run in tiles, or in pieces at those sizes where it has none.

    Args:
        rates: seconds a pixel takes, for the sums and for the gradient.
        sizes: as of `expected_seconds`.
        styles: list of (height, width) of the styles at the last of the sizes.
        tile_at: (height, width) -> size of the tiles, or None.
        halos: of the sums and of the gradient.
    """
    total = 0.0
    for height, width, steps in sizes:
        size = tile_at((height, width))
        factor = width / sizes[-1][1]
        shapes = [(height, width), *((round(h * factor), round(w * factor)) for h, w in styles)]
        forward = [rates[0] * _crop_pixels(shape, size, halos[0]) for shape in shapes]
        step = rates[1] * _crop_pixels((height, width), size, halos[1])
        step += forward[0] if size else 0.0
        total += sum(forward) + steps * step
    return total + forward[0]


def _crop_pixels(shape, size, halo):
    """Pixels that go through the network."""
    if size is None:
        return shape[0] * shape[1]
    return sum(tile.crop.pixels for tile in tiles_of(*shape, size, halo))


def result_bytes(shape, suffix):
    """Bytes of the result's file, about; a painting leaves a packer little to find."""
    return shape[0] * shape[1] * (1.2 if suffix in (".jpg", ".jpeg", ".webp") else 2.6)


def unfilled_bytes(shape, options, evaluations):
    """Bytes that L-BFGS has still to remember after so many evaluations.

    Args:
        shape: (height, width) of the result.
        options: Options.
        evaluations: done; the first of them leaves nothing to remember.
    """
    if options.optimizer == "adam":
        return 0
    missing = min(options.lbfgs_memory, options.epochs - 1) - (evaluations - 1)
    return 2 * max(0, missing) * PICTURE_BYTES * shape[0] * shape[1]


def state_bytes(shape, options):
    """Bytes of the file a run can be gone on with from.

    Args:
        shape: (height, width) of the result.
        options: Options.
    """
    of_lbfgs = 3 + 2 * options.lbfgs_memory  # point, gradient, direction
    arrays = 3 if options.optimizer == "adam" else of_lbfgs
    arrays += AVERAGES if options.average else 0
    return arrays * PICTURE_BYTES * shape[0] * shape[1]


def expected_disk(shape, channels):
    """Bytes of files that last as long as a run in tiles: the content's features.

    Args:
        shape: (height, width) of the result.
        channels: layer name -> number of channels, of the content layers.
    """
    known = reaches()
    floats = 0
    for layer, count in channels.items():
        height, width = (-(-length // known[layer].stride) for length in shape)
        floats += count * height * width
    return 4 * floats


def fitting_width(width, needed_at, free):
    """The largest width, below one that does not fit, at which a run does; 0: none does.

    Args:
        width: that does not fit.
        needed_at: width -> bytes a run needs.
        free: bytes that can be had.
    """
    fits, too_large = 0, width
    while too_large - fits > 1:
        middle = (fits + too_large) // 2
        if needed_at(middle) <= free:
            fits = middle
        else:
            too_large = middle
    return fits


def in_words(seconds):
    """Seconds as a person says it: 40 s, 12 min, 3.5 h."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
