"""The picture that a run starts from."""

import numpy as np
import pytest

from tests.conftest import MEAN_PIXEL, fitted


def test_starts(net, content, style):
    noise = fitted(net, initial="noise", seed=3).seen.pictures[0] - MEAN_PIXEL
    assert noise.std() == pytest.approx(0.256, rel=0.05)
    np.testing.assert_allclose(fitted(net).seen.pictures[0], content, atol=1e-3)
    coloured = fitted(net, initial="style").seen.pictures[0].reshape(-1, 3)
    np.testing.assert_allclose(coloured.mean(axis=0), style.reshape(-1, 3).mean(axis=0), atol=8)
    same = np.random.default_rng(0).standard_normal(content.shape, np.float32) * np.float32(0.256)
    blended = fitted(net, initial_noiseblend=0.25).seen.pictures[0] - MEAN_PIXEL
    np.testing.assert_allclose(blended, 0.75 * (content - MEAN_PIXEL) + 0.25 * same, atol=1e-3)
    # As in neural-style: noise blended with less than all of it lies on the content.
    fallback = fitted(net, initial="noise", initial_noiseblend=0.25).seen.pictures[0]
    np.testing.assert_allclose(fallback - MEAN_PIXEL, blended, atol=1e-4)
