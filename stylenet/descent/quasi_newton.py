"""L-BFGS on the pixels."""

import numpy as np

from stylenet.descent.laplacian import by_pyramid
from stylenet.descent.lbfgs import Lbfgs


class QuasiNewton:
    """L-BFGS by the pyramid of the picture; a step here is one evaluation of loss and gradient.

    Args:
        graph: Graph, with the gradient of its loss.
        options: Options.

    Attributes:
        steps_are_trials, optimizer, train_step, done: as of Adam.
    """

    steps_are_trials = True

    def __init__(self, graph, options):
        self._graph, self._memory = graph, options.lbfgs_memory
        self.optimizer, self.train_step = "L-BFGS", graph.gradient_op
        self._engine, self._search, self.done = None, None, 0

    def begin(self, engine, batch, steps, first=True, memory=None):
        """Start at a picture (1, H, W, 3), nothing remembered, and remember `memory` steps."""
        self._engine, self.done = engine, 0
        self._search = Lbfgs(batch, memory or self._memory, by_pyramid)
        self._graph.set_image(batch)

    def restore(self, engine, arrays, done, steps):
        """Go back to what `state` gave, after `done` steps."""
        own = {name: np.array(arrays[name]) for name in arrays}
        self._engine, self.done = engine, done
        self._search = Lbfgs.restored(own, by_pyramid)
        self._graph.set_image(self._search.best)

    def state(self):
        """All that L-BFGS knows, as arrays by name, good until the next step."""
        return self._search.state()

    def step(self, report):
        """Evaluate once; `report` gets the state there."""
        graph = self._graph
        graph.set_image(self._search.point)
        state, loss, gradient = self._engine.state(graph.objective.ops["total"], graph.gradient_op)
        if gradient is not None:  # else the loss is none either, which `report` will tell
            done, self.done = self.done, None
            self._search.tell(float(loss), np.array(gradient))
            self.done = done + 1
        report(*state)

    def finish(self):
        """Leave the pixels at the best of all states."""
        self._graph.set_image(self._search.best)
