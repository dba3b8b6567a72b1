"""What a run will take: memory from the network's table of layers, time from steps of it."""

import math
import statistics
import sys
from contextlib import suppress
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from stylenet.engine.tile_grid import largest_crop, reaches, tiles_of
from stylenet.network.layers import LAYERS, Convolution, Pooling

PROCESS_BYTES = 0.9e9  # Python, TensorFlow and all libraries, without a picture
COPIES = 1.5  # of every layer's answers that a step with Adam holds at its peak, measured
STYLE_SHARE = 0.67  # of the memory per pixel: a style is only looked at, nothing is kept of it
PICTURE_BYTES = 3 * 4  # of one array (H, W, 3)
ARRAYS = 4  # of the picture's size: content, pixels, gradient, the last good result
ADAM_ARRAYS = ARRAYS + 2  # its moments
LBFGS_ARRAYS = 5  # point, trial, direction and two gradients; two more for each step remembered
FEWEST_REMEMBERED = 3  # steps of L-BFGS, below which it is little better than gradient descent
AVERAGES = 2  # arrays that --average adds: of what is shown, and of the pixels
PLOT_BYTES = 2.6e6  # of the two figures and the run file, with one style; measured
SENT_BYTES = 2 * (PICTURE_BYTES + 32)  # of a pixel to a worker: the crop, and once more packed
TILE_SIZES = (1024, 512, 256, 128)  # what auto chooses from: the larger, the less is done twice


@dataclass(frozen=True)
class Workers:
    """Who shares the work of a run.

    Attributes:
        count: of processes.
        memory: bytes that each can have; None where nobody knows.
        here: whether they are on this machine.
    """

    count: int
    memory: float | None
    here: bool

    def __str__(self):
        return f"{self.count} worker{'s' * (self.count > 1)}{' here' if self.here else ''}"


def expected_memory(pixels, biases):
    """Bytes the network needs for so many pixels, in one piece.

    Args:
        pixels: height x width.
        biases: convolution name -> anything with a shape (C,); the widths of the layers.
    """
    return PROCESS_BYTES + COPIES * 4 * _channels(biases) * pixels


def arrays_of(options, remembered=None):
    """How many arrays of the picture's size a step holds.

    Args:
        options: Options.
        remembered: steps of L-BFGS; as the options have it when None.
    """
    averages = AVERAGES if options.average else 0
    if options.optimizer == "adam":
        return ADAM_ARRAYS + averages
    remembered = options.lbfgs_memory if remembered is None else remembered
    return ARRAYS + LBFGS_ARRAYS + 2 * remembered + averages


def expected_tiled_memory(shape, style_shapes, size, halo, biases, arrays=ADAM_ARRAYS):
    """Bytes a run needs in tiles.

    Args:
        shape: (height, width) of the result.
        style_shapes: list of (height, width).
        size: of a tile.
        halo: of the gradient, pixels.
        biases: as of `expected_memory`.
        arrays: as `arrays_of` gives it.
    """
    crop = largest_crop(*shape, size, halo)
    pixels = arrays * shape[0] * shape[1] + sum(h * w for h, w in style_shapes)
    return expected_memory(crop, biases) + PICTURE_BYTES * pixels


def choose_tile(tile, shape, style_shapes, halo, biases, free, arrays=ADAM_ARRAYS):
    """How a picture goes through the network.

    Args:
        tile: "auto", "off" or a size, as the option.
        shape, style_shapes, halo, biases: as of `expected_tiled_memory`.
        free: bytes that can be had, or None where nobody knows.
        arrays: as `arrays_of` gives it.

    Returns:
        (size of the tiles, or None: in one piece; bytes that takes).
    """
    pixels = [STYLE_SHARE * height * width for height, width in style_shapes]
    needed = expected_memory(max(shape[0] * shape[1], *pixels), biases)
    needed += (arrays - ADAM_ARRAYS) * PICTURE_BYTES * shape[0] * shape[1]
    if tile == "off" or (tile == "auto" and (free is None or needed <= free)):
        return None, needed
    for size in TILE_SIZES if tile == "auto" else [tile]:
        needed = expected_tiled_memory(shape, style_shapes, size, halo, biases, arrays)
        if free and needed <= free:
            break
    return size, needed


def choose_shared_tile(tile, shape, style_shapes, halo, biases, workers, arrays=ADAM_ARRAYS):
    """The tiles of a picture that several workers share.

    Args:
        tile: "auto" or a size, as the option.
        shape, style_shapes, halo, biases, arrays: as of `expected_tiled_memory`.
        workers: Workers.

    Returns:
        (size of the tiles, with which the workers look at the fewest pixels one after the other;
        bytes that takes on this machine).
    """

    def pixels_in_turn(size):
        turns = -(-len(tiles_of(*shape, size, halo)) // workers.count)
        return turns * largest_crop(*shape, size, halo)

    def needed_there(size):
        return expected_memory(largest_crop(*shape, size, halo), biases)

    sizes = TILE_SIZES if tile == "auto" else [tile]
    memory = workers.memory or math.inf
    fitting = [size for size in sizes if needed_there(size) <= memory] or sizes[-1:]
    size = min(fitting, key=pixels_in_turn)
    needed = expected_tiled_memory(shape, style_shapes, size, halo, biases, arrays)
    needed += 2 * workers.count * SENT_BYTES * largest_crop(*shape, size, halo)
    return size, needed + (workers.count * needed_there(size) if workers.here else 0)


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


def _channels(biases):
    """Numbers that all layers up to relu5_1 have for a pixel of the picture."""
    floats, share = 0.0, 1.0
    for layer in LAYERS:
        if layer.name == "relu5_1":
            break
        if isinstance(layer, Convolution):
            floats += share * int(biases[layer.name].shape[0])
        elif isinstance(layer, Pooling):
            share /= 4
    return floats


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


def free_memory():
    """Bytes that can still be had on this machine; None where it does not say."""
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:  # only Linux has it
        return None
    values = dict(line.split(":") for line in lines)
    return int(values["MemAvailable"].split()[0]) * 1024


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


def peak_memory():
    """The most memory this process has held so far, in bytes; None where nobody can say."""
    with suppress(OSError, IndexError):  # only Linux has it; its ru_maxrss knows the parent's, too
        status = Path("/proc/self/status").read_text()
        return 1024 * int(status.split("VmHWM:")[1].split()[0])
    try:
        import resource
    except ImportError:  # Windows has none
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def in_words(seconds):
    """Seconds as a person says it: 40 s, 12 min, 3.5 h."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
