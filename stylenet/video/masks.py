"""The masks of a clip: one for all frames, or one for each."""

from pathlib import Path

from stylenet.disk.inputs import readable
from stylenet.errors import PictureError
from stylenet.video.clips import numbered


class MaskFrames:
    """The mask of each frame.

    Args:
        source: what `stylenet.pictures.reading.as_mask` takes, for all frames; or a folder of
            numbered pictures, one for each.

    Raises:
        PictureError: there is no picture in the folder.
    """

    def __init__(self, source):
        self._source, self._files = source, None
        if isinstance(source, (str, Path)) and Path(source).is_dir():
            self._files = numbered(source)

    def of(self, number):
        """That of a frame, as `as_mask` takes it."""
        return self._source if self._files is None else self._files[number]

    def check_count(self, count):
        """Raise PictureError unless there is one for each of so many frames."""
        if self._files is not None and len(self._files) != count:
            raise PictureError(
                f"{readable(self._source)} has {len(self._files)} masks, expected {count}, one for "
                "each frame; or give one picture for all."
            )
