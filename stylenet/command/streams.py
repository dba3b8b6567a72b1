"""Standard output and error of which nothing that is told can stop a run."""

import os
import sys
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress

_NUMBERS = {"stdout": 1, "stderr": 2}


class Forgiving:
    """A text stream that passes over what it cannot write: the disk is full, nobody listens.

    Args:
        stream: whose everything else this has.
    """

    def __init__(self, stream):
        self._stream = stream

    def write(self, text):
        """Write a text, if that can be."""
        with suppress(OSError):
            self._stream.write(text)
        return len(text)

    def flush(self):
        """Have what was written leave, if it can."""
        with suppress(OSError):
            self._stream.flush()

    def __getattr__(self, name):
        return getattr(self._stream, name)


@contextmanager
def forgiving_streams():
    """Have standard output and error forgive inside, also where they were closed at the start."""
    for name, number in _NUMBERS.items():
        if getattr(sys, name) is None:  # as after `2>&-`; what opens next must not get the number
            nowhere = open(os.devnull, "w")  # noqa: SIM115, PTH123, for as long as the process
            os.dup2(nowhere.fileno(), number)
            setattr(sys, name, nowhere)
    if hasattr(sys.stdout, "reconfigure"):  # a notebook's has not
        sys.stdout.reconfigure(errors="backslashreplace")  # for file names of no known letters
    with redirect_stdout(Forgiving(sys.stdout)), redirect_stderr(Forgiving(sys.stderr)):
        yield


def drop_what_cannot_leave():
    """At the end of the process: what an output that is full still holds makes no error."""
    for name, number in _NUMBERS.items():
        try:
            getattr(sys, name).flush()
        except OSError:
            with open(os.devnull, "w") as nowhere:  # noqa: PTH123
                os.dup2(nowhere.fileno(), number)
