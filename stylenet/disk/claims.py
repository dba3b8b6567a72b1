"""Two runs at one time never write to the same names: the second is told."""

import hashlib
import os
import tempfile
from contextlib import ExitStack, contextmanager
from pathlib import Path

from stylenet.errors import OutputError

try:
    import fcntl
except ImportError:  # Windows has none, and there nothing is locked
    fcntl = None


@contextmanager
def claimed(paths):
    """Keep other runs of this user on this machine from some names, until left.

    The locks lie in the folder for temporary files: nothing appears beside the results. The system
    lets go of them when a process ends, however it ends.

    Args:
        paths: the names; None among them is passed over.

    Raises:
        OutputError: another run has one of them.
    """
    with ExitStack() as stack:
        for path in {Path(path).resolve() for path in paths if path and fcntl}:
            lock = _lock_file(path)
            file = stack.enter_context(lock.open("wb"))
            if not _take(file, lock):
                raise OutputError(
                    f"Another run is writing {path} at this moment; choose another --output."
                )
            stack.callback(lock.unlink, missing_ok=True)
        yield


def is_claimed(path):
    """Whether another run has a name at this moment."""
    lock = _lock_file(path) if fcntl else None
    if lock is None or not lock.exists():
        return False
    with lock.open("rb") as file:
        return not _take(file, lock)


def _lock_file(path):
    folder = Path(tempfile.gettempdir()) / f"cnn-stylenet-{os.getuid()}"
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
        owner = folder.lstat().st_uid  # a link of somebody else's would do as little
    except OSError as error:
        raise OutputError(
            f"{folder} cannot be used ({error.strerror}); set TMPDIR to a folder of your own."
        ) from error
    if owner != os.getuid():
        raise OutputError(f"{folder} is somebody else's; set TMPDIR to a folder of your own.")
    name = hashlib.sha256(os.fsencode(Path(path).resolve())).hexdigest()
    return folder / f"{name[:32]}.lock"


def _take(file, lock):
    """Lock an open file until it is closed; whether that succeeded."""
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        return os.path.samestat(os.fstat(file.fileno()), lock.stat())  # not one just removed
    except (BlockingIOError, FileNotFoundError):
        return False
