"""L-BFGS against dense matrices, known minima and itself when stopped."""

import numpy as np
import pytest
from scipy.optimize import rosen, rosen_der

from stylenet.descent.lbfgs import CURVATURE, DECREASE, MOST_TRIALS, Lbfgs, add, dot


def evaluations(search, function, count):
    """The values at the next points; `function` gives value and gradient."""
    values = []
    for _ in range(count):
        value, gradient = function(search.point)
        search.tell(value, gradient)
        values.append(value)
    return values


def rosenbrock(x):
    flat = x.ravel().astype(np.float64)
    return float(rosen(flat)), rosen_der(flat).astype(np.float32).reshape(x.shape)


def quadratic(seed=0, size=12):
    """x -> (value, gradient) of a random convex parabola, its matrix and its minimum."""
    generator = np.random.default_rng(seed)
    root = generator.normal(size=(size, size))
    matrix = root @ root.T / size + 0.1 * np.eye(size)
    minimum = generator.normal(size=size)

    def function(x):
        away = x.ravel() - minimum
        return float(away @ matrix @ away / 2), (matrix @ away).astype(np.float32).reshape(x.shape)

    return function, matrix, minimum


def test_it_finds_the_minimum_of_rosenbrocks_valley():
    search = Lbfgs(np.full((1, 2, 2, 1), -1, np.float32), memory=10)
    values = evaluations(search, rosenbrock, 120)
    assert min(values) < 1e-6
    np.testing.assert_allclose(search.best.ravel(), 1, atol=1e-2)


def test_it_finds_the_minimum_of_a_parabola():
    function, _, minimum = quadratic()
    search = Lbfgs(np.zeros((1, 2, 2, 3), np.float32), memory=10)
    evaluations(search, function, 60)
    np.testing.assert_allclose(search.best.ravel(), minimum, atol=1e-2)


@pytest.mark.parametrize("memory", [2, 10])
def test_the_direction_is_that_of_the_dense_update(memory):
    """Nocedal & Wright, equation 7.16: H from the remembered pairs, by matrices in full."""
    function, _, _ = quadratic(1)
    metric = np.diag(np.linspace(0.5, 2, 12))

    def precondition(array):
        return (metric @ array.ravel()).astype(np.float32).reshape(array.shape)

    search = Lbfgs(np.zeros((1, 2, 2, 3), np.float32), memory, precondition)
    evaluations(search, function, 7)
    assert len(search._steps) == min(memory, 4)
    steps = [step.ravel().astype(float) for step in search._steps]
    changes = [change.ravel().astype(float) for change in search._changes]
    scale = steps[-1] @ changes[-1] / (changes[-1] @ metric @ changes[-1])
    inverse = scale * metric
    for step, change in zip(steps, changes, strict=True):
        rho = 1 / (step @ change)
        left = np.eye(12) - rho * np.outer(step, change)
        inverse = left @ inverse @ left.T + rho * np.outer(step, step)
    expected = -inverse @ search._gradient.ravel()
    np.testing.assert_allclose(search._direction.ravel(), expected, rtol=2e-3, atol=1e-5)


def test_it_is_bfgs_in_the_coefficients_that_the_metric_stands_for():
    """Of x = A c, a search by c is one by x with the metric A A^T."""
    function, _, _ = quadratic(2)
    coordinates = np.random.default_rng(3).normal(size=(12, 12)) / 3 + np.eye(12)

    def by_coefficients(c):
        value, gradient = function((coordinates @ c.ravel()).astype(np.float32))
        return value, (coordinates.T @ gradient).astype(np.float32)

    def metric(array):
        return (coordinates @ coordinates.T @ array.ravel()).astype(np.float32)

    by_x = Lbfgs(np.zeros(12, np.float32), 5, metric)
    by_c = Lbfgs(np.zeros(12, np.float32), 5)
    evaluations(by_x, function, 1)
    evaluations(by_c, by_coefficients, 1)
    # Only the first trial's length goes by the unit of the space; the same length for both.
    by_x._direction *= np.float32(0.1)
    by_c._direction[:] = np.linalg.solve(coordinates, by_x._direction)
    for search, space in ((by_x, function), (by_c, by_coefficients)):
        search._at["slope"] = search._at["low_slope"] = dot(search._gradient, search._direction)
        evaluations(search, space, 8)
    np.testing.assert_allclose(by_x.best, coordinates @ by_c.best, rtol=1e-2, atol=1e-3)


def test_accepted_steps_meet_the_conditions():
    """Sufficient decrease always; the slope flat enough unless the trials ran out."""
    search = Lbfgs(np.full((1, 2, 2, 1), -1, np.float32), memory=5)
    before, trials = search._x, 0
    search.tell(*rosenbrock(search.point))
    accepted = [search._at["value"]]
    for _ in range(60):
        point, trial, slope = search.point, search._at["trial"], search._at["slope"]
        value, gradient = rosenbrock(point)
        direction = None if search._direction is None else search._direction.copy()
        search.tell(value, gradient.copy())
        if direction is not None and search._x is not before and len(search._steps):
            value, gradient = value / search._at["unit"], gradient / search._at["unit"]
            assert value <= accepted[-1] + DECREASE * trial * slope + 1e-6
            assert dot(gradient, direction) >= CURVATURE * slope or trials == MOST_TRIALS - 1
            accepted.append(value)
        before, trials = search._x, search._at["trials"]
    assert len(accepted) > 10
    assert accepted == sorted(accepted, reverse=True)


@pytest.mark.parametrize("function", [rosenbrock, quadratic(4, 4)[0]])
def test_stopped_after_any_evaluation_it_goes_on_with_the_same_bits(function):
    start = np.full((1, 2, 2, 1), -1, np.float32)
    whole = Lbfgs(start, 3)
    expected = evaluations(whole, function, 30)
    for stop in range(30):
        search = Lbfgs(start, 3)
        evaluations(search, function, stop)
        kept = {name: array.copy() for name, array in search.arrays().items()}
        gone_on = Lbfgs.restored(kept)
        assert evaluations(gone_on, function, 30 - stop) == expected[stop:]
        np.testing.assert_array_equal(gone_on.best, whole.best)


def test_at_a_minimum_it_stays_and_nothing_is_divided_by_nothing():
    _, _, minimum = quadratic()
    search = Lbfgs(minimum.astype(np.float32), 5)
    with np.errstate(all="raise"):
        search.tell(0.0, np.zeros(12, np.float32))
        for _ in range(20):
            search.tell(0.0, np.zeros(12, np.float32))
    np.testing.assert_array_equal(search.best, minimum.astype(np.float32))


@pytest.mark.parametrize("scale", [1e-24, 1e-8, 1e12, 1e20])
def test_the_scale_of_the_function_does_not_matter(scale):
    function, _, _ = quadratic(5)

    def scaled(x):
        value, gradient = function(x)
        return value * scale, (gradient.astype(float) * scale).astype(np.float32)

    start = np.zeros((1, 2, 2, 3), np.float32)
    plain, other = Lbfgs(start, 5), Lbfgs(start, 5)
    evaluations(plain, function, 15)
    evaluations(other, scaled, 15)
    np.testing.assert_allclose(other.best, plain.best, atol=0.05)


def test_a_point_further_out_that_is_worse_is_not_taken():
    """Along one line the values are 100, 85, 98: the second is the best, and is kept as such."""
    search = Lbfgs(np.zeros((1, 1, 4), np.float32), 5)
    steep = np.full((1, 1, 4), 1, np.float32)
    search.tell(100.0, steep.copy())
    search.tell(85.0, 0.99 * steep)  # hardly flatter: further out it may be better yet
    best = search.best
    assert np.abs(search.point).max() > np.abs(best).max() > 0
    search.tell(98.0, 0.5 * steep)
    np.testing.assert_array_equal(search.best, best)
    assert np.abs(best).max() < np.abs(search.point).max()
    assert search._at["high"] > search._at["trial"] > search._at["low"]


def test_a_line_that_leads_nowhere_is_given_up_and_begun_anew():
    search = Lbfgs(np.zeros((1, 1, 4), np.float32), 5)
    steep = np.full((1, 1, 4), 1, np.float32)
    search.tell(1.0, steep.copy())
    for _ in range(MOST_TRIALS):
        assert np.abs(search.point).max() > 0
        search.tell(2.0, steep.copy())
    np.testing.assert_array_equal(search.point, 0)  # is asked for again
    search.tell(1.0, steep.copy())
    assert np.abs(search.point).max() > 0


def test_a_value_that_is_not_finite_shortens_the_step():
    search = Lbfgs(np.zeros((1, 1, 4), np.float32), 5)
    search.tell(1.0, np.ones((1, 1, 4), np.float32))
    far = np.abs(search.point).max()
    search.tell(float("nan"), np.full((1, 1, 4), np.nan, np.float32))
    assert 0 < np.abs(search.point).max() < far
    np.testing.assert_array_equal(search.best, 0)


def test_inner_products_have_more_digits_than_float32():
    generator = np.random.default_rng(0)
    a, b = generator.normal(1, 1, (2, 1, 300, 400, 3)).astype(np.float32)
    exact = np.dot(a.ravel().astype(float), b.ravel().astype(float))
    assert dot(a, b) == pytest.approx(exact, rel=1e-6)


def test_adding_in_bands_is_adding():
    generator = np.random.default_rng(0)
    a, b = generator.normal(size=(2, 1, 300, 150, 3)).astype(np.float32)
    expected = a + np.float32(0.3) * b
    add(a, 0.3, b)
    np.testing.assert_array_equal(a, expected)
