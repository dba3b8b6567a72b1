"""The picture as it comes, in a notebook's cell."""

import io
import sys
import time

from PIL import Image

from stylenet.pictures.levels import to_bytes
from stylenet.pictures.resampling import shrunk

SHOWN_PIXELS = 250_000
SECONDS = 0.7  # between two pictures, which a notebook is sent as text


def in_notebook():
    """Whether this runs in a notebook's kernel, and not in a terminal."""
    shell = sys.modules.get("IPython") and sys.modules["IPython"].get_ipython()
    return getattr(shell, "kernel", None) is not None


class LiveView:
    """A callback that shows the picture so far, in one place that changes; the last one stays.

    It needs no widget, and so is in the notebook when that is saved.

    Args:
        result: Result, called with every record before this is.
    """

    def __init__(self, result):
        self._result, self._place, self._shown = result, None, -SECONDS

    def __call__(self, record):
        if time.monotonic() - self._shown >= SECONDS:
            self._show()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self._result.record is not None:
            self._show()

    def _show(self):
        from IPython import display

        buffer = io.BytesIO()
        picture = Image.fromarray(to_bytes(shrunk(self._result.image(), SHOWN_PIXELS)))
        picture.save(buffer, "JPEG", quality=88)
        shown = display.Image(buffer.getvalue(), format="jpeg")
        if self._place is None:
            self._place = display.display(shown, display_id=True)
        else:
            self._place.update(shown)
        self._shown = time.monotonic()
