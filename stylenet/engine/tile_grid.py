"""Where the tiles of a picture lie, and how far around itself each must look: pure arithmetic.

A position of a layer sees the pixels of a window; how far that reaches follows from the table of
layers. Tiles begin at multiples of GRID, the stride of the deepest layer, and are cut off at the
picture's border: so every window, and all padding, lies where it does in the whole picture.
"""

from dataclasses import dataclass

from stylenet.network.layers import LAYERS, Convolution, Pooling
from stylenet.options.tiles import GRID


@dataclass(frozen=True)
class Window:
    """Rows top to bottom - 1 and columns left to right - 1."""

    top: int
    bottom: int
    left: int
    right: int

    def at(self, stride):
        """The same part of a layer whose positions lie `stride` pixels apart."""
        return Window(
            self.top // stride,
            -(-self.bottom // stride),
            self.left // stride,
            -(-self.right // stride),
        )

    def of(self, array):
        """That part of (1, H, W, C)."""
        return array[:, self.top : self.bottom, self.left : self.right]

    def seen_from(self, outer):
        """The same window counted from the corner of an outer one."""
        return Window(
            self.top - outer.top,
            self.bottom - outer.top,
            self.left - outer.left,
            self.right - outer.left,
        )

    def as_tuple(self):
        """(top, bottom, left, right)."""
        return self.top, self.bottom, self.left, self.right

    @property
    def pixels(self):
        """Height times width."""
        return (self.bottom - self.top) * (self.right - self.left)


@dataclass(frozen=True)
class Tile:
    """A part of a picture.

    Attributes:
        inner: the Window whose sums or gradient are wanted.
        crop: the Window that must be looked at for it.
    """

    inner: Window
    crop: Window

    def inner_at(self, stride):
        """The inner part at a layer, counted from the corner of the crop."""
        return self.inner.at(stride).seen_from(self.crop.at(stride))


@dataclass(frozen=True)
class Reach:
    """What a position of a layer sees: pixels `stride * position` - before to + after."""

    stride: int
    before: int
    after: int


def reaches():
    """Layer name -> Reach, and None -> that of a pixel, which the total variation looks at."""
    found = {None: Reach(1, 0, 1)}
    stride, before, after = 1, 0, 0
    for layer in LAYERS:
        if isinstance(layer, Convolution):
            before, after = before + stride, after + stride
        elif isinstance(layer, Pooling):
            after, stride = after + stride, 2 * stride
        found[layer.name] = Reach(stride, before, after)
    return found


def halos(layers):
    """(halo of the sums, halo of the gradient) in pixels, multiples of GRID, for layers in use.

    The sums need what the positions of a tile see; the gradient of a pixel needs every position
    that sees it, and what those see.
    """
    known = reaches()
    used = [known[layer] for layer in [None, *layers]]
    sums = max(max(reach.before, reach.after - reach.stride + 1) for reach in used)
    gradient = max(_gradient_halo(reach) for reach in used)
    return _on_grid(sums), _on_grid(gradient)


def _gradient_halo(reach):
    """For a tile from 0 to n x GRID: the first and last positions that see it, and their reach."""
    first = -(reach.after // reach.stride) * reach.stride
    last = (reach.before - 1) // reach.stride * reach.stride  # beyond the tile's end
    return max(reach.before - first, last + reach.after + 1)


def _on_grid(pixels):
    return -(-pixels // GRID) * GRID


def tiles_of(height, width, size, halo):
    """The tiles of a picture, row by row, nearly equal and none larger than `size`.

    Args:
        height, width: of the picture, any.
        size: largest height and width of a tile, a multiple of GRID.
        halo: pixels around a tile that must be looked at, a multiple of GRID.
    """
    return [
        Tile(
            Window(top, bottom, left, right),
            Window(
                max(0, top - halo),
                min(height, bottom + halo),
                max(0, left - halo),
                min(width, right + halo),
            ),
        )
        for top, bottom in _spans(height, size)
        for left, right in _spans(width, size)
    ]


def largest_crop(height, width, size, halo):
    """The most pixels that a tile of `tiles_of` looks at, of a picture however large."""
    return _largest_span(height, size, halo) * _largest_span(width, size, halo)


def _spans(length, size):
    step = _step(length, size)
    return [(start, min(length, start + step)) for start in range(0, length, step)]


def _step(length, size):
    count = -(-length // size)
    return _on_grid(-(-length // count))


def _largest_span(length, size, halo):
    """The span grows from the first tile on until its halo is whole, or meets the far border."""
    step = _step(length, size)
    last = -(-length // step) - 1
    turns = halo // step, (length - halo) // step - 1
    numbers = {max(0, min(last, turn + more)) for turn in turns for more in (0, 1)}
    return max(min(length, (n + 1) * step + halo) - max(0, n * step - halo) for n in numbers)
