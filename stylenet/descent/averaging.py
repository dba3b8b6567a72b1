"""The average of the iterates, which is smoother than each of them."""

import numpy as np


class IterateAverage:
    """Exponential moving average of pictures, corrected for its start at nothing.

    Kingma & Ba 2014, section 3, correct Adam's moments the same way; style-transfer-pytorch shows
    such an average, decay 0.99, in place of the last iterate.

    Args:
        decay: share of the past in each new average, 0 to below 1; 0 averages nothing.
    """

    def __init__(self, decay):
        self._decay = decay
        self._sum, self._weight = np.float32(0), 0.0

    def __call__(self, image):
        """The average after one more picture (H, W, 3)."""
        if not self._decay:
            return image
        self._sum = self._decay * self._sum + (1 - self._decay) * image
        self._weight = self._decay * self._weight + (1 - self._decay)
        return self.now(image)

    def now(self, image):
        """The average as it is, for a picture that is in it."""
        return (self._sum / self._weight).astype(image.dtype) if self._decay else image

    def arrays(self):
        """What it remembers, by name."""
        return {"sum": np.asarray(self._sum), "weight": np.asarray(self._weight)}

    def restore(self, arrays):
        """Go back to what `arrays` gave."""
        self._sum, self._weight = arrays["sum"], float(arrays["weight"])
