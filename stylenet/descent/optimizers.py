"""Optimisers by name, behind one interface: begin at a picture, run some steps, report each state.

Both work on the pixels of one variable in the graph, whose size may change from one `begin` to the
next.
"""

import numpy as np
import tensorflow as tf

from stylenet.descent.laplacian import by_pyramid
from stylenet.descent.lazy_arrays import LazyArrays
from stylenet.descent.lbfgs import Lbfgs
from stylenet.descent.schedules import cosine_rate
from stylenet.errors import NotFiniteError
from stylenet.pictures.resampling import SMOOTH, bands, resample

v1 = tf.compat.v1


class Problem:
    """What is to be minimised, as a session sees it.

    Args:
        session: tf.compat.v1.Session; the graph holds everything below.
        pixels: FedVariables that hold the image variable.
        image_var: (1, H, W, 3), any size.
        loss_op: scalar.
        gradient_t: of the loss, (1, H, W, 3).
        state_ops: what is fetched to know the state, any structure.
        to_state: fetched values -> whatever `report` takes.
        terms: name -> scalar, what the loss is the sum of; for messages.

    Attributes:
        gradient_op: `gradient_t`; no run goes past one that is not finite.
        tiles: what computes the sums of the losses and the gradient tile by tile, with `sums()` and
            `gradient(sums)` as in `stylenet.engine.tiled`; None: the session does so in one run.
    """

    def __init__(self, session, pixels, image_var, loss_op, gradient_t, state_ops, to_state, terms):
        self.session, self.image_var, self.loss_op = session, image_var, loss_op
        self._pixels, self._state_ops, self._to_state = pixels, state_ops, to_state
        self._terms = terms
        with session.graph.as_default(), tf.name_scope("gradient"):
            self.gradient_op = tf.debugging.check_numerics(gradient_t, "gradient")
        self.tiles = None

    def set_image(self, batch):
        """Put a picture (1, H, W, 3) into the variable."""
        self._pixels.load(self.session, [(self.image_var, batch)])

    def state(self, *ops, feed=None):
        """The state, and the values of further ops, which belong to the same picture.

        Where a loss is not finite, the others are None; to say so is up to who looks at the state.

        Raises:
            NotFiniteError: the gradient is not, though the loss is; the pixels stay as they are.
        """
        if self.tiles:
            return self._state_of_tiles(ops)
        try:
            values, *others = self.session.run([self._state_ops, *ops], feed)
        except tf.errors.InvalidArgumentError as error:
            if "gradient" not in error.message:
                raise
            values, losses = self.session.run([self._state_ops, self.loss_op])
            others = [None] * len(ops)
            if np.isfinite(losses):
                raise _no_gradient(self._steepest()) from error
        return (self._to_state(values), *others)

    def _steepest(self):
        """The term whose gradient is not finite at the pixels as they are."""
        with self.session.graph.as_default():
            for name, term_op in self._terms.items():
                (gradient_t,) = tf.gradients(term_op, [self.image_var])
                if gradient_t is not None and not np.isfinite(self.session.run(gradient_t)).all():
                    return name
        return "total"  # each is finite, their sum is not

    def _state_of_tiles(self, ops):
        """The same with the sums and the gradient fed; the graph does the rest as ever."""
        sums = self.tiles.sums()
        gradient = self.tiles.gradient(sums) if ops else None
        state = self._to_state(self.session.run(self._state_ops, sums))
        if not ops:
            return (state,)
        if not _is_finite(gradient):
            if np.isfinite(self.session.run(self.loss_op, sums)):
                raise _no_gradient("total")
            return (state, *[None] * len(ops))
        return (state, *self.session.run(ops, {**sums, self.gradient_op: gradient}))

    def tiled_step(self, report):
        """What a step in tiles is to be fed; `report` gets the state before the gradient is there.

        So the picture of the state before is forgotten by then: of arrays as large as the picture,
        memory holds one less.
        """
        sums = self.tiles.sums()
        report(*self._to_state(self.session.run(self._state_ops, sums)))
        gradient = self.tiles.gradient(sums)
        if not _is_finite(gradient):
            raise _no_gradient("total")
        return {**sums, self.gradient_op: gradient}


def _is_finite(gradient):
    """Whether all of (1, H, W, 3) is; band by band, without an answer for each pixel."""
    return all(np.isfinite(gradient[:, rows]).all() for rows in bands(*gradient.shape[1:3]))


def _no_gradient(term):
    return NotFiniteError(
        f"The gradient of the {term} loss is NaN or infinite, though the loss is not; the last "
        "good picture is kept. Try smaller weights, another start or another style statistic."
    )


class Adam:
    """Adam (Kingma & Ba 2014) in the graph; its moments grow with the picture.

    Args:
        problem: Problem.
        options: Options.

    Attributes:
        steps_are_trials: whether a state may be worse than the one before, and be taken back.
    """

    steps_are_trials = False

    def __init__(self, problem, options):
        self._problem, self._options = problem, options
        with problem.session.graph.as_default(), tf.name_scope("adam"):
            self._rate_holder = v1.placeholder(tf.float32, (), "learning_rate_holder")
            self.optimizer = v1.train.AdamOptimizer(
                self._rate_holder, options.beta1, options.beta2, options.eps
            )
            pair = problem.gradient_op, problem.image_var
            self.train_step = self.optimizer.apply_gradients([pair])
            slots = [self.optimizer.get_slot(problem.image_var, name) for name in ("m", "v")]
            powers = [var for var in self.optimizer.variables() if not var.shape.rank]
            names = ("m", "v", "beta1_power", "beta2_power")
            self._memory = dict(zip(names, [*slots, *powers], strict=True))
            self._holders = {
                name: v1.placeholder(tf.float32, var.shape, f"{name}_holder")
                for name, var in self._memory.items()
            }
            self._load_ops = {
                name: var.assign(self._holders[name]) for name, var in self._memory.items()
            }
        self.done = 0

    def begin(self, batch, first=True, memory=None):
        """Start at a picture (1, H, W, 3); later sizes take the moments along; `memory` is none."""
        self.done = None
        self._problem.set_image(batch)
        if first:
            options = self._options
            self._load("beta1_power", options.beta1)
            self._load("beta2_power", options.beta2)
        for name in ("m", "v"):
            self._load(name, self._first_moment(name, batch.shape, first))
        self.done = 0

    def _first_moment(self, name, shape, first):
        """m or v to begin with, of the shape of a picture."""
        if first:
            return np.zeros(shape, np.float32)  # `zeros_like` would write them, so take memory
        before = self._problem.session.run(self._memory[name])
        return _resized_moment(name, before, shape[1:3])

    def restore(self, arrays, done):
        """Go back to what `state` gave, after as many steps at this size."""
        self.done = None
        self._problem.set_image(arrays["image"])
        for name in self._memory:
            self._load(name, arrays[name])
        self.done = done

    def _load(self, name, value):
        """Set a part of the memory; one by one, as TensorFlow copies what it is fed."""
        self._problem.session.run(self._load_ops[name], {self._holders[name]: value})

    def state(self):
        """The picture and Adam's memory after `done` steps, LazyArrays good until the next step.

        None when a step did not end: then nobody knows how far it came.
        """
        if self.done is None:
            return None
        variables = {"image": self._problem.image_var} | self._memory
        return LazyArrays(variables, lambda name: self._problem.session.run(variables[name]))

    def run(self, steps, report):
        """Take the steps from `done` on; `report` gets the state before each."""
        first, last = self._options.rates
        take = self._step_in_tiles if self._problem.tiles else self._step
        for step in range(self.done, steps):
            take(step, {self._rate_holder: cosine_rate(step, steps, first, last)}, report)

    def _step(self, step, feed, report):
        self.done = None
        state, _ = self._problem.state(self.train_step, feed=feed)
        self.done = step + 1
        report(*state)

    def _step_in_tiles(self, step, feed, report):
        feed |= self._problem.tiled_step(report)
        self.done = None
        self._problem.session.run(self.train_step, feed)
        self.done = step + 1


class QuasiNewton:
    """L-BFGS by the pyramid of the picture; a step here is one evaluation of loss and gradient.

    Args:
        problem: Problem.
        options: Options.
    """

    steps_are_trials = True

    def __init__(self, problem, options):
        self._problem, self._memory = problem, options.lbfgs_memory
        self.optimizer, self.train_step = "L-BFGS", problem.gradient_op
        self._search, self.done = None, 0

    def begin(self, batch, first=True, memory=None):
        """Start at a picture (1, H, W, 3), nothing remembered, and remember `memory` steps."""
        self._search, self.done = Lbfgs(batch, memory or self._memory, by_pyramid), 0
        self._problem.set_image(batch)

    def restore(self, arrays, done):
        """Go back to what `state` gave, after as many steps at this size."""
        own = {name: np.array(arrays[name]) for name in arrays}
        self._search = Lbfgs.restored(own, by_pyramid)
        self.done = done
        self._problem.set_image(self._search.best)

    def state(self):
        """All that L-BFGS knows after `done` steps, as arrays by name, good until the next step.

        None when a step did not end: then its arrays are half of this one, half of the next.
        """
        return None if self.done is None else self._search.state()

    def run(self, steps, report):
        """Evaluate from `done` up to `steps` times; `report` gets every state, the best stays."""
        for step in range(self.done, steps):
            self._problem.set_image(self._search.point)
            state, loss, gradient = self._problem.state(
                self._problem.loss_op, self._problem.gradient_op
            )
            if gradient is not None:  # else the loss is none either, which `report` will tell
                self.done = None
                self._search.tell(float(loss), np.array(gradient))
                self.done = step + 1
            report(*state)
        self._problem.set_image(self._search.best)


def _resized_moment(name, moment, size):
    """Adam's moment m or v for a picture of another size.

    The losses are means, so a pixel's gradient shrinks as the number of pixels grows; m goes with
    the gradient and v with its square.
    """
    height, width = size
    growth = height * width / (moment.shape[1] * moment.shape[2])
    power = 1 if name == "m" else 2
    if moment.shape[1:3] == (height, width):
        return moment
    resized = resample(moment[0], height, width, SMOOTH)[np.newaxis]
    resized /= growth**power
    return resized


OPTIMIZERS = {"adam": Adam, "lbfgs": QuasiNewton}
