"""TensorFlow imported without Keras."""

import subprocess
import sys
from pathlib import Path


def test_keras_is_left_out_and_there_afterwards():
    code = """
import gc, sys
from stylenet.command.quiet import quick_start, quiet_imports
with quiet_imports(), quick_start():
    import tensorflow as tf
assert "keras" not in sys.modules and "matplotlib" not in sys.modules
assert gc.isenabled()
from tensorflow.keras import layers
assert layers.Dense is tf.keras.layers.Dense
"""
    root = Path(__file__).parents[2]
    done = subprocess.run(
        [sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
