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

    def begin(self, engine, batch, steps, first=True, remembered=None):
        """Start at a picture (1, H, W, 3), nothing known of it, and remember so many steps."""
        self.done = None
        self._engine = engine
        self._search = Lbfgs(batch, remembered or self._memory, by_pyramid)
        self._graph.set_image(batch)
        self.done = 0

    def restore(self, engine, arrays, done, steps):
        """Go back to what `arrays` gave, after `done` steps."""
        self.done = None
        own = {name: np.array(arrays[name]) for name in arrays}
        self._engine = engine
        self._search = Lbfgs.restored(own, by_pyramid)
        self._graph.set_image(self._search.best)
        self.done = done

    def arrays(self):
        """All that L-BFGS knows, by name, good until the next step."""
        return self._search.arrays()

    def step(self, report):
        """Evaluate once; `report` gets losses and picture there."""
        self._graph.set_image(self._search.point)
        found, gradient = self._engine.evaluate(self._graph.gradient_op)
        if gradient is not None:  # else the loss is none either, which `report` will tell
            done, self.done = self.done, None
            self._search.tell(found[0].total, np.array(gradient))
            self.done = done + 1
        report(*found)

    def finish(self):
        """Leave the pixels at the best of all pictures."""
        self._graph.set_image(self._search.best)
