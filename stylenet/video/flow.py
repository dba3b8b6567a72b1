"""What moved from one frame to another, and where that can be relied on.

A flow is float32 (H, W, 2): how many pixels to the right, and down, a pixel of one frame is found
in another.
"""

import cv2
import numpy as np

ROUND_TRIP = 0.01, 0.5  # of the squared lengths, and pixels^2, there and back may miss
BEND = 0.01, 0.002  # of the squared length, and pixels^2, a flow may change from pixel to pixel
EDGE = 0.5  # of a pixel, that lies outside of the middles of those at the border
SMALLEST = 32  # pixels of a side, below which DIS finds no place for its patches


def flow_between(frame, other):
    """Where the pixels of a frame are in another, by DIS (Kroeger et al. 2016).

    Args:
        frame, other: (H, W, 3), 0-255.

    Returns:
        flow, float32 (H, W, 2).
    """
    height, width = frame.shape[:2]
    down, right = max(0, SMALLEST - height), max(0, SMALLEST - width)
    greys = [
        cv2.copyMakeBorder(_grey(f), 0, down, 0, right, cv2.BORDER_REFLECT) for f in (frame, other)
    ]
    search = cv2.DISOpticalFlow_create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
    return search.calc(*greys, None)[:height, :width]


def _grey(frame):
    levels = np.rint(np.clip(frame, 0, 255)).astype(np.uint8)
    return cv2.cvtColor(levels, cv2.COLOR_RGB2GRAY)


def warped(array, flow):
    """An array of a frame, moved to where another frame has what it shows.

    Args:
        array: float32 (H, W, C) of the frame that the flow points into.
        flow: of the other frame.

    Returns:
        float32 (H, W, C); beyond the border it is what lies at the border.
    """
    moved = cv2.remap(
        np.ascontiguousarray(array),
        *_places(flow),
        cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_REPLICATE,
    )
    return moved.reshape(array.shape)


def _places(flow):
    """Columns and rows that a flow points at, float32 (H, W) each."""
    rows, columns = np.indices(flow.shape[:2], np.float32)
    return columns + flow[..., 0], rows + flow[..., 1]


def reliability(flow, back):
    """Where a flow can be relied on (Ruder et al. 2016, section 3.2, equations 4 to 6).

    Not where the other frame's flow does not lead back, so that what is here was hidden there; not
    at the edges of what moves; not where it leads out of the frame.

    Args:
        flow: from a frame to the one before.
        back: from the one before to the frame.

    Returns:
        float32 (H, W, 1), 1 where it can, 0 elsewhere.
    """
    height, width = flow.shape[:2]
    columns, rows = _places(flow)
    inside = (columns > -EDGE) & (columns < width - 1 + EDGE)
    inside &= (rows > -EDGE) & (rows < height - 1 + EDGE)
    returning = warped(back, flow)
    miss = _squared(flow + returning)
    leads_back = miss < ROUND_TRIP[0] * (_squared(flow) + _squared(returning)) + ROUND_TRIP[1]
    slopes = [s for axis in (0, 1) if flow.shape[axis] > 1 for s in [np.gradient(flow, axis=axis)]]
    smooth = sum(map(_squared, slopes)) <= BEND[0] * _squared(flow) + BEND[1]
    return (inside & leads_back & smooth)[..., np.newaxis].astype(np.float32)


def _squared(flow):
    return np.square(flow).sum(axis=2)
