"""What pictures go through the network with: in one piece, or in tiles, here or on a cluster."""

from contextlib import contextmanager

from stylenet.engine.tile_work import in_turn
from stylenet.engine.tiled import Tiled
from stylenet.engine.whole import Whole
from stylenet.network.sessions import device_name


class Engines:
    """The engines of a graph, and which of them is in use.

    Args:
        graph: Graph.
        cluster: () -> `stylenet.cluster.cluster.Cluster` to work on tiles; None: this process does.

    Attributes:
        now: the one in use, Whole to begin with.
    """

    def __init__(self, graph, cluster):
        self._graph, self._cluster, self._watchers = graph, cluster, []
        self.begin_anew()

    def begin_anew(self):
        """Use the whole graph as it is now; what was made for tiles of another loss is dropped."""
        self.now = self._whole = Whole(self._graph)
        self._tiled = Tiled(self._graph, self._spread, self._on_tile)

    def use(self, tile=None):
        """Have `now` be Whole, or Tiled with tiles of a size."""
        self.now = self._tiled if tile else self._whole
        self._tiled.tile = tile

    @contextmanager
    def watched_by(self, callbacks):
        """Tell these of each tile while inside, where they have an `on_tile(done, total)`."""
        self._watchers = [c.on_tile for c in callbacks if hasattr(c, "on_tile")]
        try:
            yield
        finally:
            self._watchers = []

    def device(self):
        """Where the work is done: the workers, the first GPU or the processor."""
        cluster = self._cluster()
        return str(cluster.workers) if cluster else device_name(self._graph.session)

    def _spread(self, work, units, *shared):
        cluster = self._cluster()
        if cluster is None:
            return in_turn(work, units, *shared)
        return cluster.over_tiles_of(self._graph, work, units, *shared)

    def _on_tile(self, done, total):
        for watcher in self._watchers:
            watcher(done, total)
