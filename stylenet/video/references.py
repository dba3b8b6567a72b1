"""What the last frames of a shot say of the next."""

from collections import deque

import cv2
import numpy as np

from stylenet.pictures.picture_set import Reference
from stylenet.video.flow import flow_between, reliability, warped

BACK = (1, 2, 4)  # frames back that are looked at (Ruder et al. 2016, section 3.4)
KNOWN = 0.999  # of a frame; where so much is known, none further back is asked
NEW_FOR = 4  # frames that what came into sight is taken for new
REPLAYED = max(BACK) + NEW_FOR  # frames that a Memory must have gone through to be as it was
AROUND = 9  # pixels around something new that are seen with it
AT_REST = 0.1  # pixels that something still seems to move, at most
NOISE = 2.0  # levels that it seems to change, the mean around it
SPECK = 3  # pixels that something new has at least, each way


class Memory:
    """The last frames of a shot, as they were and as they were painted, and what of them is new."""

    def __init__(self):
        self._frames, self._new = deque(maxlen=max(BACK)), deque(maxlen=NEW_FOR)

    def add(self, content, painted):
        """Remember a frame.

        Args:
            content: (H, W, 3), 0-255.
            painted: what became of it, likewise.
        """
        self._frames.append((content, painted))

    def reference(self, content):
        """The Reference of the next frame: each place from the nearest frame that can be relied on.

        So what was hidden for a moment comes back as it was painted before (Ruder et al. 2016,
        equation 9).
        """
        image, known = np.zeros(content.shape, np.float32), 0.0
        still = np.zeros((*content.shape[:2], 1), np.float32)
        for back in BACK:
            if back > len(self._frames) or np.mean(known) > KNOWN:
                break
            earlier, painted = self._frames[-back]
            flow = flow_between(content, earlier)
            there = reliability(flow, flow_between(earlier, content))
            moved = np.clip(warped(painted.astype(np.float32), flow), 0, 255)
            if back == 1:
                self._new = deque((warped(new, flow) for new in self._new), NEW_FOR)
                still = there * _still(flow, content, earlier)
                moved += still * (painted - moved)  # to the byte
            found = np.maximum(there - known, 0)
            image, known = image + found * moved, known + found
        if not np.any(known):  # as after a cut, though nobody found one
            self._new.clear()
            return Reference.none(content)
        self._new.append(1 - known)
        new = np.clip(np.max(list(self._new), axis=0), 0, 1)
        image += (1 - known) * content
        around = _around(new)
        if around.any():  # all may have to change a little for what is new to fit in
            still *= 0
        return Reference(image, known * (1 - new), around, still)


def _still(flow, content, earlier):
    """Where nothing moved or changed but by noise: (H, W, 1), 0 or 1."""
    change = np.abs(content.astype(np.float32) - earlier).mean(axis=2)
    at_rest = np.linalg.norm(flow, axis=2) < AT_REST
    return (at_rest & (cv2.blur(change, (5, 5)) < NOISE))[..., np.newaxis].astype(np.float32)


def _around(new):
    """What is new and is more than a speck, with what lies around it."""
    found = cv2.morphologyEx(new[..., 0], cv2.MORPH_OPEN, np.ones((SPECK, SPECK)))
    return cv2.dilate(found, np.ones((AROUND, AROUND)))[..., np.newaxis]
