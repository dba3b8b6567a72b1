"""What a run came to."""

import numpy as np

from stylenet.descent.callbacks import FRAME_PIXELS, History, Snapshots
from stylenet.disk.apart import check_apart
from stylenet.disk.whole_files import check_ending
from stylenet.pictures.color import with_colors_of
from stylenet.pictures.resampling import resize_image, size_within
from stylenet.pictures.writing import write_gif, write_image
from stylenet.results import figures


class Result:
    """The last good picture, the losses, and pictures of the way; a callback of the run.

    Args:
        options: Options.
        pictures: PictureSet at full size.
        trials: whether a state may be worse than one before; then the best of a size is kept.
        state: RunState that the run goes on from, or None.

    Attributes:
        record: the Record of the picture; None while there is none.
        history: History of all states.
    """

    def __init__(self, options, pictures, trials=False, state=None):
        self._content, self._files, self._trials = pictures.content, pictures.files, trials
        self._space = options.preserve_colors
        self._snapshots = Snapshots(options.epochs)
        self.record, self.history = None, History(state.history if state else ())

    @property
    def begun(self):
        """Whether a step was taken: until then, an earlier result is not to be thrown away."""
        return len(self.history.records) > 1

    def __call__(self, record):
        last = self.record
        same_size = last is not None and last.image.shape == record.image.shape
        worse = same_size and record.losses.total > last.losses.total
        if not (self._trials and worse):
            self.record = record
        self.history(record)
        self._snapshots(record)

    def image(self):
        """The picture as it is shown and saved, float32 (H, W, 3); it cannot be written to."""
        return self.finished(self.record.image)

    def finished(self, image, size=None):
        """A picture of the run at the result's or another size, with the content's colours if kept.

        Args:
            image: float32 (H, W, 3), 0-255.
            size: (height, width); that of the result when None.
        """
        size = size or self._content.shape[:2]
        if image.shape[:2] == size and not self._space:
            return image  # what is written is clipped then; a copy of a large picture is saved
        image = resize_image(image, *size)
        if not self._space:
            return image
        return with_colors_of(image, resize_image(self._content, *size), self._space)

    def show(self):
        """Show the picture: in a window, or in the notebook."""
        image = self.image()
        size = (8, 8 / figures.width_to_height(image))
        figures.show_figure(figures.draw_picture, image, size=size)

    def save(self, path):
        """Write the picture, see `write_image`.

        Raises:
            OutputError: as that, or a picture of this run was read from there.
        """
        self.write(path, self.record.image)

    def write(self, path, image):
        """Write a picture of the run likewise."""
        self._check_apart(path)
        write_image(path, self.finished(image))

    def gif(self, path):
        """Write the way from the start to the picture as a GIF, its frames even in log time.

        Raises:
            OutputError: as of `save`, or the name ends otherwise.
        """
        check_ending(path, ".gif")
        self._check_apart(path)
        size = size_within(*self._content.shape[:2], FRAME_PIXELS)
        # A run that went on may have been stopped again before any of them.
        shots = list(self._snapshots.pictures.values()) or [self.record.image]
        write_gif(path, [self.finished(shot.astype(np.float32), size) for shot in shots])

    def plot(self, path=None):
        """Plot total loss and terms against iterations, log scale; shown where there is no path."""
        if path is None:
            figures.show_figure(figures.draw_losses, self.history.records)
        else:
            check_ending(path, ".png")
            self._check_apart(path)
            figures.save_figure(path, figures.draw_losses, self.history.records)

    def _check_apart(self, path):
        check_apart([(path, "name")], self._files)
