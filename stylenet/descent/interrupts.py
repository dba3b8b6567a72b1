"""Ctrl-C, a polite kill and a terminal that is gone, taken between two steps."""

import signal
import threading

NAMES = ("SIGINT", "SIGTERM", "SIGHUP")  # Windows has no SIGHUP
SIGNALS = tuple(getattr(signal, name) for name in NAMES if hasattr(signal, name))


class StopBetweenSteps:
    """A callback that turns the first signal into KeyboardInterrupt at the next record or tile.

    Raised wherever Python happens to be, KeyboardInterrupt can fall into code that swallows it, or
    leave the state half way between two steps. A second signal is raised at once all the same.
    """

    def __init__(self):
        self._asked = False
        self._before = {}

    def __enter__(self):
        if threading.current_thread() is threading.main_thread():  # others may not set handlers
            self._before = {number: signal.signal(number, self._ask) for number in SIGNALS}
        return self

    def __exit__(self, kind, *_):
        for number, handler in self._before.items():
            signal.signal(number, handler or signal.SIG_DFL)
        if self._asked and kind is None:  # it came after the last record
            raise KeyboardInterrupt

    def __call__(self, record):
        if self._asked:
            raise KeyboardInterrupt

    def on_tile(self, done, total):
        """A step in tiles may take minutes; it has changed nothing before its last one."""
        self(None)

    def _ask(self, number, frame):
        if self._asked:
            raise KeyboardInterrupt
        self._asked = True
