"""Where a clip is cut: each shot between two cuts is painted for itself."""

from dataclasses import dataclass

from stylenet.pictures.resampling import resize_to_width
from stylenet.video.flow import flow_between, reliability

LOOKED_AT = 160  # pixels of width that are enough to tell a cut
SAME_SHOT = 0.25  # of a frame that must be found in the one before; after a cut it is 0.01


@dataclass(frozen=True)
class Shot:
    """Frames without a cut between them.

    Attributes:
        first, stop: numbers of its first frame and of the first after it.
    """

    first: int
    stop: int


def find_shots(frames):
    """The shots of a clip.

    A cut is where little of a frame is found in the one before, the same measure that says how much
    of the frame before can be gone on from (`stylenet.video.flow.reliability`).

    Args:
        frames: iterable of `stylenet.video.clips.Frame`.

    Returns:
        list of Shot that together are all frames.
    """
    cuts, before, count = [0], None, 0
    for count, frame in enumerate(frames, start=1):
        small = resize_to_width(frame.image.astype("float32"), LOOKED_AT)
        if before is not None and _found_in(before, small) < SAME_SHOT:
            cuts.append(count - 1)
        before = small
    return [Shot(*pair) for pair in zip(cuts, [*cuts[1:], count], strict=True)]


def _found_in(before, frame):
    """The share of a frame that the one before shows too."""
    flow, back = flow_between(frame, before), flow_between(before, frame)
    return float(reliability(flow, back).mean())
