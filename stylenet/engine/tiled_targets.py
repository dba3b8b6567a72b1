"""What the losses compare with, where content and styles go through the network tile by tile."""

import tensorflow as tf

from stylenet.disk.scratch import Scratch
from stylenet.engine.tile_grid import Window, halos, reaches, tiles_of
from stylenet.engine.tile_work import (
    Croppable,
    TileLayers,
    TileSums,
    add_up,
    crops,
    picture_source,
)
from stylenet.losses.regions import mask_of_size
from stylenet.losses.sums import flat

v1 = tf.compat.v1


class TiledContent:
    """The content's features, which wait in files.

    Args:
        session, holder, layers: as of TileLayers.
        mean_pixel: (3,).
        spread: where the tiles are worked on, see `stylenet.engine.tile_work.in_turn`.
    """

    def __init__(self, session, holder, layers, mean_pixel, spread):
        self._layers, self._mean_pixel, self._spread = layers, mean_pixel, spread
        self.work = TileLayers(session, holder, layers)

    def features(self, image, size, on_tile):
        """Layer name -> Croppable of its features (1, H_l, W_l, C_l).

        Args:
            image: float32 (H, W, 3), 0-255.
            size: largest height and width of a tile.
            on_tile: told (tiles done, tiles in all).
        """
        scratch, known = Scratch(), reaches()
        height, width = image.shape[:2]
        whole = Window(0, height, 0, width)
        for layer, tensor in self._layers.items():
            size_there = whole.at(known[layer].stride)
            scratch.create(layer, (1, size_there.bottom, size_there.right, tensor.shape[-1]))
        pixels = picture_source(image, self._mean_pixel)
        tiles = tiles_of(height, width, size, halos(self._layers)[0])
        units = ((tile, {"pixels": pixels.crop(tile.crop)}) for tile in tiles)
        for tile, values in _told(self._spread(self.work, units), on_tile, len(tiles)):
            for layer, inner in values.items():
                scratch.write(layer, tile.inner.at(known[layer].stride), inner)
        return {layer: Croppable(scratch.opener(layer)) for layer in self._layers}


class TiledStyle:
    """The sums a style's statistics are functions of.

    Args:
        session: tf.compat.v1.Session.
        holder: placeholder (1, H, W, 3) of the style.
        masks: layer name -> tensor of the style's mask at that layer; {} without masks.
        sums: layer name -> Sums.
        mean_pixel: (3,).
        spread: where the tiles are worked on, see `stylenet.engine.tile_work.in_turn`.
    """

    def __init__(self, session, holder, masks, sums, mean_pixel, spread):
        self._sums, self._mean_pixel = list(sums.values()), mean_pixel
        self._spread = spread
        self._inputs = {"pixels": (None, holder)}
        self._inputs |= {f"mask/{layer}": (layer, mask_t) for layer, mask_t in masks.items()}
        self._layers = list(masks)
        self.work = TileSums(session, self._inputs, self._sums, "style")
        self._masks = LayerMasks(session)

    def sums(self, image, mask, size, on_tile):
        """Tensor -> value of every sum, to be fed.

        Args:
            image: float32 (H, W, 3), 0-255.
            mask: float32 (H, W, 1), or None.
            size: largest height and width of a tile.
            on_tile: told (tiles done, tiles in all).
        """
        sources = {"pixels": picture_source(image, self._mean_pixel)}
        if mask is not None:
            at_layers = self._masks.at(mask, self._layers)
            sources |= {f"mask/{layer}": source for layer, source in at_layers.items()}
        halo, _ = halos([item.layer for item in self._sums])
        tiles = tiles_of(*image.shape[:2], size, halo)
        units = ((tile, crops(tile, self._inputs, sources)) for tile in tiles)
        totals = add_up(_told(self._spread(self.work, units), on_tile, len(tiles)))
        return dict(zip(flat(self._sums), totals, strict=True))


class LayerMasks:
    """Masks at the sizes of layers, where no layer is there in one piece to ask for its size.

    Args:
        session: tf.compat.v1.Session.
    """

    def __init__(self, session):
        self._session = session
        with session.graph.as_default(), tf.name_scope("layer_masks"):
            self._mask_holder = v1.placeholder(tf.float32, (1, None, None, 1), "mask_holder")
            self._size_holder = v1.placeholder(tf.int32, (2,), "size_holder")
            self._mask_op = mask_of_size(self._mask_holder, self._size_holder)

    def at(self, mask, layers):
        """Layer name -> Croppable of the mask (H, W, 1) at that layer."""
        known, found = reaches(), {}
        for stride in {known[layer].stride for layer in layers}:
            size = [-(-length // stride) for length in mask.shape[:2]]
            feed = {self._mask_holder: mask[None], self._size_holder: size}
            found[stride] = Croppable(self._session.run(self._mask_op, feed))
        return {layer: found[known[layer].stride] for layer in layers}


def _told(results, on_tile, total):
    """The same results; `on_tile` is told of each."""
    for done, result in enumerate(results, start=1):
        yield result
        on_tile(done, total)
