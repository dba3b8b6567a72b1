"""Where the pictures of a run come from."""

from dataclasses import dataclass
from pathlib import Path

from stylenet.errors import OptionError
from stylenet.options.options import STARTS
from stylenet.options.shares import Shares, check_count
from stylenet.pictures.color import match_colors
from stylenet.pictures.picture_set import PictureSet
from stylenet.pictures.reading import as_image, as_mask, read_image
from stylenet.pictures.resampling import resize_image, resize_to_width


@dataclass(frozen=True)
class Sources:
    """The pictures of a run as they were given, each a path or an array.

    Attributes:
        content: the content picture.
        styles: list of the style pictures.
        content_masks, style_masks: lists of one mask for each style, or [].
    """

    content: object
    styles: list
    content_masks: list
    style_masks: list

    @classmethod
    def of(cls, content, styles, content_masks=None, style_masks=None):
        """Those of one or of several styles, with or without masks."""
        return cls(content, *map(_as_list, (styles, content_masks, style_masks)))

    def shares(self, options):
        """The Shares of these styles, see `stylenet.options.shares`.

        Raises:
            OptionError: there is no style, or more or fewer masks, weights or scales than styles.
        """
        count = len(self.styles)
        if not count:
            raise OptionError("There is no style picture, expected one or more.")
        check_count("--content-mask", self.content_masks or None, count)
        check_count("--style-masks", self.style_masks or None, count)
        return Shares.of(options, self.style_names)

    @property
    def mask_counts(self):
        """How many masks the content has, and how many the styles."""
        return len(self.content_masks), len(self.style_masks)

    @property
    def style_names(self):
        """What --style-layers calls the styles: the stems of their files, or their numbers."""
        return [
            Path(style).stem if isinstance(style, (str, Path)) else str(number)
            for number, style in enumerate(self.styles, start=1)
        ]

    def read(self, options, before=None):
        """Read them: the content at the width asked for, each style at the content's width.

        Args:
            options: Options.
            before: PictureSet whose styles are these sources', or None; they are taken from it
                where they would come out the same.

        Returns:
            PictureSet.

        Raises:
            PictureError: a picture or a mask is missing or cannot be read.
        """
        limit = options.max_megapixels
        content = as_image(self.content, limit)
        content = resize_to_width(content, options.width or content.shape[1])
        size = content.shape[:2]
        if before is None or before.content.shape[1] != size[1] or options.match_colors:
            styles = [self._style(number, content, options) for number in range(len(self.styles))]
        else:
            styles = before.styles
        initial = None
        if options.initial not in STARTS:
            initial = resize_image(read_image(options.initial, megapixels=limit), *size)
        style_masks = [
            as_mask(mask, *style.shape[:2], limit)
            for mask, style in zip(self.style_masks, styles, strict=False)
        ]
        content_masks = [as_mask(mask, *size, limit) for mask in self.content_masks]
        # Those it read earlier too: nobody expects to write over a picture that was painted before.
        files = tuple(dict.fromkeys([*(before.files if before else ()), *self._files(options)]))
        return PictureSet(content, styles, initial, content_masks, style_masks, files)

    def _files(self, options):
        """The paths of all pictures that come from files, good in any current folder."""
        given = [self.content, *self.styles, *self.content_masks, *self.style_masks]
        if options.initial not in STARTS:
            given.append(options.initial)
        names = [getattr(picture, "filename", picture) for picture in given]  # of Pillow's too
        return [str(Path(name).absolute()) for name in names if _is_path(name) and str(name)]

    def _style(self, number, content, options):
        scale = options.style_scales[number] if options.style_scales else 1
        width = max(1, round(content.shape[1] * scale))
        style = as_image(self.styles[number], options.max_megapixels)
        style = resize_to_width(style, width)
        how = options.match_colors
        return match_colors(style, content, how) if how in ("linear", "histogram") else style


def _is_path(value):
    return isinstance(value, (str, Path))


def _as_list(value):
    """A list of what may be one thing, several or None."""
    if value is None:
        return []
    return list(value) if isinstance(value, (list, tuple)) else [value]
