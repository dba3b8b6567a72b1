"""The masks of a clip: one for all frames, or one for each."""

from pathlib import Path

from stylenet.disk.inputs import readable
from stylenet.errors import PictureError
from stylenet.pictures.reading import as_mask, picture_size
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

    @property
    def files(self):
        """Those of a folder; of one for all, none."""
        return self._files or []

    def of_size(self, number, height, width, megapixels):
        """That of a frame as `as_mask` gives it; one of many may be black."""
        size = height, width, megapixels
        return as_mask(self.of(number), *size, may_be_black=self._files is not None)

    def check(self, count, megapixels):
        """Raise PictureError unless all are pictures, one for each of so many frames."""
        for file in self.files:
            picture_size(file, megapixels)
        if self._files is not None and len(self._files) != count:
            raise PictureError(
                f"{readable(self._source)} has {len(self._files)} masks, expected {count}, one for "
                "each frame; or give one picture for all."
            )
