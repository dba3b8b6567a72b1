"""Where the page is opened, and for whom."""

import ipaddress
import re
import socket

from stylenet.command.arguments import LOOPBACK
from stylenet.disk.inputs import readable
from stylenet.errors import OptionError

_ADDRESS = re.compile(r"(?P<host>[\w.-]*?)(?:(?:^|:)(?P<port>[1-9]\d{0,4}))?", re.ASCII)


def address_of(text):
    """(host, port or None) of "HOST", "PORT" or "HOST:PORT".

    Raises:
        OptionError: it is none of them, or no address of this machine that is free.
    """
    found = _ADDRESS.fullmatch(text)
    if not text or not found:
        raise OptionError(
            f"--page is {readable(text) or 'empty'}, expected an address, a port, or ADDRESS:PORT, "
            "such as 0.0.0.0:7860."
        )
    host, port = found["host"] or LOOPBACK, found["port"] and int(found["port"])
    try:
        with socket.create_server((host, port or 0)):
            return host, port
    except (OSError, OverflowError) as error:
        raise OptionError(
            f"The page cannot be opened at {text} ({getattr(error, 'strerror', '') or error}); "
            "choose an address of this machine and a free port, --page ADDRESS:PORT."
        ) from error


def is_loopback(host):
    """Whether nobody but this machine reaches an address."""
    return ipaddress.ip_address(socket.gethostbyname(host)).is_loopback
