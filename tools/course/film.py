"""A run from noise in eight pictures."""

from tools.canvas import labelled, table, thumbnail
from tools.course.runs import FROM_NOISE, descend

SHOWN, COLUMNS = 230, 4  # pixels of a picture in the figure, and pictures in a row
AFTER = (0, 1, 3, 8, 15, 25, 40, 60)


def draw(scale):
    """(figure, total loss at the start and at the end)."""
    records = descend(scale, **FROM_NOISE)
    frames = []
    for steps in AFTER:
        record = records[min(steps, len(records) - 1)]
        label = f"{record.iteration} steps, loss {record.losses.total:.3g}"
        frames.append(labelled(thumbnail(record.image, SHOWN), label))
    rows = [frames[i : i + COLUMNS] for i in range(0, len(frames), COLUMNS)]
    return table(rows), {"first": records[0].losses.total, "last": records[-1].losses.total}
