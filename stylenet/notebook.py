"""How the object shows itself in a notebook: pictures and losses as HTML."""

import base64
import html
import io

import numpy as np
from PIL import Image

_FIGURE = (
    '<figure style="display:inline-block;margin:4px;text-align:center">'
    '<img src="data:image/png;base64,{data}" style="height:220px"><figcaption>{title}</figcaption>'
    "</figure>"
)


def as_html(pictures, text):
    """Pictures side by side, and a text below.

    Args:
        pictures: title -> (H, W, 3), 0-255.
        text: shown as it is, in fixed width.
    """
    figures = [
        _FIGURE.format(data=_png(image), title=html.escape(title))
        for title, image in pictures.items()
    ]
    return f"<div>{''.join(figures)}<pre>{html.escape(text)}</pre></div>"


def _png(image):
    """A picture as base64 PNG, no higher than it is shown on a fine screen."""
    pixels = Image.fromarray(np.rint(np.clip(image, 0, 255)).astype(np.uint8))
    pixels.thumbnail((4096, 440))
    buffer = io.BytesIO()
    pixels.save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()
