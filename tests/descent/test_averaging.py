"""Averages of the iterates."""

import numpy as np
import pytest

from stylenet.descent.averaging import IterateAverage
from tests import reference
from tests.conftest import fitted


def test_average_by_hand():
    average = IterateAverage(0.5)
    images = [np.full((1, 1, 3), value, np.float32) for value in (2, 4, 8)]
    got = [float(average(image)[0, 0, 0]) for image in images]
    np.testing.assert_allclose(got, [2, (2 * 1 + 4 * 2) / 3, (2 * 1 + 4 * 2 + 8 * 4) / 7])
    assert IterateAverage(0)(images[1]) is images[1]


def test_average_of_the_iterates(net):
    """decay .5 after three steps: the weighted mean of the start and the three iterates."""
    raw = fitted(net).seen.pictures
    made = fitted(net, average=0.5)
    weights = np.array([0.5**3, 0.5**2, 0.5, 1.0])
    expected = sum(w * raw[i] for i, w in enumerate(weights / weights.sum()))
    np.testing.assert_allclose(made.result.record.image, expected, atol=1e-2)
    # The losses reported at the end are those of the picture that is saved.
    tv = 100 * reference.total_variation(made.result.record.image.astype(float))
    assert made._losses_total_var_train[-1] == pytest.approx(tv, rel=1e-3)
