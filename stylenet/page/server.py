"""Opens the page, and closes it so that nothing is left of it but the pictures."""

import os
import signal
import sys
import threading
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory

from stylenet.command.quiet import quick_imports, quiet_imports
from stylenet.descent.interrupts import SIGNALS
from stylenet.errors import OptionError
from stylenet.page.addresses import address_of, is_loopback
from stylenet.page.studio import Studio


def serve(arguments, paint):
    """Open the page, and keep it open until Ctrl-C.

    Args:
        arguments: of the command line; `page` is the address, `network` that of all runs.
        paint: see `stylenet.page.run.Run.paint`.

    Returns:
        exit code.

    Raises:
        OptionError: the address is none or cannot be had, or Gradio is not installed.
    """
    host, port = address_of(arguments.page)
    flags = [f"--network={arguments.network}"] if arguments.network else []
    with TemporaryDirectory(prefix="cnn-stylenet-page-") as folder:
        studio = Studio(paint, flags, Path(folder))
        with quiet_imports(), quick_imports():
            import_module("tensorflow")  # now, for it holds up whatever else goes on meanwhile
        try:
            with _opened(studio, folder, host, port) as url:
                if not is_loopback(host):
                    print(
                        f"warning: whoever can reach {host} can paint on this page, at this "
                        "machine's cost, without a password.",
                        file=sys.stderr,
                    )
                print(f"The page is open at {url} until Ctrl-C.", flush=True)
                _wait_for_signal()
                print("Closing the page; what is being painted is kept …", flush=True)
        finally:
            studio.close()
    return 0


@contextmanager
def _opened(studio, folder, host, port):
    """The page served; yields its URL."""
    # Read when Gradio is imported: where uploads lie, and that nothing is told or asked elsewhere.
    os.environ |= {"GRADIO_TEMP_DIR": folder, "GRADIO_ANALYTICS_ENABLED": "False"}
    os.environ |= dict.fromkeys(("no_proxy", "NO_PROXY"), "*")  # it asks its own page
    try:
        from stylenet.page.serving import launched
    except ModuleNotFoundError as error:
        raise OptionError(
            f"The page needs {error.name}, which is not installed; run `pip install '.[page]'` in "
            "the folder of main1.py."
        ) from error
    with launched(studio, host, port) as url:
        yield url


def _wait_for_signal():
    """Until Ctrl-C, a polite kill, or the terminal is gone."""
    asked = threading.Event()
    before = {number: signal.signal(number, lambda *_: asked.set()) for number in SIGNALS}
    try:
        asked.wait()
    finally:
        for number, handler in before.items():
            signal.signal(number, handler or signal.SIG_DFL)
