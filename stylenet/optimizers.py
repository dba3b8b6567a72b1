"""Optimisers by name, behind one interface: begin at a picture, run some steps, report each state.

Both work on the pixels of one variable in the graph, whose size may change from one `begin` to the
next.
"""

from contextlib import suppress

import numpy as np
import tensorflow as tf
from scipy.optimize import minimize

from stylenet.resampling import SMOOTH, resample
from stylenet.schedules import cosine_rate

v1 = tf.compat.v1


class Problem:
    """What is to be minimised, as a session sees it.

    Args:
        session: tf.compat.v1.Session; the graph holds everything below.
        pixels: FedVariables that hold the image variable.
        image_var: (1, H, W, 3), any size.
        loss_op: scalar.
        state_ops: what is fetched to know the state, any structure.
        to_state: fetched values -> whatever `report` takes.

    Attributes:
        gradient_op: of the loss, (1, H, W, 3).
        tiles: what computes the sums of the losses and the gradient tile by tile, with `sums()` and
            `gradient(sums)` as in `stylenet.tiled`; None: the session does so in one run.
    """

    def __init__(self, session, pixels, image_var, loss_op, state_ops, to_state):
        self.session, self.image_var, self.loss_op = session, image_var, loss_op
        self._pixels, self._state_ops, self._to_state = pixels, state_ops, to_state
        with session.graph.as_default(), tf.name_scope("gradient"):
            (self.gradient_op,) = tf.gradients(loss_op, [image_var])
        self.tiles = None

    def set_image(self, batch):
        """Put a picture (1, H, W, 3) into the variable."""
        self._pixels.load(self.session, [(self.image_var, batch)])

    def state(self, *ops, feed=None):
        """The state, and the values of further ops, which belong to the same picture."""
        if self.tiles:
            return self._state_of_tiles(ops, feed or {})
        values, *others = self.session.run([self._state_ops, *ops], feed)
        return (self._to_state(values), *others)

    def _state_of_tiles(self, ops, feed):
        """The same with the sums and the gradient fed; the graph does the rest as ever."""
        sums = self.tiles.sums()
        state = self._to_state(self.session.run(self._state_ops, sums))
        if not ops:
            return (state,)
        feed = {**feed, **sums, self.gradient_op: self.tiles.gradient(sums)}
        return (state, *self.session.run(ops, feed))


class Adam:
    """Adam (Kingma & Ba 2014) in the graph; its moments grow with the picture.

    Args:
        problem: Problem.
        options: Options.
    """

    def __init__(self, problem, options):
        self._problem, self._options = problem, options
        with problem.session.graph.as_default(), tf.name_scope("adam"):
            self._rate_holder = v1.placeholder(tf.float32, (), "learning_rate_holder")
            self.optimizer = v1.train.AdamOptimizer(
                self._rate_holder, options.beta1, options.beta2, options.eps
            )
            pair = problem.gradient_op, problem.image_var
            self.train_step = self.optimizer.apply_gradients([pair])
            names = self.optimizer.get_slot_names()
            slots = [self.optimizer.get_slot(problem.image_var, name) for name in names]
            self._slots = dict(zip(names, slots, strict=True))
            self._holders = {
                name: v1.placeholder(tf.float32, (1, None, None, 3), f"{name}_holder")
                for name in names
            }
            self._load_ops = [
                slot.assign(self._holders[name]) for name, slot in self._slots.items()
            ]
            powers = [var for var in self.optimizer.variables() if not var.shape.rank]
            self._reset_op = v1.variables_initializer(powers)

    def begin(self, batch, first=True):
        """Start at a picture (1, H, W, 3); later sizes take the moments along."""
        session = self._problem.session
        if first:
            session.run(self._reset_op)
            moments = {name: np.zeros_like(batch) for name in self._slots}
        else:
            moments = _resized_moments(session.run(self._slots), batch.shape[1:3])
        self._problem.set_image(batch)
        session.run(self._load_ops, {self._holders[name]: moments[name] for name in moments})

    def run(self, steps, report):
        """Take steps; `report` gets the state before each."""
        first, last = self._options.rates
        for step in range(steps):
            feed = {self._rate_holder: cosine_rate(step, steps, first, last)}
            state, _ = self._problem.state(self.train_step, feed=feed)
            report(*state)


class Lbfgs:
    """L-BFGS (Liu & Nocedal 1989) of SciPy; a step here is one evaluation of loss and gradient.

    Pixels count in units of PIXEL_UNIT and the loss in units of its first value: raw, the first
    step moves every pixel by a hair, and the tolerances end the run there.
    """

    PIXEL_UNIT = 50.0

    def __init__(self, problem, options):
        self._problem, self._gradient_op = problem, problem.gradient_op
        self.optimizer, self.train_step = "SciPy's L-BFGS-B", self._gradient_op

    def begin(self, batch, first=True):
        """Start at a picture (1, H, W, 3)."""
        self._batch = batch
        self._problem.set_image(batch)

    def run(self, steps, report):
        """Evaluate `steps` times; `report` gets every state, and the best one stays."""
        search = _Search(self._problem, self._gradient_op, self._batch.shape, steps, report)
        start = self._batch.ravel().astype(np.float64) / self.PIXEL_UNIT
        # The search counts its own evaluations; SciPy's limits and tolerances never end it first.
        endless = {"maxiter": steps + 1, "maxfun": 2 * steps + 100, "ftol": 0.0, "gtol": 0.0}
        with suppress(_AllStepsDone):
            minimize(search, start, jac=True, method="L-BFGS-B", options=endless)
        self._problem.set_image(search.best)


class _AllStepsDone(Exception):
    """Ends a search from inside."""


class _Search:
    """The function SciPy minimises: scaled pixels -> scaled loss and gradient.

    Attributes:
        best: the picture (1, H, W, 3) of the lowest loss so far.
    """

    def __init__(self, problem, gradient_op, shape, steps, report):
        self._problem, self._gradient_op, self._shape = problem, gradient_op, shape
        self._steps_left, self._report = steps, report
        self._unit_loss, self._lowest = None, np.inf
        self.best = None

    def __call__(self, scaled):
        if not self._steps_left:
            raise _AllStepsDone
        self._steps_left -= 1
        batch = (scaled * Lbfgs.PIXEL_UNIT).reshape(self._shape).astype(np.float32)
        self._problem.set_image(batch)
        ops = self._problem.loss_op, self._gradient_op
        state, loss, gradient = self._problem.state(*ops)
        self._report(*state)
        loss = float(loss)
        self._unit_loss = self._unit_loss or loss or 1.0
        if loss < self._lowest:
            self.best, self._lowest = batch, loss
        scale = Lbfgs.PIXEL_UNIT / self._unit_loss
        return loss / self._unit_loss, gradient.ravel().astype(np.float64) * scale


def _resized_moments(moments, size):
    """Adam's moments for a picture of another size.

    The losses are means, so a pixel's gradient shrinks as the number of pixels grows; m goes with
    the gradient and v with its square.
    """
    height, width = size
    resized = {}
    for name, moment in moments.items():
        growth = height * width / (moment.shape[1] * moment.shape[2])
        power = 1 if name == "m" else 2
        resized[name] = resample(moment[0], height, width, SMOOTH)[np.newaxis] / growth**power
    return resized


OPTIMIZERS = {"adam": Adam, "lbfgs": Lbfgs}
