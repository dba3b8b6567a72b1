"""What the last frames of a shot say of the next."""

from collections import deque

import numpy as np

from stylenet.pictures.picture_set import Reference
from stylenet.video.flow import flow_between, reliability, warped

BACK = (1, 2, 4)  # frames back that are looked at (Ruder et al. 2016, section 3.4)
KNOWN = 0.999  # of a frame; where so much is known, none further back is asked


class Memory:
    """The last frames of a shot, as they were and as they were painted."""

    def __init__(self):
        self._frames = deque(maxlen=max(BACK))

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
        image = np.zeros(content.shape, np.float32)
        known = np.zeros((*content.shape[:2], 1), np.float32)
        for back in BACK:
            if back > len(self._frames) or known.mean() > KNOWN:
                break
            earlier, painted = self._frames[-back]
            flow = flow_between(content, earlier)
            there = reliability(flow, flow_between(earlier, content))
            new = np.maximum(there - known, 0)
            image += new * np.clip(warped(painted.astype(np.float32), flow), 0, 255)
            known += new
        return Reference(image, known)
