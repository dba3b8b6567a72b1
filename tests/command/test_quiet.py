"""TensorFlow imported quietly, and Python as it was afterwards."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(code):
    return subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False
    )


def test_nothing_is_told_and_garbage_is_collected_again():
    done = run("""
import gc, os
from stylenet.command.quiet import quick_imports, quiet_imports
with quiet_imports(), quick_imports():
    os.write(2, b"chatter")
    import tensorflow as tf
    assert not gc.isenabled()
assert gc.isenabled()
""")
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_an_import_fails_of_is_told():
    done = run("""
import os
from stylenet.command.quiet import quiet_imports
with quiet_imports():
    os.write(2, b"no such library")
    import nothing_of_that_name
""")
    assert done.returncode == 1
    assert "no such library" in done.stderr
    assert "nothing_of_that_name" in done.stderr
