"""The optimisers on a problem whose answer is known, and the sizes they go through."""

from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from stylenet.descent.adam import _resized_moment
from stylenet.descent.descent import OPTIMIZERS
from stylenet.descent.schedules import cosine_rate
from stylenet.engine.whole import Whole
from stylenet.network.variables import FedVariables
from stylenet.options.options import Options
from stylenet.pictures.resampling import resample
from tests.conftest import Seen, fitted, random_image


class Quadratic:
    """mean(w (x - target)^2) with weights w from 1 to 100, in place of a Graph."""

    def __init__(self, session, target):
        self.session = session
        weights = np.geomspace(1, 100, target.size).reshape(target.shape).astype(np.float32)
        self._pixels = FedVariables()
        self.image_var = self._pixels.add("image", (1, None, None, 3), trainable=True)
        image_t = self.image_var.read_value()
        loss_op = tf.reduce_mean(weights * tf.square(image_t - target))
        (self.gradient_op,) = tf.gradients(loss_op, [self.image_var])
        self.objective = SimpleNamespace(ops={"total": loss_op})
        self.fetched_ops = loss_op, image_t

    def evaluation_of(self, values):
        return SimpleNamespace(total=float(values[0])), values[1]

    def set_image(self, batch):
        self._pixels.load(self.session, [(self.image_var, batch)])

    def image(self):
        return self.session.run(self.image_var)


@pytest.fixture
def quadratic():
    """That problem, and its target."""
    target = random_image(6, 9)[None]
    graph = tf.Graph()
    with graph.as_default(), tf.compat.v1.Session(graph=graph) as session:
        yield Quadratic(session, target), target


def run(method, graph, start, steps):
    """The states on the way."""
    states = []
    method.begin(Whole(graph), start, steps)
    for _ in range(steps):
        method.step(lambda *state: states.append(state))
    method.finish()
    return states


def numpy_adam(start, target, steps, options):
    """Adam as in its paper, algorithm 1, with the epsilon outside the correction as TensorFlow."""
    weights = np.geomspace(1, 100, target.size).reshape(target.shape)
    x, m, v = start.astype(float), 0.0, 0.0
    for step in range(1, steps + 1):
        gradient = 2 * weights * (x - target) / target.size
        m = options.beta1 * m + (1 - options.beta1) * gradient
        v = options.beta2 * v + (1 - options.beta2) * gradient**2
        rate = cosine_rate(step - 1, steps, *options.rates)
        rate *= np.sqrt(1 - options.beta2**step) / (1 - options.beta1**step)
        x = x - rate * m / (np.sqrt(v) + options.eps)
    return x


def test_adam_equals_numpy(quadratic):
    problem, target = quadratic
    options = Options(learning_rate=4, learning_rate_end=1, beta1=0.8)
    adam = OPTIMIZERS["adam"](problem, options)
    start = np.zeros_like(target)
    states = run(adam, problem, start, 7)
    assert len(states) == 7
    np.testing.assert_array_equal(states[0][1], start)
    reached = problem.image()
    np.testing.assert_allclose(reached, numpy_adam(start, target, 7, options), rtol=1e-3, atol=1e-3)
    # A second start forgets the first.
    run(adam, problem, start, 7)
    np.testing.assert_array_equal(problem.image(), reached)


def test_lbfgs_finds_the_minimum_and_keeps_the_best(quadratic):
    problem, target = quadratic
    lbfgs = OPTIMIZERS["lbfgs"](problem, Options(optimizer="lbfgs"))
    losses = [found.total for found, _ in run(lbfgs, problem, np.zeros_like(target), 60)]
    assert len(losses) == 60
    assert min(losses) < 1e-3 * losses[0]
    ((final, _),) = Whole(problem).evaluate()
    assert final.total == pytest.approx(min(losses), rel=1e-4)


def test_lbfgs_at_the_minimum_stays_there(quadratic):
    problem, target = quadratic
    lbfgs = OPTIMIZERS["lbfgs"](problem, Options(optimizer="lbfgs"))
    run(lbfgs, problem, target, 5)
    np.testing.assert_array_equal(problem.image(), target)


def test_lbfgs_descends_from_noise(net):
    losses = net(epochs=30, optimizer="lbfgs").fit([])._losses_train
    assert len(losses) == 31
    assert losses[-1] == pytest.approx(min(losses), rel=1e-4)
    assert losses[-1] < 0.2 * losses[0]


def test_every_step_is_recorded_over_all_sizes(net):
    seen = []
    made = net(random_image(140, 210), epochs=11, scales=2, initial="content")
    made.fit([lambda record: seen.append((record.iteration, record.image.shape[:2]))])
    shapes = [shape for _, shape in seen]
    assert [iteration for iteration, _ in seen] == list(range(12))
    assert sorted(set(shapes)) == [(70, 105), (140, 210)]
    assert shapes == sorted(shapes)
    # The first picture of the larger size is the enlarged last one of the smaller.
    assert made.result.record.image.shape == (140, 210, 3)


def test_coarse_to_fine_begins_where_the_coarse_ended(net):
    seen = Seen()
    net(random_image(140, 210), epochs=30, scales=2).fit([seen])
    before, after = seen.pictures[19:21]
    enlarged = resample(before, 140, 210)
    # One step lies between the two, at the last rate of the coarse size.
    assert np.abs(enlarged - after).mean() < 0.4 * 10


def test_falling_rate_by_hand():
    assert Options(learning_rate=10).rates == (20, 2)
    assert Options(learning_rate=10, learning_rate_end=10).rates == (10, 10)
    rates = [cosine_rate(step, 5, 10, 2) for step in range(5)]
    np.testing.assert_allclose(rates, [10, 6 + 4 / np.sqrt(2), 6, 6 - 4 / np.sqrt(2), 2])
    assert cosine_rate(0, 1, 10, 2) == 10


def test_moments_follow_the_gradient_to_another_size():
    """The gradient of a mean over four times the pixels is a quarter as large at each."""
    moments = {
        "m": np.full((1, 4, 6, 3), 8.0, np.float32),
        "v": np.full((1, 4, 6, 3), 64.0, np.float32),
    }
    resized = {name: _resized_moment(name, moments[name], (8, 12)) for name in moments}
    np.testing.assert_allclose(resized["m"], np.full((1, 8, 12, 3), 2.0))
    np.testing.assert_allclose(resized["v"], np.full((1, 8, 12, 3), 4.0))


def test_adams_constants_and_pooling_change_the_run(net):
    plain = fitted(net).result.record.image
    for options in ({"beta1": 0.2}, {"beta2": 0.5}, {"eps": 10.0}, {"pooling": "avg"}):
        assert np.abs(fitted(net, **options).result.record.image - plain).max() > 0.01, options
