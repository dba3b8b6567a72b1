"""What is done to one tile: units of work that need its arrays alone, wherever they are done."""

import numpy as np
import tensorflow as tf

from stylenet.engine.tile_grid import reaches
from stylenet.losses.gradient import gradient_by_layers
from stylenet.losses.sums import flat
from stylenet.pictures.levels import preprocess

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


class TileLayers:
    """What layers say of the inner part of one tile: a unit of work, as TileSums is.

    Args:
        session: tf.compat.v1.Session.
        holder: placeholder (1, H, W, 3) of the picture.
        layers: layer name -> tensor of that placeholder.
    """

    name = "content"

    def __init__(self, session, holder, layers):
        self._session, self._holder, self._layers = session, holder, layers

    def __call__(self, tile, arrays):
        """Layer name -> (1, h_l, w_l, C_l), from the array "pixels" in the tile's crop."""
        known = reaches()
        values = self._session.run(self._layers, {self._holder: arrays["pixels"]})
        return {layer: tile.inner_at(known[layer].stride).of(values[layer]) for layer in values}


class Croppable:
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


def picture_source(image, mean_pixel):
    """A picture (H, W, 3), 0-255, whose crops are in the network's space."""
    return Croppable(image[None], lambda crop: preprocess(crop[0], mean_pixel))
