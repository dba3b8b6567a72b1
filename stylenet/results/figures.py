"""Plots: the only file that knows matplotlib."""

import io
from itertools import cycle

import numpy as np

from stylenet.disk.whole_files import write_whole
from stylenet.losses.values import LOSSES
from stylenet.pictures.levels import to_bytes
from stylenet.pictures.resampling import shrunk

SHOWN_PIXELS = 4_000_000  # more than a figure can show

_COLOURS = ("#222222", "#1f77b4", "#d95f02", "#5a9a3c", "#9467bd")  # of LOSSES in turn
MOST_RATIO = 5
_LABELS = {"tv": "total variation", "range": "outside 0-255"}


def draw_losses(figure, history):
    """The total loss and its terms against iterations, log scale.

    Args:
        figure: matplotlib Figure to draw on.
        history: list of dicts with iteration and the losses by name.
    """
    axes = figure.subplots()
    iterations = [record["iteration"] for record in history]
    for name, colour in zip(LOSSES, cycle(_COLOURS), strict=False):
        # A loss of exactly 0 has no place on a log scale.
        values = [record[name] or np.nan for record in history]
        width = 2.2 if name == "total" else 1.4
        axes.plot(iterations, values, color=colour, linewidth=width, label=_LABELS.get(name, name))
    if any(record["total"] > 0 for record in history):
        axes.set_yscale("log")
    axes.set_xlabel("iterations")
    axes.set_ylabel("weighted loss")
    axes.grid(alpha=0.25, which="both", linewidth=0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)


def draw_picture(figure, image):
    """One picture (H, W, 3), 0-255, as large as the figure."""
    axes = figure.add_axes((0, 0, 1, 1))
    _show_image(axes, image)


def draw_summary(figure, content, styles, result, caption):
    """Content, styles and result side by side, all of one height, with a caption below.

    Args:
        figure: matplotlib Figure to draw on; its size in inches is set here.
        content, result: (H, W, 3), 0-255.
        styles: list of (H, W, 3).
        caption: text, the settings.
    """
    numbered = [f"style {i}" if len(styles) > 1 else "style" for i in range(1, len(styles) + 1)]
    titles = ["content", *numbered, "result"]
    pictures = [content, *styles, result]
    ratios = [width_to_height(picture) for picture in pictures]
    height, margin = 3.4, 0.12
    width = height * sum(ratios) + margin * (len(pictures) + 1)
    top, bottom = 0.32, 0.5
    total_height = height + top + bottom
    figure.set_size_inches(width, total_height)
    left = margin
    for title, picture, ratio in zip(titles, pictures, ratios, strict=True):
        box = (left / width, bottom / total_height, height * ratio / width, height / total_height)
        axes = figure.add_axes(box)
        _show_image(axes, picture)
        axes.set_title(title, fontsize=10, pad=4)
        left += height * ratio + margin
    figure.text(
        margin / width, 0.18 / total_height, caption, fontsize=7, color="#555555", wrap=True
    )


def width_to_height(picture):
    """The proportions of a picture's place on a figure; nothing is drawn as thin as a thread."""
    return min(max(picture.shape[1] / picture.shape[0], 1 / MOST_RATIO), MOST_RATIO)


def save_figure(path, draw, *args, size=(8, 5), dpi=150):
    """Draw on a figure of its own and write it, whole or not at all.

    Args:
        path: a .png file.
        draw: a function of this file; called with the figure and `args`.
        size: inches.
    """
    # Half a second that the first step of a run need not wait for.
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, layout=None)
    draw(figure, *args)
    buffer = io.BytesIO()
    figure.savefig(buffer, format="png", dpi=dpi)
    write_whole(path, buffer.getvalue())


def show_figure(draw, *args, size=(8, 5)):
    """Draw on a figure of pyplot and show it: a window, or a picture in the notebook."""
    from matplotlib import pyplot  # chooses a window system, which only showing needs

    figure = pyplot.figure(figsize=size)
    draw(figure, *args)
    pyplot.show()


def _show_image(axes, image):
    image = shrunk(np.asarray(image, np.float32), SHOWN_PIXELS)
    axes.imshow(to_bytes(image), interpolation="lanczos")
    axes.set_axis_off()
