"""Total loss against work, for several starts and optimisers."""

from matplotlib.figure import Figure

from tools.canvas import as_picture
from tools.course.runs import STYLES, descend, sample

CONSTANT = {"scales": 1, "learning_rate_end": 10}
FROM_CONTENT = {"initial": "content", "scales": 1}

# Name, title, options, colour.
RUNS = (
    ("plain", "Adam at rate 10, from noise", CONSTANT, "#777777"),
    ("falling", "falling rate", {"scales": 1}, "#1f77b4"),
    ("sizes", "the same, coarse to fine", {}, "#222222"),
    ("picture", "from the style", {"scales": 1, "initial": sample(STYLES[0])}, "#5a9a3c"),
    ("content", "from the content", FROM_CONTENT, "#d95f02"),
    ("lbfgs", "L-BFGS, from the content", {"optimizer": "lbfgs"} | FROM_CONTENT, "#8856a7"),
)


def draw(scale):
    """(figure, lowest total loss of each run, its work, the content loss of a start from it)."""
    figure = Figure(figsize=(9, 4.4))
    axes = figure.subplots()
    numbers = {}
    for name, title, options, colour in RUNS:
        records = descend(scale, **options)
        work, losses = _curve(records)
        axes.plot(work, losses, color=colour, label=title)
        numbers[name] = min(losses)
        numbers[f"work_{name}"] = work[-1]
        if name == "content":
            numbers["content_first"] = records[0].losses.content
    axes.set_yscale("log")
    axes.set_xlabel("work, in steps of the full size")
    axes.set_ylabel("total loss at full size")
    axes.grid(alpha=0.25, which="both", linewidth=0.5)
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.tight_layout()
    return as_picture(figure), numbers


def _curve(records):
    """(work, total loss) of the states at full size; losses of another size do not compare."""
    full = records[-1].image.size
    work, done, losses = [], 0.0, []
    for record in records:
        if record.image.size == full:
            work.append(done)
            losses.append(record.losses.total)
        done += record.image.size / full
    return work, losses
