"""What a run will take, from two steps of it."""

import statistics
import sys
from itertools import pairwise


def expected_seconds(seconds, iterations):
    """Seconds of a whole run from the times of the first few records of it."""
    steps = [after - before for before, after in pairwise(seconds)]
    # The first step pays for what is set up once.
    return statistics.median(steps[1:] or steps) * iterations


def peak_memory():
    """The most memory this process has held so far, in bytes; None where nobody can say."""
    try:
        import resource
    except ImportError:  # Windows has none
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def in_words(seconds):
    """Seconds as a person says it: 40 s, 12 min, 3.5 h."""
    if seconds < 100:
        return f"{seconds:.0f} s"
    if seconds < 100 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"
