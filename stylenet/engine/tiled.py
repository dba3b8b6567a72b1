"""The sums of the losses and the gradient of a picture tile by tile.

Memory does not grow with the picture, but for arrays of its own size. A step takes two passes: the
first adds up the sums that the losses are functions of; the derivatives of the loss by these sums
are then constants, and with them the second gets the gradient of the pixels of each tile.
"""

import time

import numpy as np
import tensorflow as tf

from stylenet.engine.tile_grid import halos, reaches, tiles_of
from stylenet.losses.gradient import gradient_by_layers
from stylenet.losses.losses import inside
from stylenet.losses.sums import flat

v1 = tf.compat.v1


class TileSums:
    """The sums over the inner part of one tile: a unit of work that needs nothing but its arrays.

    Args:
        session: tf.compat.v1.Session.
        inputs: name -> (layer, tensor); the tensors are fed with the arrays.
        sums: list of Sums.
        name: that a worker of a cluster knows it by.
    """

    def __init__(self, session, inputs, sums, name):
        self._session, self._inputs, self.name = session, inputs, name
        known = reaches()
        strides = {known[item.layer].stride for item in sums}
        with session.graph.as_default(), tf.name_scope("tile_sums"):
            self._windows = {
                stride: v1.placeholder(tf.int32, (4,), f"window_{stride}_holder")
                for stride in sorted(strides)
            }
            self._sums = [item.inside(self._windows[known[item.layer].stride]) for item in sums]

    def __call__(self, tile, arrays):
        """The sums, a list of arrays.

        Args:
            tile: Tile.
            arrays: name -> what lies in the tile's crop, (1, H_l, W_l, C_l).
        """
        feed = {self._inputs[name][1]: array for name, array in arrays.items()}
        for stride, holder in self._windows.items():
            feed[holder] = tile.inner_at(stride).as_tuple()
        return [value for values in self._session.run(self._sums, feed) for value in values]


class TileGradient:
    """The gradient of the pixels of one tile: a unit of work, as TileSums is.

    Args:
        session, inputs, sums, name: as of TileSums; the input "pixels" is what the gradient is of.
    """

    def __init__(self, session, inputs, sums, name):
        self._session, self._inputs, self.name = session, inputs, name
        tensors = flat(sums)
        with session.graph.as_default(), tf.name_scope("tile_gradient"):
            self._holders = [v1.placeholder(t.dtype, t.shape, "derivative_holder") for t in tensors]
            pixels_t = inputs["pixels"][1]
            self._gradient_op = gradient_by_layers(sums, self._holders, pixels_t)

    def __call__(self, tile, arrays, derivatives):
        """The gradient (1, h, w, 3) of the inner part.

        Args:
            tile, arrays: as of TileSums.
            derivatives: of the loss by each of the sums of the whole picture.
        """
        feed = {self._inputs[name][1]: array for name, array in arrays.items()}
        feed |= dict(zip(self._holders, derivatives, strict=True))
        return tile.inner_at(1).of(self._session.run(self._gradient_op, feed))


class TiledPicture:
    """What `stylenet.descent.optimizers.Problem` asks for: the sums and the gradient of its picture.

    Args:
        session: tf.compat.v1.Session.
        pixels_t: (1, H, W, 3), the picture as it is read from its variable.
        held: name -> tensor (1, H, W, C) of further variables the picture depends on.
        objective: Objective.
        spread: where the tiles are worked on: `in_turn`, or another of its kind.

    Attributes:
        works: the units of work, of the sums and of the gradient.
    """

    def __init__(self, session, pixels_t, held, objective, spread):
        self._session, self._pixels_t, self._spread = session, pixels_t, spread
        held = {"pixels": pixels_t, **held}
        self._inputs = {name: (None, tensor) for name, tensor in held.items()} | objective.inputs
        self._flat = flat(objective.sums)
        self._halos = halos([item.layer for item in objective.sums if item.layer])
        self.works = (
            TileSums(session, self._inputs, objective.sums, "sums"),
            TileGradient(session, self._inputs, objective.sums, "gradient"),
        )
        with session.graph.as_default(), tf.name_scope("tile"):
            self._crop_holder = v1.placeholder(tf.int32, (4,), "crop_holder")
            self._crop_ops = {name: inside(t, self._crop_holder) for name, t in held.items()}
            self._derivative_ops = tf.gradients(objective.total_op, self._flat)
        self.on_tile = _nothing

    def load(self, height, width, size, sources):
        """Begin at a size.

        Args:
            height, width: of the picture.
            size: largest height and width of a tile.
            sources: name -> Source, for every input of the objective.
        """
        self._sources = sources
        self._tiles = [tiles_of(height, width, size, halo) for halo in self._halos]
        self._shape = 1, height, width, 3

    def sums(self):
        """Tensor -> value of every sum over the picture, to be fed."""
        totals = add_up(self._results(0))
        return dict(zip(self._flat, totals, strict=True))

    def gradient(self, sums):
        """The gradient of the loss (1, H, W, 3), where the sums are those given.

        A new array each time: between two steps, when states and pictures are written, there is
        none to hold.
        """
        whole = _aligned(self._shape)
        derivatives = self._session.run(self._derivative_ops, sums)
        for tile, values in self._results(1, derivatives):
            tile.inner.of(whole)[:] = values
        return whole

    def trial(self, height, width, size, workers=1):
        """Seconds a pixel of a crop takes: for its sums, and for its gradient.

        From the largest tile of each pass, at its second run, with zeros for a picture: a network
        takes as long for these as for any other.

        Args:
            height, width, size: as of `load`.
            workers: that take tiles at one time; each gets one.
        """
        rates = []
        derivatives = [np.zeros(tensor.shape, np.float32) for tensor in self._flat]
        further = (), (derivatives,)
        for work, halo, rest in zip(self.works, self._halos, further, strict=True):
            tile = max(tiles_of(height, width, size, halo), key=lambda tile: tile.crop.pixels)
            units = [(tile, _zeros(tile, self._inputs))] * workers
            list(self._spread(work, units, *rest))
            begin = time.perf_counter()
            list(self._spread(work, units, *rest))
            rates.append((time.perf_counter() - begin) / (workers * tile.crop.pixels))
        return rates

    def _results(self, number, *shared):
        """(Tile, result) of a pass, the sums or the gradient; tells `on_tile` of each.

        Args:
            number: 0 or 1.
            shared: what every tile needs besides its arrays.
        """
        before, total = number * len(self._tiles[0]), sum(map(len, self._tiles))
        units = self._units(self._tiles[number])
        results = self._spread(self.works[number], units, *shared)
        for done, result in enumerate(results, start=before + 1):
            yield result
            self.on_tile(done, total)

    def _units(self, tiles):
        """(Tile, what lies in its crop), one by one."""
        for tile in tiles:
            feed = {self._crop_holder: tile.crop.as_tuple()}
            arrays = self._session.run(self._crop_ops, feed)
            yield tile, arrays | crops(tile, self._inputs, self._sources)


class Source:
    """An array (1, H_l, W_l, C) of a layer's size, of which crops are taken.

    Args:
        array: the array, or a function that opens it for the time of one crop.
        change: what is done to each crop; nothing by default.
    """

    def __init__(self, array, change=None):
        self._open = array if callable(array) else lambda: array
        self._change = change or np.array

    def crop(self, window):
        """A copy of what lies in a window."""
        return self._change(window.of(self._open()))


def crops(tile, inputs, sources):
    """Name -> what lies in a tile's crop, of every source."""
    known = reaches()
    return {
        name: source.crop(tile.crop.at(known[inputs[name][0]].stride))
        for name, source in sources.items()
    }


def in_turn(work, units, *shared):
    """Work on one tile after the other, in this process.

    Args:
        work: a unit of work such as TileSums.
        units: pairs of (Tile, arrays).
        shared: what `work` takes for every tile besides.

    Yields:
        (Tile, result), in the order of the units.
    """
    for tile, arrays in units:
        yield tile, work(tile, arrays, *shared)


def add_up(results):
    """The sums of a whole picture, from (Tile, list of arrays), in their order."""
    totals = None
    for _, result in results:
        values = [value.astype(np.float64) for value in result]
        totals = values if totals is None else [a + b for a, b in zip(totals, values, strict=True)]
    return [total.astype(np.float32) for total in totals]


def _zeros(tile, inputs):
    """Name -> zeros of the shape of what lies in a tile's crop."""
    known, arrays = reaches(), {}
    for name, (layer, tensor) in inputs.items():
        crop = tile.crop.at(known[layer].stride)
        shape = 1, crop.bottom - crop.top, crop.right - crop.left, tensor.shape[-1]
        arrays[name] = np.zeros(shape, np.float32)
    return arrays


def _aligned(shape):
    """Zeros where TensorFlow takes them as they are; of an array elsewhere it makes a copy."""
    boundary, count = 64, int(np.prod(shape))
    room = np.zeros(4 * count + boundary, np.uint8)
    first = -room.ctypes.data % boundary
    return room[first : first + 4 * count].view(np.float32).reshape(shape)


def _nothing(done, total):
    """Whom nobody watches."""
