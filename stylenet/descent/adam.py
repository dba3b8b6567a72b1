"""Adam on the pixels."""

from contextlib import contextmanager

import numpy as np
import tensorflow as tf

from stylenet.descent.lazy_arrays import LazyArrays
from stylenet.descent.schedules import cosine_rate
from stylenet.pictures.resampling import SMOOTH, resample

v1 = tf.compat.v1


class Adam:
    """Adam (Kingma & Ba 2014) in the graph; its moments grow with the picture.

    Args:
        graph: Graph, with the gradient of its loss.
        options: Options.

    Attributes:
        steps_are_trials: whether a picture may be worse than the one before, and be taken back.
        optimizer, train_step: the tf.compat.v1.train.AdamOptimizer, and the op that takes a step.
        done: steps taken since `begin`; None where one did not end, and nobody knows how far it
            came.
    """

    steps_are_trials = False

    def __init__(self, graph, options):
        self._graph, self._options = graph, options
        with graph.session.graph.as_default(), tf.name_scope("adam"):
            self._rate_holder = v1.placeholder(tf.float32, (), "learning_rate_holder")
            self.optimizer = v1.train.AdamOptimizer(
                self._rate_holder, options.beta1, options.beta2, options.eps
            )
            pair = graph.gradient_op, graph.image_var
            global_vars = v1.get_collection_ref(v1.GraphKeys.GLOBAL_VARIABLES)
            others = len(global_vars)
            self.train_step = self.optimizer.apply_gradients([pair])
            del global_vars[others:]  # as of `FedVariables`: not for others to initialise
            slots = [self.optimizer.get_slot(graph.image_var, name) for name in ("m", "v")]
            powers = [var for var in self.optimizer.variables() if not var.shape.rank]
            names = ("m", "v", "beta1_power", "beta2_power")
            self._moments = dict(zip(names, [*slots, *powers], strict=True))
            self._holders = {
                name: v1.placeholder(tf.float32, var.shape, f"{name}_holder")
                for name, var in self._moments.items()
            }
            self._load_ops = {
                name: var.assign(self._holders[name]) for name, var in self._moments.items()
            }
        self._engine, self._steps, self.done = None, 0, 0

    def begin(self, engine, batch, steps, first=True, remembered=None):
        """Start at a picture.

        Args:
            engine: Whole or Tiled, what takes the steps.
            batch: the picture (1, H, W, 3).
            steps: to be taken from there.
            first: whether the moments start at nothing; else those there are go along to the size.
            remembered: steps that L-BFGS remembers; of no meaning here.
        """
        self.done = None
        self._engine, self._steps = engine, steps
        self._graph.set_image(batch)
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
        before = self._graph.session.run(self._moments[name])
        return _resized_moment(name, before, shape[1:3])

    def restore(self, engine, arrays, done, steps):
        """Go back to what `arrays` gave, after `done` of so many steps."""
        self.done = None
        self._engine, self._steps = engine, steps
        self._graph.set_image(arrays["image"])
        for name in self._moments:
            self._load(name, arrays[name])
        self.done = done

    def _load(self, name, value):
        """Set one of the moments; one by one, as TensorFlow copies what it is fed."""
        self._graph.session.run(self._load_ops[name], {self._holders[name]: value})

    def arrays(self):
        """The picture and Adam's moments, LazyArrays good until the next step."""
        variables = {"image": self._graph.image_var} | self._moments
        return LazyArrays(variables, lambda name: self._graph.session.run(variables[name]))

    def step(self, report):
        """Take a step; `report` gets losses and picture before it."""
        first, last = self._options.rates
        feed = {self._rate_holder: cosine_rate(self.done, self._steps, first, last)}
        self._engine.step(self.train_step, feed, self._changing, report)

    @contextmanager
    def _changing(self):
        """Held while pixels and moments change."""
        done, self.done = self.done, None
        yield
        self.done = done + 1

    def finish(self):
        """Nothing is left to do: the pixels are where the last step led."""


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
