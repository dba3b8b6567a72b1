"""What stopped a run, as one sentence and an exit code; a user never sees a traceback."""

import logging

from stylenet.errors import ClusterLostError, NotFiniteError, StyleNetError

EXIT_STOPPED, EXIT_BAD_INPUT, EXIT_INTERRUPTED = 1, 2, 130

logger = logging.getLogger(__name__)


def told(error):
    """(sentence, exit code) of whatever was raised; a developer asks the log for the rest."""
    if isinstance(error, StyleNetError):
        stopped = isinstance(error, (NotFiniteError, ClusterLostError))
        return str(error), EXIT_STOPPED if stopped else EXIT_BAD_INPUT
    if isinstance(error, KeyboardInterrupt):
        return str(error) or "interrupted.", EXIT_INTERRUPTED
    if isinstance(error, ModuleNotFoundError):
        return (
            f"{error.name} is not installed; run `pip install .` in the folder of main1.py.",
            EXIT_STOPPED,
        )
    if isinstance(error, OSError):  # of a name too long, a device that is gone …
        return f"{error.filename or 'a file'}: {error.strerror or error}.", EXIT_BAD_INPUT
    logger.debug("unexpected error", exc_info=error)
    name = type(error).__name__
    if name in ("ResourceExhaustedError", "MemoryError"):
        advice = "There is not enough memory for this picture; choose a smaller --width."
        return advice, EXIT_STOPPED
    first = (str(error).splitlines() or [""])[0]
    return f"Something unexpected happened ({name}: {first}).", EXIT_STOPPED
