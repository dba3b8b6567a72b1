"""Imports TensorFlow without its chatter, and sooner."""

import gc
import os
import sys
import tempfile
from contextlib import contextmanager


@contextmanager
def quiet_imports():
    """Hold back what is written to standard error inside, and show it only if that fails.

    TensorFlow's C++ code writes some of its notices before any log level is looked at, straight to
    file descriptor 2, so the descriptor itself is turned aside.
    """
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    sys.stderr.flush()
    with tempfile.TemporaryFile() as held:
        kept = os.dup(2)
        os.dup2(held.fileno(), 2)
        failed = True
        try:
            yield
            failed = False
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            if failed:
                held.seek(0)
                os.write(2, held.read())


@contextmanager
def quick_imports():
    """Import TensorFlow inside without a search for garbage among a million objects that stay.

    That search takes a second of five.
    """
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if collecting:
            gc.freeze()
            gc.enable()
