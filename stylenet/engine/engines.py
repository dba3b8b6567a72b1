"""What pictures go through the network with: in one piece, or in tiles, here or on a cluster."""

from stylenet.engine.tile_work import in_turn
from stylenet.engine.tiled import Tiled
from stylenet.engine.whole import Whole
from stylenet.network.sessions import device_name


class Engines:
    """The engines of a graph, each made once, as it is needed.

    Args:
        graph: Graph.
        spread: () -> where the tiles are worked on, None: here, see `tile_work.in_turn`.
    """

    def __init__(self, graph, spread):
        self._graph, self._spread = graph, spread
        self._whole, self._tiled, self._watchers = Whole(graph), None, []

    def of(self, tile=None):
        """Whole, or Tiled with tiles of a size."""
        if tile is None:
            return self._whole
        if self._tiled is None:
            self._tiled = Tiled(self._graph, self._spread() or in_turn, on_tile=self._on_tile)
        self._tiled.tile = tile
        return self._tiled

    def device(self):
        """Where the work is done in this process: the first GPU, or the processor."""
        return device_name(self._graph.session)

    def forget_tiles(self):
        """Have tiles made anew, for another loss or another place."""
        self._tiled = None

    def watched_by(self, callbacks):
        """Tell these of each tile, where they have an `on_tile(done, total)`, and nobody else."""
        self._watchers = [c.on_tile for c in callbacks if hasattr(c, "on_tile")]

    def _on_tile(self, done, total):
        for watcher in self._watchers:
            watcher(done, total)
