"""What happens between two steps. Each is called with every Record of the loop."""

from tqdm.auto import tqdm


class History:
    """Keeps the losses and times of every record.

    Attributes:
        records: a list of dicts: iteration, total, content, style, tv, seconds.
    """

    def __init__(self):
        self.records = []

    def __call__(self, record):
        self.records.append(
            {"iteration": record.iteration, **vars(record.losses), "seconds": record.seconds}
        )

    def column(self, name):
        """One figure of every record, as a list."""
        return [record[name] for record in self.records]


class Snapshots:
    """Keeps pictures at iterations that are even in log time: 0, 1, 2, 3, 5, 8 … the last.

    Attributes:
        pictures: iteration -> float32 (H, W, 3).
    """

    def __init__(self, iterations, count=24):
        steps = max(1, count - 2)
        self._wanted = {0, *(round(iterations ** (i / steps)) for i in range(steps + 1))}
        self.pictures = {}

    def __call__(self, record):
        if record.iteration in self._wanted:
            self.pictures[record.iteration] = record.image


class ProgressBar:
    """A bar with iteration, total loss and time left; every `print_every` steps a line above it."""

    def __init__(self, iterations, print_every=None):
        self._iterations = iterations
        self._print_every = print_every
        self._bar = None

    def __enter__(self):
        self._bar = tqdm(total=self._iterations, unit="step", dynamic_ncols=True)
        return self

    def __exit__(self, *_):
        self._bar.close()

    def __call__(self, record):
        self._bar.set_postfix_str(f"loss {record.losses.total:.4g}", refresh=False)
        self._bar.update(record.iteration - self._bar.n)
        if self._print_every and record.iteration % self._print_every == 0:
            self._bar.write(losses_line(record))


def losses_line(record):
    """The losses of a record in one line of text."""
    losses = record.losses
    return (
        f"iteration {record.iteration:5d}   total {losses.total:<11.5g} content "
        f"{losses.content:<11.5g} style {losses.style:<11.5g} tv {losses.tv:<11.5g}"
    )
