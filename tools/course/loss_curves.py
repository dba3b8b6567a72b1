"""Total loss against work, for several starts and optimisers."""

from matplotlib.figure import Figure

from tools.canvas import as_picture
from tools.course.runs import STYLES, descend, sample

PLAIN = {"scales": 1, "learning_rate_end": 10}

# Name, title, options, colour.
RUNS = (
    ("plain", "Adam at rate 10, one size", PLAIN, "#777777"),
    ("falling", "falling rate, one size", {"scales": 1}, "#1f77b4"),
    ("default", "falling rate, coarse to fine", {}, "#222222"),
    ("content", "the same from the content", {"initial": "content"}, "#d95f02"),
    ("picture", "the same from the style", {"initial": sample(STYLES[0])}, "#5a9a3c"),
    ("lbfgs", "L-BFGS, one size", {"scales": 1, "optimizer": "lbfgs"}, "#8856a7"),
    ("lbfgs_sizes", "L-BFGS, coarse to fine", {"optimizer": "lbfgs"}, "#c51b8a"),
)


def draw(scale):
    """(figure, total loss of each run's result, its work, the content loss of a start from it)."""
    figure = Figure(figsize=(9, 4.4))
    axes = figure.subplots()
    numbers = {}
    for name, title, options, colour in RUNS:
        records = descend(scale, **options)
        work, losses = _curve(records)
        axes.plot(work, losses, color=colour, label=title)
        numbers[name] = min(losses) if options.get("optimizer") == "lbfgs" else losses[-1]
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
