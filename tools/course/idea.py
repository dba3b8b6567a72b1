"""The one idea as a drawing: picture, network, statistics, loss, and the gradient back."""

from matplotlib.figure import Figure
from matplotlib.patches import FancyArrowPatch, FancyBboxPatch, Rectangle

from MLPreProcess import to_bytes
from tools.canvas import as_picture
from tools.course.runs import descend, net_of

INK, RED, SOFT = "#333333", "#c0392b", "#e8eef4"
ROWS = {"content": 4.75, "x": 2.75, "style": 0.75}  # heights of the three pictures' middles
BLOCKS = (1.3, 1.05, 0.85, 0.68, 0.52)  # heights of the five blocks of the network


def draw(scale):
    """(figure, total loss of the picture shown as x)."""
    with net_of(scale) as net:
        net.load_image_content_style()
        pictures = {"content": net._image_content, "style": net._image_style[0]}
    records = descend(scale, epochs=max(1, scale.steps // 2))
    pictures["x"] = records[-1].image
    figure = Figure(figsize=(10, 5.2))
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, 12), ylim=(-0.75, 5.75))
    axes.set_axis_off()
    _pictures(axes, pictures)
    _network(axes)
    _losses(axes)
    _gradient(axes)
    return as_picture(figure), {"loss": records[-1].losses.total}


def _pictures(axes, pictures):
    titles = {
        "content": "content picture",
        "x": "x, the picture that learns",
        "style": "style picture",
    }
    for name, middle in ROWS.items():
        box = (0.3, 2.3, middle - 0.68, middle + 0.62)
        axes.imshow(to_bytes(pictures[name]), extent=box, aspect="auto", zorder=2)
        colour, width = (RED, 3) if name == "x" else (INK, 1)
        size = (box[1] - box[0], box[3] - box[2])
        axes.add_patch(
            Rectangle((box[0], box[2]), *size, fill=False, ec=colour, lw=width, zorder=3)
        )
        axes.text(1.3, middle + 0.72, titles[name], ha="center", fontsize=10, color=colour)
        _arrow(axes, (2.4, middle), (3.05, middle))


def _network(axes):
    axes.text(4.6, 5.5, "VGG-19, frozen: the same for all three", ha="center", fontsize=10)
    for middle in ROWS.values():
        for number, height in enumerate(BLOCKS):
            left = 3.15 + 0.62 * number
            size = (0.42, height)
            axes.add_patch(Rectangle((left, middle - height / 2), *size, fc=SOFT, ec=INK, lw=1))
            axes.text(left + 0.21, middle, number + 1, ha="center", va="center", fontsize=9)


def _losses(axes):
    targets = {
        "content": "answers P\nof one late layer",
        "x": "answers F and\ntheir Gram matrices G",
        "style": "Gram matrices A\nof five layers",
    }
    for name, text in targets.items():
        _arrow(axes, (6.15, ROWS[name]), (6.55, ROWS[name]))
        _box(axes, (7.55, ROWS[name]), 1.8, text)
    _box(axes, (9.75, 3.75), 1.5, "content loss\nmean (F − P)²")
    _box(axes, (9.75, 1.75), 1.5, "style loss\nmean (G − A)²")
    for name, target in (("content", 3.9), ("x", 3.6), ("x", 1.9), ("style", 1.6)):
        _arrow(axes, (8.52, ROWS[name]), (8.95, target))
    _box(axes, (11.3, 2.75), 1.1, "loss\nα·content\n+ β·style\n+ γ·tv(x)")
    _arrow(axes, (10.55, 3.75), (11.1, 3.26))
    _arrow(axes, (10.55, 1.75), (11.1, 2.24))


def _gradient(axes):
    """From the loss back below everything to the picture in the middle."""
    axes.plot([11.55, 11.55, 0.12, 0.12], [2.27, -0.35, -0.35, 2.75], color=RED, lw=2.5)
    _arrow(axes, (0.1, 2.75), (0.33, 2.75), RED, 2.5)
    text = "the gradient goes back through the network to the pixels, and only they move"
    axes.text(5.8, -0.65, text, ha="center", fontsize=11, color=RED)


def _box(axes, middle, width, text):
    x, y = middle
    corner = (x - width / 2, y - 0.42)
    shape = FancyBboxPatch(corner, width, 0.84, boxstyle="round,pad=0.05", fc="white", ec=INK, lw=1)
    axes.add_patch(shape)
    axes.text(x, y, text, ha="center", va="center", fontsize=8.5, color=INK)


def _arrow(axes, begin, end, colour=INK, width=1.3):
    axes.add_patch(
        FancyArrowPatch(begin, end, arrowstyle="-|>", mutation_scale=14, color=colour, lw=width)
    )
