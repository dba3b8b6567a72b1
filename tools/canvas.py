"""Pictures side by side, with a line of text each: what the figures are put together with."""

import io

from PIL import Image, ImageDraw, ImageFont

import MLPreProcess as pictures

GAP, LABEL = 6, 20  # pixels between pictures, and for a line of text
DOTS_PER_INCH = 130


def thumbnail(image, size):
    """A picture (H, W, 3), 0-255, as a Pillow picture of at most `size` pixels either way."""
    picture = Image.fromarray(pictures.to_bytes(image))
    picture.thumbnail((size, size), Image.Resampling.LANCZOS)
    return picture


def enlarged(image, width):
    """A picture (H, W, 3) or (H, W), 0-255, as a Pillow picture of that width, its pixels seen."""
    picture = Image.fromarray(pictures.to_bytes(image))
    height = round(picture.height * width / picture.width)
    return picture.resize((width, height), Image.Resampling.NEAREST)


def labelled(picture, text):
    """A Pillow picture with a line of text below."""
    canvas = Image.new("RGB", (picture.width, picture.height + LABEL), "white")
    canvas.paste(picture, (0, 0))
    font = ImageFont.load_default(13)
    ImageDraw.Draw(canvas).text((2, picture.height + 3), text, "#333333", font)
    return canvas


def table(rows):
    """Rows of pictures as one, each column as wide as its widest."""
    widths = [max(row[i].width for row in rows) for i in range(len(rows[0]))]
    heights = [max(picture.height for picture in row) for row in rows]
    size = (sum(widths) + GAP * (len(widths) - 1), sum(heights) + GAP * (len(heights) - 1))
    canvas = Image.new("RGB", size, "white")
    top = 0
    for row, height in zip(rows, heights, strict=True):
        left = 0
        for picture, width in zip(row, widths, strict=True):
            offset = (width - picture.width) // 2, (height - picture.height) // 2
            canvas.paste(picture, (left + offset[0], top + offset[1]))
            left += width + GAP
        top += height + GAP
    return canvas


def as_picture(figure):
    """A matplotlib figure as a Pillow picture."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=DOTS_PER_INCH)
    return Image.open(buffer).convert("RGB")
