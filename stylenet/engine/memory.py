"""The memory a run takes, from the network's table of layers, and the tiles that make it fit."""

import math
from dataclasses import dataclass

from stylenet.engine.tile_grid import halos, largest_crop, tiles_of
from stylenet.network.layers import LAYERS, Convolution, Pooling
from stylenet.options.tiles import tiles_are_exact

PROCESS_BYTES = 0.9e9  # Python, TensorFlow and all libraries, without a picture
COPIES = 1.5  # of every layer's answers that a step with Adam holds at its peak, measured
STYLE_SHARE = 0.67  # of the memory per pixel: a style is only looked at, nothing is kept of it
PICTURE_BYTES = 3 * 4  # of one array (H, W, 3)
ARRAYS = 4  # of the picture's size: content, pixels, gradient, the last good result
ADAM_ARRAYS = ARRAYS + 2  # its moments
LBFGS_ARRAYS = 5  # point, trial, direction and two gradients; two more for each step remembered
FEWEST_REMEMBERED = 3  # steps of L-BFGS, below which it is little better than gradient descent
AVERAGES = 2  # arrays that --average adds: of what is shown, and of the pixels
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


@dataclass(frozen=True)
class Layout:
    """How a result of a size goes through the network.

    Attributes:
        tile: largest height and width of a tile; None: in one piece.
        needed: bytes of memory that takes on this machine.
        remembered: steps that L-BFGS remembers: as many as asked for, or as fit.
    """

    tile: int | None
    needed: float
    remembered: int


def layout_of(options, shares, shape, style_shapes, biases, free, workers=None):
    """The Layout of a result of a size.

    Args:
        options: Options.
        shares: Shares.
        shape: (height, width) of the result.
        style_shapes: list of (height, width).
        biases: as of `expected_memory`.
        free: bytes that can be had, or None where nobody knows.
        workers: Workers that share its tiles, or None.
    """
    most, (_, halo) = options.lbfgs_memory, halos([*shares.content, *shares.style])
    tile = options.tile if tiles_are_exact(options) else "off"
    for remembered in range(most, min(most, FEWEST_REMEMBERED) - 1, -1):
        arrays = arrays_of(options, remembered)
        common = tile, shape, style_shapes, halo, biases
        if workers:
            size, needed = choose_shared_tile(*common, workers, arrays)
        else:
            size, needed = choose_tile(*common, free, arrays)
        if options.optimizer == "adam" or needed <= (free or math.inf):
            break
    return Layout(size, needed, remembered)


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
