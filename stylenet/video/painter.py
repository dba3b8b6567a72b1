"""A clip, painted frame by frame."""

import time
from dataclasses import replace
from functools import cached_property

import numpy as np
from tqdm.auto import tqdm

from stylenet.descent.identity import identity_of
from stylenet.pictures.color import with_colors_of
from stylenet.pictures.levels import to_bytes
from stylenet.pictures.picture_set import Reference
from stylenet.pictures.resampling import resize_image
from stylenet.video.clips import Frame, fingerprint_of, first_of, open_clip
from stylenet.video.frame import paint_frame
from stylenet.video.masks import MaskFrames
from stylenet.video.references import REPLAYED, Memory
from stylenet.video.shots import find_shots


class ClipPainter:
    """Paints the frames of a clip with a net, each from what became of those before it.

    The first frame of a shot takes the steps of a picture. Each further one starts from the last
    result, moved as the content moved, and is held to it by the temporal loss where that can be
    relied on (Ruder et al. 2016).

    Args:
        net: CNNStyleNet whose content is a clip, see `stylenet.video.clips`; its content masks may
            be folders of one mask for each frame.
        store: FrameStore.

    Raises:
        PictureError: the clip, or a folder of masks, cannot be read.
    """

    def __init__(self, net, store):
        options, sources = net.options, net.sources
        self._net, self.store = net, store
        self.clip = open_clip(sources.content, options.frame_rate, options.max_megapixels)
        self._masks = [MaskFrames(mask) for mask in sources.content_masks]

    @cached_property
    def shots(self):
        """The Shots of the clip; all of it is looked at once."""
        with tqdm(unit="frame", desc="looking for cuts", leave=False, dynamic_ncols=True) as bar:
            return find_shots(self._counted(bar))

    def check(self):
        """Look at all of the clip; raise PictureError where it or its masks cannot be painted."""
        count = self.count
        for masks in self._masks:
            masks.check(count, self._net.options.max_megapixels)

    def _counted(self, bar):
        for frame in self.clip.frames():
            yield frame
            bar.update()

    @property
    def count(self):
        """Frames of the clip."""
        return self.shots[-1].stop

    @cached_property
    def first(self):
        """The PictureSet of the first frame, which all others have the styles of."""
        net, content = self._net, self.sized(self._first_frame)
        sources = replace(net.sources, content=to_bytes(content), content_masks=[])
        pictures = sources.read(replace(net.options, width=None))
        return replace(pictures, content=content, content_masks=self._masks_of(0), files=())

    @cached_property
    def _first_frame(self):
        return first_of(self.clip)

    def _masks_of(self, number):
        limit = self._net.options.max_megapixels
        return [masks.of_size(number, *self.size, limit) for masks in self._masks]

    @cached_property
    def size(self):
        """(height, width) that all frames are painted at; even, as H.264 wants it."""
        height, width = self._first_frame.image.shape[:2]
        wanted = self._net.options.width or width
        return tuple(2 * max(1, round(n * wanted / width / 2)) for n in (height, width))

    def sized(self, frame):
        """A frame at the size it is painted, float32 (H, W, 3)."""
        return resize_image(frame.image.astype(np.float32), *self.size)

    def identity(self):
        """What makes this run this run, see `stylenet.descent.identity`."""
        known = identity_of(self._net.options, self.first, self._net.fingerprint)
        masks = [file for masks in self._masks for file in masks.files]
        known |= {"content": fingerprint_of(self.clip.files)}  # of all frames, not of the first
        return known | ({"content_masks": fingerprint_of(masks)} if masks else {})

    def paint(self, callbacks=()):
        """Paint what is not painted yet, shot by shot.

        Args:
            callbacks: as of `CNNStyleNet.fit`, for each frame.

        Yields:
            (number of a frame, its losses by name), as each is there.
        """
        for shot in self.shots:
            course, painted = self.course(shot), None
            while True:
                try:
                    number, pictures = course.send(painted)
                except StopIteration:
                    break
                painted = paint_frame(self._net, pictures, callbacks)
                yield number, painted[1]

    def course(self, shot):
        """The frames of a shot that are to be painted, one after the other.

        A generator: yields (number, PictureSet), and is sent what `paint_frame` gives of it.
        """
        begin = next((n for n in range(shot.first, shot.stop) if not self.store.has(n)), shot.stop)
        if begin == shot.stop:
            return
        memory, earliest = Memory(), max(shot.first, begin - REPLAYED)
        frames = zip(range(earliest, shot.stop), self.clip.frames(earliest), strict=False)
        for number, frame in frames:
            content = self.sized(frame)
            if number < begin:
                if number > earliest:
                    memory.reference(content)  # which takes note of what is new
                image = self.store.read(number)
            else:
                since = time.perf_counter()
                pictures = self._pictures(number, content, memory, number == shot.first)
                image, losses = yield number, pictures
                self.store.write(number, image, losses, time.perf_counter() - since)
            memory.add(content, image)

    def first_frame(self):
        """The PictureSet of the first frame as it is painted."""
        return self._pictures(0, self.first.content, Memory(), True)

    def _pictures(self, number, content, memory, begins):
        reference = Reference.none(content) if begins else memory.reference(content)
        masks = self._masks_of(number)
        return replace(self.first, content=content, content_masks=masks, reference=reference)

    @property
    def painted(self):
        """How many frames from the first on are painted."""
        return next((n for n in range(self.count) if not self.store.has(n)), self.count)

    def pairs(self, numbers):
        """(content, painted) of some frames, as they are shown."""
        return [
            (self.sized(frame), self._shown(number, frame))
            for number, frame in zip(range(max(numbers) + 1), self.clip.frames(), strict=False)
            if number in numbers
        ]

    def frames(self):
        """The painted frames from the first on, as far as there are any, as those of a clip."""
        for number, frame in zip(range(self.painted), self.clip.frames(), strict=False):
            yield Frame(self._shown(number, frame), frame.time)

    def _shown(self, number, frame):
        """A painted frame as it is shown, with its content's colours if these are kept."""
        image, space = self.store.read(number), self._net.options.preserve_colors
        if not space:
            return image
        return to_bytes(with_colors_of(image.astype(np.float32), self.sized(frame), space))
