"""Files that appear whole or not at all."""

import os
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

from stylenet.errors import OutputError


@contextmanager
def whole_file(path, keep_as=None):
    """A file to write to, beside its final name; flushed to disk and renamed when all went well.

    Args:
        path: the file, or a symbolic link to it; its folder is made when missing. What was there
            before stays until the new content is safe on disk.
        keep_as: the name that what was there before gets then, or None.

    Yields:
        a binary file.

    Raises:
        OutputError: it cannot be written.
    """
    path = Path(os.path.realpath(path) if Path(path).is_symlink() else path)
    temporary = path.with_name(f".part-{uuid4().hex}")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with temporary.open("xb") as file:
            yield file
            file.flush()
            os.fsync(file.fileno())
        if keep_as and path.exists():
            path.replace(keep_as)
        temporary.replace(path)
    except BaseException as error:
        with suppress(OSError):  # a folder that is none
            temporary.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise OutputError(f"{path} cannot be written ({error.strerror}).") from error
        raise


def write_whole(path, data):
    """Write bytes as `whole_file` does."""
    with whole_file(path) as file:
        file.write(data)


def check_writable(folder):
    """Raise OutputError unless files can be made in a folder, or in the one it would be made in."""
    folder = Path(folder)
    while not folder.exists() and folder != folder.parent:
        folder = folder.parent
    if not folder.is_dir():
        raise OutputError(f"{folder} is a file, expected a folder to write to.")
    try:
        with tempfile.TemporaryFile(dir=folder):
            pass
    except OSError as error:
        raise OutputError(
            f"The folder {folder} cannot be written to ({error.strerror}); choose another with "
            "--output."
        ) from error


def check_ending(path, ending):
    """Raise OutputError unless a name ends as its content will be."""
    if Path(path).suffix.lower() != ending:
        raise OutputError(f"{path} ends in {Path(path).suffix or 'nothing'}, expected {ending}.")
