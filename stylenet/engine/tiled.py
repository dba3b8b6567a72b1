"""Pictures through the network tile by tile; memory does not grow with them."""

from functools import cached_property

import numpy as np

from stylenet.engine.graph import no_gradient
from stylenet.engine.tile_work import Croppable, in_turn
from stylenet.engine.tiled_picture import TiledPicture
from stylenet.engine.tiled_targets import LayerMasks, TiledContent, TiledStyle
from stylenet.losses.regions import mask_number
from stylenet.pictures.resampling import bands


class Tiled:
    """What `stylenet.engine.whole.Whole` does, tile by tile: the same results, to rounding.

    Args:
        graph: Graph; gets what is needed for tiles once, as it is used.
        spread: where the tiles are worked on: `in_turn`, or another of its kind.
        on_tile: told (tiles done, tiles in all) of a pass.

    Attributes:
        tile: largest height and width of a tile; to be set before `content`, `style` and `aim`.
    """

    def __init__(self, graph, spread=in_turn, on_tile=lambda done, total: None):
        self._graph, self._spread, self._on_tile = graph, spread, on_tile
        self.tile = None

    @cached_property
    def _content(self):
        graph = self._graph
        return TiledContent(
            graph.session,
            graph.content_holder,
            graph.content_features,
            graph.mean_pixel,
            self._spread,
        )

    @cached_property
    def _style(self):
        graph, statistics = self._graph, self._graph.style_statistics
        return TiledStyle(
            graph.session,
            graph.style_holder,
            statistics.masks,
            statistics.sums,
            graph.mean_pixel,
            self._spread,
        )

    @cached_property
    def _picture(self):
        graph = self._graph
        held = {"pixels": graph.pixels_t} | (graph.regions.held if graph.regions else {})
        return TiledPicture(graph.session, held, graph.objective, self._spread)

    @cached_property
    def _layer_masks(self):
        return LayerMasks(self._graph.session)

    @property
    def works(self):
        """Name -> every unit of work, see `stylenet.engine.tile_work`; after `build_loss`."""
        works = self._content.work, self._style.work, *self._picture.works
        return {work.name: work for work in works}

    def content(self, image):
        """As of Whole, but the features wait in files: layer name -> Croppable."""
        return self._content.features(image, self.tile, self._on_tile)

    def style(self, image, mask=None):
        """As of Whole."""
        sums = self._style.sums(image, mask, self.tile, self._on_tile)
        return self._graph.session.run(self._graph.style_statistics.tensors, sums)

    def aim(self, pictures, content, styles):
        """As of Whole."""
        graph = self._graph
        graph.set_regions(pictures)
        graph.objective.load_styles(graph.session, styles)
        sources = {f"target/{layer}": source for layer, source in content.items()}
        sources |= self._masks_at_layers("mask", pictures.content_masks)
        sources |= self._masks_at_layers("new", pictures.new_masks)
        if graph.temporal:
            reference = pictures.reference
            graph.objective.load_new(graph.session, reference.new_weight)
            sources["before"] = Croppable(reference.image[None])
            sources["reliability"] = Croppable(reference.reliability[None])
        self._picture.load(*pictures.content.shape[:2], self.tile, sources)

    def _masks_at_layers(self, name, masks):
        """Name of an input -> Croppable, of masks of the picture (H, W, 1)."""
        found, terms = {}, self._graph.shares.terms
        for number, mask in enumerate(masks):
            layers = [t.layer for t in terms if mask_number(t.style, len(masks)) == number]
            at_layers = self._layer_masks.at(mask, layers)
            found |= {f"{name}_{number + 1}/{layer}": at_layers[layer] for layer in layers}
        return found

    def evaluate(self, *ops, feed=None):
        """As of Whole: the sums and the gradient are fed, the graph does the rest as ever."""
        graph, sums = self._graph, self._picture.sums(self._on_tile)
        gradient = self._picture.gradient(sums, self._on_tile) if ops else None
        found = graph.evaluation_of(graph.session.run(graph.fetched_ops, sums))
        if not ops:
            return (found,)
        if not _is_finite(gradient):
            if np.isfinite(found[0].total):
                raise no_gradient("total")
            return (found, *[None] * len(ops))
        feed = {**sums, **(feed or {}), graph.gradient_op: gradient}
        return (found, *graph.session.run(ops, feed))

    def step(self, train_op, feed, changing, report):
        """As of Whole, but the report is made before the gradient is there.

        So the picture reported before is forgotten by then: of arrays as large as the picture,
        memory holds one less.
        """
        graph, sums = self._graph, self._picture.sums(self._on_tile)
        report(*graph.evaluation_of(graph.session.run(graph.fetched_ops, sums)))
        gradient = self._picture.gradient(sums, self._on_tile)
        if not _is_finite(gradient):
            raise no_gradient("total")
        with changing():
            graph.session.run(train_op, {**sums, **feed, graph.gradient_op: gradient})

    def trial(self, height, width, workers=1):
        """Seconds a pixel of a crop takes, see `TiledPicture.trial`; after `build_loss`."""
        return self._picture.trial(height, width, self.tile, workers)


def _is_finite(gradient):
    """Whether all of (1, H, W, 3) is; band by band, without an answer for each pixel."""
    return all(np.isfinite(gradient[:, rows]).all() for rows in bands(*gradient.shape[1:3]))
