"""The pictures of a run at one size."""

from dataclasses import dataclass

import numpy as np

from stylenet.pictures.resampling import resample

# The style loss of what is new counts this times its share of the frame. With 0 it stays as it was
# filmed, with 4 the things in it are lost.
NEW_WEIGHT = 0.6


@dataclass(frozen=True)
class Reference:
    """What the frames of a clip before one say of it.

    Attributes:
        image: float32 (H, W, 3), 0-255: results before, moved as the content moved; the content
            where they say nothing.
        reliability: float32 (H, W, 1), 0-1: how far a result is held to them.
        new: float32 (H, W, 1), 0-1: where something has come into sight. The style is asked of
            these places by themselves too; else, few among many, they would stay as they are.
        still: float32 (H, W, 1), 0-1: where the result stays `image`, as nothing moved or changed
            there, and nothing new is anywhere.
    """

    image: np.ndarray
    reliability: np.ndarray
    new: np.ndarray
    still: np.ndarray

    @property
    def new_weight(self):
        """What the style of what is new counts beside that of the whole picture."""
        return NEW_WEIGHT * float(self.new.mean())

    @classmethod
    def none(cls, content):
        """That of a frame that no frame is before."""
        nothing = np.zeros((*content.shape[:2], 1), np.float32)
        return cls(content, nothing, nothing, nothing)

    def kept(self, image):
        """An image (H, W, 3) painted by this, as it was where all is still; so nothing creeps."""
        return image + self.still * (self.image - image)

    def resized(self, height, width):
        """The same at another size."""
        maps = (_fitted(m, height, width, 1) for m in (self.reliability, self.new, self.still))
        return Reference(_fitted(self.image, height, width, 255), *maps)


@dataclass(frozen=True)
class PictureSet:
    """The pictures and masks of a run, all for one size of the result.

    Attributes:
        content: float32 (H, W, 3), 0-255.
        styles: list of float32 (H_i, W_i, 3), 0-255.
        initial: float32 (H, W, 3), 0-255, the picture to start from, or None.
        content_masks: list of float32 (H, W, 1), 0-1, one for each style, or [].
        style_masks: list of float32 (H_i, W_i, 1), 0-1, or [].
        files: paths of those that were read from files, at full size.
        reference: Reference of a frame of a clip; None of a picture that is none.
    """

    content: np.ndarray
    styles: list
    initial: np.ndarray | None
    content_masks: list
    style_masks: list
    files: tuple = ()
    reference: Reference | None = None

    @property
    def follows(self):
        """Whether this is a frame of a clip, and frames before it say something of it."""
        return self.reference is not None and bool(self.reference.reliability.any())

    @property
    def new_masks(self):
        """Where something new is for each style, or for all: a list of (H, W, 1).

        Where nothing is, all is: their statistics count nothing then, and have to be finite.
        """
        if self.reference is None:
            return []
        new = self.reference.new if self.reference.new.any() else 1.0
        masks = self.content_masks or [np.ones_like(self.reference.new)]
        return [mask * new for mask in masks]

    @property
    def shapes(self):
        """(height, width) of the content, and a list of those of the styles."""
        return self.content.shape[:2], [style.shape[:2] for style in self.styles]

    def has_styles_of(self, other):
        """Whether the styles are those of another set, at the same sizes relative to the result."""
        return (
            self.content.shape[1] == other.content.shape[1]
            and _equal(self.styles, other.styles)
            and _equal(self.style_masks, other.style_masks)
        )

    def resized(self, height, width):
        """The same for a result of another size; the styles keep their size relative to it."""
        if self.content.shape[:2] == (height, width):
            return self
        ratio = width / self.content.shape[1]
        sizes = [[max(1, round(n * ratio)) for n in style.shape[:2]] for style in self.styles]
        style_masks = zip(self.style_masks, sizes, strict=False)
        return PictureSet(
            _fitted(self.content, height, width, 255),
            [_fitted(s, *size, 255) for s, size in zip(self.styles, sizes, strict=True)],
            None if self.initial is None else _fitted(self.initial, height, width, 255),
            [_fitted(mask, height, width, 1) for mask in self.content_masks],
            [_fitted(mask, *size, 1) for mask, size in style_masks],
            reference=self.reference and self.reference.resized(height, width),
        )


def _equal(some, others):
    pairs = zip(some, others, strict=False)
    return len(some) == len(others) and all(a is b or np.array_equal(a, b) for a, b in pairs)


def _fitted(array, height, width, white):
    """Resized, without the kernel's overshoot."""
    return np.clip(resample(array, height, width), 0, white)
