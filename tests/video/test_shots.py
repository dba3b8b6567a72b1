"""Cuts are found where they are, and nowhere else; what was hidden comes back."""

import numpy as np

from stylenet.video.references import REPLAYED, Memory
from stylenet.video.shots import Shot, find_shots
from tools.clips import cut, frames, journey, passing

SMALL = {"size": (104, 160)}


def test_a_cut_is_found_and_a_journey_has_none():
    assert find_shots(frames(cut(count=12, **SMALL))) == [Shot(0, 6), Shot(6, 12)]
    assert find_shots(frames(journey(count=12, **SMALL))) == [Shot(0, 12)]
    assert find_shots(frames(journey(count=1, **SMALL))) == [Shot(0, 1)]


def _remembered(known, painted):
    memory, found = Memory(), None
    for frame, image in zip(known, painted, strict=True):
        found = memory.reference(frame.image)
        memory.add(frame.image, image)
    return found


def test_each_place_comes_from_the_nearest_frame_that_knows_it():
    """Each frame painted in one grey of its own, so the reference tells where it is from."""
    known = list(passing(count=9, pace=12, radius=16, **SMALL))
    painted = [np.full(frame.image.shape, 10 * n + 10, np.uint8) for n, frame in enumerate(known)]
    reference = _remembered(known, painted)
    greys = np.rint(reference.image[..., 0][reference.reliability[..., 0] > 0.5])
    assert set(np.unique(greys)) <= {50, 70, 80}  # 4, 2 and 1 back
    assert np.mean(greys == 80) > 0.8


def test_what_is_new_is_told_and_held_to_nothing():
    known = list(passing(count=9, pace=12, radius=16, **SMALL))
    reference = _remembered(known, [frame.image for frame in known])
    new = ~known[-1].seen
    assert reference.new[new].mean() > 0.8
    assert reference.reliability[new].mean() < 0.3
    assert not reference.new[:20, 100:].any()
    np.testing.assert_array_equal(reference.reliability[:20, 100:-2], 1)
    nowhere = (reference.reliability == 0)[..., 0] & new
    apart = np.abs(reference.image - known[-1].image)[nowhere]
    assert np.median(apart) < 10  # what is not known is the content's


def test_a_memory_that_went_through_the_last_frames_knows_as_much_as_one_of_all():
    known = list(passing(count=REPLAYED + 6, pace=7, radius=16, **SMALL))
    images = [frame.image for frame in known]
    whole = _remembered(known, images)
    late = _remembered(known[-REPLAYED - 1 :], images[-REPLAYED - 1 :])
    for name in ("image", "reliability", "new", "still"):
        np.testing.assert_array_equal(getattr(whole, name), getattr(late, name))
