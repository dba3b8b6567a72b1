"""A run from noise in eight pictures."""

from MLPreProcess import resize_image
from stylenet.pictures.sizes import pyramid
from tools.canvas import labelled, table, thumbnail
from tools.course.runs import PLAIN, descend

SHOWN, COLUMNS = 230, 4  # pixels of a picture in the figure, and pictures in a row


def draw(scale):
    """(figure, total loss at the start and the end of the full size)."""
    records = descend(scale)
    last = records[-1].image
    coarse = pyramid(*last.shape[:2], scale.steps, PLAIN["scales"])[0][
        2
    ]  # steps at the coarse size
    times = sorted({0, 1, 3, 10, 30, coarse - 1, coarse + 10, scale.steps})
    frames = []
    for time in (time for time in times if 0 <= time <= scale.steps):
        image = resize_image(records[time].image, *last.shape[:2])
        label = f"{time} steps, loss {records[time].losses.total:.3g}"
        frames.append(labelled(thumbnail(image, SHOWN), label))
    frames += [frames[-1]] * (-len(frames) % COLUMNS)
    rows = [frames[i : i + COLUMNS] for i in range(0, len(frames), COLUMNS)]
    return table(rows), {"first": records[0].losses.total, "last": records[-1].losses.total}
