"""Flow against clips of which the motion is known; warping and reliability by hand."""

import numpy as np
import pytest

from stylenet.video.flow import flow_between, reliability, warped
from tools.clips import journey, passing


def test_the_flow_is_the_true_one():
    before, now = list(journey(count=2))
    flow = flow_between(now.image, before.image)
    miss = np.linalg.norm(flow - now.flow, axis=2)[now.seen]
    assert np.linalg.norm(now.flow, axis=2).mean() > 1
    assert np.median(miss) < 0.15
    assert np.mean(miss < 1) > 0.97


def test_what_moves_over_a_still_ground():
    before, now = list(passing(count=9))[-2:]
    flow, back = flow_between(now.image, before.image), flow_between(before.image, now.image)
    found = reliability(flow, back)[..., 0]
    uncovered = ~now.seen
    assert uncovered.sum() > 100
    assert found[uncovered].mean() < 0.3  # it was behind the ball
    assert found[now.seen].mean() > 0.95


def test_an_array_moves_by_whole_pixels():
    array = np.random.default_rng(0).uniform(0, 255, (9, 13, 3)).astype(np.float32)
    flow = np.broadcast_to(np.float32([2, -3]), (9, 13, 2))  # was two to the right, three up
    moved = warped(array, flow)
    np.testing.assert_allclose(moved[3:, :-2], array[:-3, 2:], atol=1e-3)
    np.testing.assert_allclose(moved[:3, :-2], np.repeat(array[:1, 2:], 3, axis=0), atol=1e-3)


@pytest.mark.parametrize("channels", [1, 3])
def test_the_shape_stays(channels):
    array = np.ones((5, 7, channels), np.float32)
    assert warped(array, np.zeros((5, 7, 2), np.float32)).shape == array.shape


def test_reliability_by_hand():
    there = np.zeros((20, 20, 2), np.float32)
    there[..., 0] = 3
    back = -there
    found = reliability(there, back)[..., 0]
    assert found[:, :17].all()
    assert not found[:, 17:].any()  # leads out of the frame
    back[5, 8] = 0  # misses by 3 pixels: 9 > .01 (9 + 0) + .5
    there[10, 10] = 3.4  # an edge: .2^2 > .01 9 + .002
    found = reliability(there, back)[..., 0]
    assert not found[5, 5]
    assert found[5, 3]
    assert not found[10, 9]
    assert not found[10, 11]


def test_frames_smaller_than_a_patch():
    frame = np.zeros((9, 14, 3), np.float32)
    assert flow_between(frame, frame).shape == (9, 14, 2)
