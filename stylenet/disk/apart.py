"""No file that is read may be written to, whatever names lead to it."""

from pathlib import Path

from stylenet.errors import OutputError


def check_apart(written, read):
    """Raise OutputError where a file that is read would be written to.

    Args:
        written: pairs of (path, what to choose another of).
        read: paths.
    """
    inputs = {_identity(path) for path in read}
    for path, what in written:
        if _identity(path) in inputs:
            raise OutputError(f"{path} is a file this run reads; choose another {what}.")


def _identity(path):
    """The same for all names of one file, links among them."""
    try:
        status = Path(path).stat()
        return status.st_dev, status.st_ino
    except (OSError, ValueError):
        return str(path)  # of what is not there yet
