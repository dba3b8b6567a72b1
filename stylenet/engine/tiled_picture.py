"""The sums of the losses and the gradient of a picture tile by tile.

Memory does not grow with the picture, but for arrays of its own size. A step takes two passes: the
first adds up the sums that the losses are functions of; the derivatives of the loss by these sums
are then constants, and with them the second gets the gradient of the pixels of each tile.
"""

import time

import numpy as np
import tensorflow as tf

from stylenet.engine.tile_grid import halos, reaches, tiles_of
from stylenet.engine.tile_work import TileGradient, TileSums, add_up, crops
from stylenet.losses.sums import flat, inside

v1 = tf.compat.v1


class TiledPicture:
    """The sums and the gradient of the picture that is optimised.

    Args:
        session: tf.compat.v1.Session.
        held: name -> tensor (1, H, W, C), as they are read from their variables: "pixels", what is
            optimised, and what else the picture is made of.
        objective: Objective.
        spread: where the tiles are worked on: `in_turn`, or another of its kind.

    Attributes:
        works: the units of work, of the sums and of the gradient.
    """

    def __init__(self, session, held, objective, spread):
        self._session, self._spread = session, spread
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
            self._derivative_ops = tf.gradients(objective.ops["total"], self._flat)

    def load(self, height, width, size, sources):
        """Begin at a size.

        Args:
            height, width: of the picture.
            size: largest height and width of a tile.
            sources: name -> Croppable, for every input of the objective.
        """
        self._sources = sources
        self._tiles = [tiles_of(height, width, size, halo) for halo in self._halos]
        self._shape = 1, height, width, 3

    def sums(self, on_tile):
        """Tensor -> value of every sum over the picture, to be fed.

        Args:
            on_tile: told (tiles done, tiles of both passes) after each.
        """
        totals = add_up(self._results(0, on_tile))
        return dict(zip(self._flat, totals, strict=True))

    def gradient(self, sums, on_tile):
        """The gradient of the loss (1, H, W, 3), where the sums are those given.

        A new array each time: between two steps, when states and pictures are written, there is
        none to hold.
        """
        whole = _aligned(self._shape)
        derivatives = self._session.run(self._derivative_ops, sums)
        for tile, values in self._results(1, on_tile, derivatives):
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

    def _results(self, number, on_tile, *shared):
        """(Tile, result) of a pass, the sums or the gradient; tells `on_tile` of each.

        Args:
            number: 0 or 1.
            on_tile: as of `sums`.
            shared: what every tile needs besides its arrays.
        """
        before, total = number * len(self._tiles[0]), sum(map(len, self._tiles))
        units = self._units(self._tiles[number])
        results = self._spread(self.works[number], units, *shared)
        for done, result in enumerate(results, start=before + 1):
            yield result
            on_tile(done, total)

    def _units(self, tiles):
        """(Tile, what lies in its crop), one by one."""
        for tile in tiles:
            feed = {self._crop_holder: tile.crop.as_tuple()}
            arrays = self._session.run(self._crop_ops, feed)
            yield tile, arrays | crops(tile, self._inputs, self._sources)


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
