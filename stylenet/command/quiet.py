"""Imports TensorFlow without its chatter, and without what is not used of it."""

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
def quick_start():
    """Let TensorFlow be imported inside without what takes half of the time and is not needed.

    That is Keras, which TensorFlow imports at its end and goes without where that fails; later
    `tensorflow.keras` is there as ever, imported when it is first used. And it is the search for
    garbage among a million objects that are to stay.
    """
    keras = "keras.src"
    stop = keras not in sys.modules
    if stop:
        sys.modules[keras] = None  # Python's way to say that a module must not be imported
    collecting = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if stop:
            del sys.modules[keras]
        if collecting:
            gc.freeze()
            gc.enable()
