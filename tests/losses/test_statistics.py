"""Gram matrices and the other statistics against NumPy, SciPy and finite differences."""

import numpy as np
import pytest
import tensorflow as tf
from scipy.linalg import sqrtm

from stylenet.losses.statistics import (
    gram_matrix,
    mean_and_covariance,
    mean_and_deviation,
    mean_and_deviation_loss,
    wasserstein_loss,
)
from tests import reference
from tests.conftest import fitted

# Two channels at 2 x 2 positions, worked by hand: channel 1 is 1 2 / 3 4, channel 2 is 0 1 / 0 2.
HAND = np.array([[[1, 0], [2, 1]], [[3, 0], [4, 2]]], np.float32)


@pytest.fixture
def features():
    return np.random.default_rng(0).normal(size=(5, 7, 3)).astype(np.float32)


def test_gram_by_hand():
    # 1+4+9+16 = 30, 0+2+0+8 = 10, 0+1+0+4 = 5, over 2 channels x 4 positions.
    expected = np.array([[30, 10], [10, 5]]) / 8
    np.testing.assert_allclose(gram_matrix(HAND[None]), expected, rtol=1e-6)


def test_gram_equals_numpy_on_a_map_that_is_not_square(features):
    np.testing.assert_allclose(gram_matrix(features[None]), reference.gram(features), rtol=1e-5)


@pytest.fixture
def maps():
    generator = np.random.default_rng(0)
    mixing = generator.normal(size=(4, 4))
    return [(generator.normal(m, 2, (1, 9, 7, 4)) @ mixing).astype(np.float32) for m in (1, 2)]


def test_mean_and_deviation_equal_numpy(maps):
    positions = [m.reshape(-1, 4) for m in maps]
    statistics = [mean_and_deviation(tf.constant(m)) for m in maps]
    for statistic, flat in zip(statistics, positions, strict=True):
        np.testing.assert_allclose(statistic, [flat.mean(0), flat.std(0)], rtol=1e-4)
    differences = [
        np.mean((f(positions[0], 0) - f(positions[1], 0)) ** 2) for f in (np.mean, np.std)
    ]
    loss = float(mean_and_deviation_loss(*statistics))
    assert loss == pytest.approx(sum(differences), rel=1e-3)


def test_wasserstein_equals_scipy(maps):
    statistics = [mean_and_covariance(tf.constant(m)) for m in maps]
    means, covariances = [], []
    for m in maps:
        flat = m.reshape(-1, 4).astype(float)
        means.append(flat.mean(0))
        covariances.append(np.cov(flat.T, bias=True))
    root = sqrtm(covariances[1])
    bures = np.trace(covariances[0] + covariances[1] - 2 * sqrtm(root @ covariances[0] @ root).real)
    expected = (np.sum((means[0] - means[1]) ** 2) + bures) / 4
    assert float(wasserstein_loss(*statistics)) == pytest.approx(expected, rel=1e-3)
    assert float(wasserstein_loss(statistics[0], statistics[0])) == pytest.approx(0, abs=1e-3)


@pytest.mark.parametrize("masked", [False, True])
@pytest.mark.parametrize(
    ("of", "loss"),
    [(mean_and_deviation, mean_and_deviation_loss), (mean_and_covariance, wasserstein_loss)],
)
def test_gradients_of_the_statistics_equal_finite_differences(maps, of, loss, masked):
    features, target = (tf.cast(m, tf.float64) for m in maps)
    mask = np.random.default_rng(1).uniform(0, 1, (1, 9, 7, 1)) if masked else None
    goal = of(target)
    with tf.GradientTape() as tape:
        tape.watch(features)
        value = loss(of(features, mask), goal)
    gradient = tape.gradient(value, features).numpy()
    assert np.abs(gradient).max() > 0
    for seed in range(4):
        direction = np.random.default_rng(seed).normal(size=gradient.shape)
        ahead, behind = (
            float(loss(of(features + s * direction, mask), goal)) for s in (1e-5, -1e-5)
        )
        assert (ahead - behind) / 2e-5 == pytest.approx((gradient * direction).sum(), rel=1e-4)


@pytest.mark.parametrize("statistic", ["mean-std", "wasserstein"])
def test_statistics_by_name_descend(net, statistic):
    made = fitted(net, style_statistic=statistic, epochs=12, weight_regularization=0)
    assert made._losses_style_train[-1] < 0.9 * made._losses_style_train[0]
    assert np.isfinite(made.result.record.image).all()
