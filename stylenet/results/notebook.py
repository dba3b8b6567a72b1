"""How the object shows itself in a notebook: pictures and losses as HTML."""

import base64
import html
import io

from PIL import Image

from stylenet.descent.callbacks import losses_line
from stylenet.pictures.levels import to_bytes

HEIGHT = 220  # of a picture where there is room, pixels

# Widths in proportion to the pictures' own make all of one height, in one row however narrow.
_FIGURE = (
    '<figure style="flex:{ratio:.3f} 1 0;max-width:{width}px;margin:4px;text-align:center">'
    '<img src="data:image/png;base64,{data}" style="width:100%"><figcaption>{title}</figcaption>'
    "</figure>"
)


def as_html(pictures, result):
    """Content, styles and result side by side, with the losses below.

    Args:
        pictures: PictureSet; None while there are none.
        result: Result; None while there is none.
    """
    shown = {}
    if pictures is not None:
        shown["content"] = pictures.content
        several = len(pictures.styles) > 1
        for number, image in enumerate(pictures.styles, start=1):
            shown[f"style {number}" if several else "style"] = image
    if result is None:
        return _side_by_side(shown, "no result yet, call fit()")
    return _side_by_side(shown | {"result": result.image()}, losses_line(result.record))


def _side_by_side(pictures, text):
    """Pictures by title, and a text below."""
    figures = "".join(_figure(title, image) for title, image in pictures.items())
    row = f'<div style="display:flex">{figures}</div>'
    return f"<div>{row}<pre>{html.escape(text)}</pre></div>"


def _figure(title, image):
    ratio = image.shape[1] / image.shape[0]
    width = round(HEIGHT * ratio)
    return _FIGURE.format(ratio=ratio, width=width, data=_png(image), title=html.escape(title))


def _png(image):
    """A picture as base64 PNG, no higher than it is shown on a fine screen."""
    pixels = Image.fromarray(to_bytes(image))
    pixels.thumbnail((4096, 2 * HEIGHT))
    buffer = io.BytesIO()
    pixels.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()
