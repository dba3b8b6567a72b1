"""How the object shows itself in a notebook: pictures and losses as HTML."""

import base64
import html
import io

import numpy as np
from PIL import Image

HEIGHT = 220  # of a picture where there is room, pixels

# Widths in proportion to the pictures' own make all of one height, in one row however narrow.
_FIGURE = (
    '<figure style="flex:{ratio:.3f} 1 0;max-width:{width}px;margin:4px;text-align:center">'
    '<img src="data:image/png;base64,{data}" style="width:100%"><figcaption>{title}</figcaption>'
    "</figure>"
)


def as_html(pictures, text):
    """Pictures side by side, and a text below.

    Args:
        pictures: title -> (H, W, 3), 0-255.
        text: shown as it is, in fixed width.
    """
    figures = "".join(_figure(title, image) for title, image in pictures.items())
    row = f'<div style="display:flex">{figures}</div>'
    return f"<div>{row}<pre>{html.escape(text)}</pre></div>"


def _figure(title, image):
    ratio = image.shape[1] / image.shape[0]
    width = round(HEIGHT * ratio)
    return _FIGURE.format(ratio=ratio, width=width, data=_png(image), title=html.escape(title))


def _png(image):
    """A picture as base64 PNG, no higher than it is shown on a fine screen."""
    pixels = Image.fromarray(np.rint(np.clip(image, 0, 255)).astype(np.uint8))
    pixels.thumbnail((4096, 2 * HEIGHT))
    buffer = io.BytesIO()
    pixels.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()
