"""The files a run reads: plain files of this machine, never addresses, devices or pipes."""

import re
import stat
from pathlib import Path

# One slash is enough: pathlib makes one of two. Two letters at least, as Windows' drives have one.
_ADDRESS = re.compile(r"([a-z][a-z0-9+.-]+:)/{1,2}(.*)", re.IGNORECASE | re.DOTALL)


def as_address(path):
    """The address a path was meant to be, such as https://…, or None."""
    found = _ADDRESS.fullmatch(str(path))
    return "//".join(found.groups()) if found else None


def readable(path):
    """A path for a message of one line: characters that cannot be seen as their escapes."""
    return "".join(c if c.isprintable() else repr(c)[1:-1] for c in str(path))


def why_no_file(path, kind):
    """Why nothing can be read from a path, as a sentence without its full stop.

    Args:
        path: str or Path.
        kind: what is expected there, such as "picture".

    Returns:
        str, or None where there is a plain file; whether it can be opened is not tried.
    """
    shown, address = readable(path), as_address(path)
    if address:
        return (
            f"{readable(address)} is an address, expected a {kind} on this machine; "
            "download it first, nothing is fetched by itself"
        )
    try:
        mode = Path(path).stat().st_mode
    except (FileNotFoundError, NotADirectoryError, ValueError):  # ValueError of a null character
        return f"There is no {kind} {shown}; check the name and the folder"
    except OSError as error:
        return f"{shown} cannot be read ({error.strerror})"
    if stat.S_ISDIR(mode):
        return f"{shown} is a folder, expected a {kind}"
    if not stat.S_ISREG(mode):
        return f"{shown} is a device or a pipe, expected a {kind}"
    return None
