"""Files no program should choke on: pictures and networks, broken in every way we know of.

Each function gives a dict, name -> bytes. All of them are made here, none is kept anywhere.
"""

import io
import json
import pickle
import struct
import tarfile
import zipfile
import zlib

import h5py
import numpy as np
from PIL import Image
from scipy.io import savemat
from scipy.sparse import csc_matrix

from stylenet.network.layers import CONVOLUTION_NAMES, LAYERS, Convolution
from tests.conftest import MEAN_PIXEL, NARROW, random_image, random_weights
from tools.network_file import cell

FORMATS = {
    "png": {},
    "jpg": {"quality": 80},
    "progressive.jpg": {"quality": 80, "progressive": True},
    "tif": {},
    "lzw.tif": {"compression": "tiff_lzw"},
    "webp": {"lossless": True},
    "gif": {},
    "bmp": {},
}
_FLIPS = 24
_CUTS = 16
_GIANT = 2**31 - 1


# --- what has nothing to do with either -----------------------------------------------------------


class _Bait:
    """Leaves a file behind if anything ever unpickles it."""

    def __reduce__(self):
        return exec, ("open('unpickled', 'w').close()",)


def other_files():
    """What people have on disk under the name of a picture or a network."""
    files = {
        "empty": b"",
        "one byte": b"\0",
        "zeros": bytes(4096),
        "ones": b"\xff" * 4096,
        "noise": np.random.default_rng(0).bytes(4096),
        "text": b"This is not the file you are looking for.\n" * 20,
        "json": json.dumps({"error": "not found"}).encode(),
        "html": b"<!DOCTYPE html><html><body>Please log in</body></html>",
        "html with mark": "\ufeff\n<html>Bitte anmelden</html>".encode(),
        "xml": b"<?xml version='1.0'?><Error><Code>AccessDenied</Code></Error>",
        "svg": b"<svg xmlns='http://www.w3.org/2000/svg' width='9' height='9'/>",
        "pointer of git lfs": b"version https://git-lfs.github.com/spec/v1\nsize 9\n",
        "shell script": b"#!/bin/sh\ntouch executed\n",
        "eps": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n%%EndComments\nshowpage\n",
        "pdf": b"%PDF-1.7\n1 0 obj\n<<>>\nendobj\ntrailer\n<<>>\n%%EOF",
        "elf": b"\x7fELF\x02\x01\x01" + bytes(200),
        "gzip": b"\x1f\x8b\x08" + bytes(200),
        "ppm": b"P6\n2 2\n255\n" + bytes(12),
        "ico": struct.pack("<HHHBBBBHHII", 0, 1, 1, 9, 9, 0, 0, 1, 32, 40, 22) + bytes(200),
        "MATLAB 4": struct.pack("<5i", 0, 3, 3, 0, 2) + b"x\0" + bytes(72),
        "MATLAB 7.3": b"MATLAB 7.3 MAT-file".ljust(512) + b"\x89HDF\r\n\x1a\n" + bytes(99),
    }
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        files[f"pickle {protocol}"] = pickle.dumps(_Bait(), protocol)
    return files | _archives()


def _archives():
    npy, npz, keras, torch, tar = (io.BytesIO() for _ in range(5))
    np.save(npy, np.array([_Bait()], object), allow_pickle=True)
    np.savez(npz, layers=np.zeros(3))
    with h5py.File(keras, "w") as file:
        file.create_dataset("block1_conv1/kernel:0", data=np.zeros((3, 3, 3, 64)))
    with zipfile.ZipFile(torch, "w") as archive:
        archive.writestr("archive/data.pkl", pickle.dumps(_Bait()))
    with tarfile.open(fileobj=tar, mode="w") as archive:
        archive.addfile(tarfile.TarInfo("vgg19.mat"))
    buffers = {"npy with a pickle": npy, "npz": npz, "Keras": keras, "PyTorch": torch, "tar": tar}
    return {name: buffer.getvalue() for name, buffer in buffers.items()}


def _cut(data, places):
    return {f"cut at {place}": data[:place] for place in sorted({*places}) if place < len(data)}


def _flipped(data, seed, first=0, last=None):
    """Copies with one to eight bits changed each."""
    generator = np.random.default_rng(seed)
    for number in range(_FLIPS):
        changed = bytearray(data)
        for place in generator.integers(first, last or len(data), generator.integers(1, 9)):
            changed[place] ^= 1 << generator.integers(8)
        yield f"bits {number} of {last or 'all'}", bytes(changed)


# --- pictures -------------------------------------------------------------------------------------


def whole_pictures():
    """A small picture in every format."""
    image = Image.fromarray(random_image(24, 17).astype(np.uint8))
    exif = Image.Exif()
    exif[0x0112] = 6
    files = {}
    for name, options in FORMATS.items():
        buffer = io.BytesIO()
        kind = {"jpg": "JPEG", "tif": "TIFF"}.get(name.split(".")[-1], name.split(".")[-1])
        image.save(buffer, kind, **options, **({"exif": exif} if kind == "JPEG" else {}))
        files[name] = buffer.getvalue()
    return files


def broken_pictures():
    """Every format cut and with flipped bits, and heads that promise what does not follow."""
    files = {}
    for seed, (kind, data) in enumerate(whole_pictures().items()):
        places = [*_marks(kind, data), *np.linspace(1, len(data) - 1, _CUTS, dtype=int).tolist()]
        parts = (
            _cut(data, places) | dict(_flipped(data, seed)) | dict(_flipped(data, seed, last=64))
        )
        parts["twice"] = data + data
        parts["tail of another"] = data[: len(data) // 2] + bytes(len(data))
        files |= {f"{kind}: {name}": part for name, part in parts.items()}
    return files | _odd_pictures()


def _marks(kind, data):
    """Where the chunks of a PNG or the segments of a JPEG begin."""
    if kind == "png":
        place = 8
        while place < len(data):
            yield from (place, place + 4, place + 8)
            place += 12 + int.from_bytes(data[place : place + 4], "big")
    elif kind.endswith("jpg"):
        yield from (at for at in range(len(data) - 1) if data[at] == 0xFF and data[at + 1])


def png(width, height, depth=8, colour=2, pixels=b"", extra=b""):
    """A PNG whose head says anything one likes."""
    head = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0)
    chunks = _chunk(b"IHDR", head) + extra + _chunk(b"IDAT", pixels) + _chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + chunks


def _chunk(kind, data):
    checked = kind + data
    return struct.pack(">I", len(data)) + checked + struct.pack(">I", zlib.crc32(checked))


def _odd_pictures():
    bomb = zlib.compress(bytes(2**26), 9)
    files = {
        "png: zero wide": png(0, 5),
        "png: zero high": png(5, 0),
        "png: no such depth": png(4, 4, depth=7),
        "png: no such colours": png(4, 4, colour=5),
        "png: palette without colours": png(4, 4, colour=3, pixels=zlib.compress(bytes(20))),
        "png: more pixels than said": png(2, 2, pixels=bomb),
        "png: text that unpacks to 64 MB": png(2, 2, extra=_chunk(b"zTXt", b"a\0\0" + bomb)),
        "png: profile that unpacks to 64 MB": png(2, 2, extra=_chunk(b"iCCP", b"a\0\0" + bomb)),
        "png: no chunk but the last": b"\x89PNG\r\n\x1a\n" + _chunk(b"IEND", b""),
        "tif: directory that names itself": b"II*\0" + struct.pack("<IHI", 8, 0, 8),
        "tif: directory of 65535 entries": b"II*\0" + struct.pack("<IH", 8, 65535),
        "gif: no frame": b"GIF89a" + struct.pack("<HHBBB", 5, 5, 0, 0, 0) + b";",
        "webp: no frame": b"RIFF" + struct.pack("<I", 4) + b"WEBP",
        "jpg: begin and end": b"\xff\xd8\xff\xd9",
    }
    buffer = io.BytesIO()
    Image.fromarray(np.full((4, 4), np.nan, np.float32)).save(buffer, "TIFF")
    files["tif: NaN"] = buffer.getvalue()
    return files


_GIF_FRAME = b"," + struct.pack("<HHHHB", 0, 0, 65535, 65535, 0) + b"\x08\x02\x44\x01\0;"


def giant_pictures():
    """A few bytes that claim more pixels than anybody opens: name -> (bytes, the size to name)."""
    return {
        "png": (png(100_000, 100_000), "100000 x 100000"),
        "png of 2^31": (png(_GIANT, _GIANT), ""),
        "png of 81 million": (png(9000, 9000), "9000 x 9000"),
        "png of 160 million": (png(20_000, 8000), "20000 x 8000"),
        "gif": (
            b"GIF89a" + struct.pack("<HHBBB", 65535, 65535, 0, 0, 0) + _GIF_FRAME,
            "65535 x 65535",
        ),
        "bmp": (_bmp(60_000, 60_000), "60000 x 60000"),
        "bmp of 2^31": (_bmp(_GIANT, _GIANT), ""),
        "jpg": (
            b"\xff\xd8\xff\xc0\0\x11\x08\xff\xff\xff\xff\x03" + bytes(9) + b"\xff\xda\0\2",
            "65535 x 65535",
        ),
        "tif": (_tif(90_000, 90_000), "90000 x 90000"),
        "webp": (_webp(16_383, 16_383), ""),  # its decoder may be the first to refuse
    }


def _bmp(width, height):
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, 24, 0, 0, 1, 1, 0, 0)
    return b"BM" + struct.pack("<IHHI", 54, 0, 0, 54) + head


def _tif(width, height):
    values = {256: width, 257: height, 258: 8, 259: 1, 262: 1, 273: 8, 277: 1, 278: height, 279: 9}
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in values.items())
    return b"II*\0" + struct.pack("<IH", 8, len(values)) + entries + bytes(4)


def _webp(width, height):
    bits = (width - 1) | (height - 1) << 14
    body = b"VP8L" + struct.pack("<IBI", 5, 0x2F, bits) + b"\0"
    return b"RIFF" + struct.pack("<I", 4 + len(body)) + b"WEBP" + body


# --- networks -------------------------------------------------------------------------------------


def tag_places(data, start=128, end=None):
    """Where every element of a plain MATLAB 5 file begins, at every depth."""
    end = len(data) if end is None else end
    while start < end:
        yield start
        word, length = struct.unpack_from("<II", data, start)
        if word == 14:
            yield from tag_places(data, start + 8, start + 8 + length)
        start += 8 if word >> 16 else 8 + length + (-length % 8 if word != 15 else 0)


def packed(data, start=128):
    """The same file as MATLAB writes it by default, every variable packed."""
    parts = [data[:start]]
    while start < len(data):
        length = 8 + struct.unpack_from("<I", data, start + 4)[0]
        body = zlib.compress(data[start : start + length])
        parts += [struct.pack("<II", 15, len(body)), body]
        start += length
    return b"".join(parts)


def broken_networks(whole):
    """A network file cut and with flipped bits, plain and packed."""
    squeezed = packed(whole)
    places = list(tag_places(whole))
    files = _cut(whole, [60, 127, *places])
    for place in places[1::3]:
        body = whole[136:place]
        files[f"first variable ends at {place}"] = (
            whole[:128] + struct.pack("<II", 14, len(body)) + body
        )
    files |= {
        f"packed, {name}": part
        for name, part in _cut(squeezed, np.linspace(128, len(squeezed) - 1, 40, dtype=int)).items()
    }
    files |= {f"plain, {name}": part for name, part in _flipped(whole, 1, 128)}
    files |= {f"head, {name}": part for name, part in _flipped(whole, 2, 128, 1400)}
    files |= {f"packed, {name}": part for name, part in _flipped(squeezed, 3, 128)}
    return files


def _mat(**variables):
    buffer = io.BytesIO()
    savemat(buffer, variables, oned_as="row")
    return buffer.getvalue()


def odd_networks():
    """Whole MATLAB files with something else in them than VGG-19."""
    files = {}
    for name in CONVOLUTION_NAMES:
        for value in (np.nan, np.inf, -np.inf):
            files[f"{value} in {name}"] = _mat(**_network(spoil=(name, value)))
    part = {"name": "conv1_1", "type": "conv"}
    kernel, bias = np.zeros((3, 3, 3, 2), np.float32), np.zeros(2, np.float32)
    weights = {
        "numbers": np.zeros(9),
        "a text": "weights",
        "a struct": {"kernel": kernel, "bias": bias},
        "an empty cell": cell([]),
        "a cell of one": cell([kernel]),
        "a cell of three": cell([kernel, bias, bias]),
        "a cell of texts": cell(["kernel", "bias"]),
        "a cell of cells": cell([cell([kernel]), cell([bias])]),
        "two empty arrays": cell([np.zeros((0, 0)), np.zeros((0, 0))]),
        "complex numbers": cell([kernel * 1j, bias]),
        "a sparse matrix": cell([csc_matrix(np.eye(3)), bias]),
        "a flat kernel": cell([kernel.reshape(9, 6), bias]),
        "a kernel of OIHW order": cell([kernel.transpose(3, 2, 0, 1), bias]),
        "a kernel of HWOI order": cell([kernel.transpose(0, 1, 3, 2), bias]),
        "a kernel of five dimensions": cell([np.zeros((3, 3, 3, 2, 2), np.float32), bias]),
        "a kernel of one channel": cell([kernel[:, :, :1], bias]),
        "too many biases": cell([kernel, np.zeros(7)]),
        "numbers beyond float32": cell([kernel + np.float64(1e300), bias]),
    }
    for name, value in weights.items():
        files[f"weights are {name}"] = _mat(**_network(first={**part, "weights": value}))
    firsts = {"numbers": np.zeros(3), "a text": "conv1_1", "a cell": cell([part]), "nothing": {}}
    firsts |= {"without weights": part, "a number for a name": {"name": 3.0}}
    firsts |= {"a cell for a name": {"name": cell(["conv1_1"])}, "no name": {"name": ""}}
    firsts |= {"two names": {"name": np.array(["conv1_1", "conv1_2"])}}
    firsts |= {"a name of two lines": {"name": "conv1\n_1"}, "a long name": {"name": "c" * 5000}}
    for name, value in firsts.items():
        files[f"first layer is {name}"] = _mat(**_network(first=value))
    means = {
        "a text": "123",
        "empty": np.zeros((0, 3)),
        "grey": np.float32(127),
        "NaN": [np.nan] * 3,
    }
    means |= {
        "huge": [1e30] * 3,
        "negative": [-1.0] * 3,
        "a cell": cell([1.0]),
        "a struct": {"r": 1.0},
    }
    for name, value in means.items():
        files[f"mean is {name}"] = _mat(**_network(mean=value))
    return files | _other_structures()


def _other_structures():
    layers = _network()["layers"]
    whole = layers.reshape(-1).tolist()
    small = [item for item in whole if item["name"][4:] not in ("3_4", "4_4", "5_4")]
    mean = _network()["meta"]
    return {
        "VGG-16": _mat(layers=cell(small), meta=mean),
        "layers backwards": _mat(layers=cell(whole[::-1]), meta=mean),
        "a layer missing": _mat(layers=cell(whole[:7] + whole[8:]), meta=mean),
        "only ten layers": _mat(layers=cell(whole[:10]), meta=mean),
        "no layer": _mat(layers=cell([]), meta=mean),
        "layers are a struct": _mat(layers={"conv1_1": 1.0}, meta=mean),
        "layers are numbers": _mat(layers=np.zeros((43, 3)), meta=mean),
        "layers are a text": _mat(layers="conv1_1", meta=mean),
        "layers are sparse": _mat(layers=csc_matrix(np.eye(4)), meta=mean),
        "layers in cells in cells": _mat(layers=cell([cell([cell(whole)])]), meta=mean),
        "no mean": _mat(layers=layers),
        "mean without structs": _mat(layers=layers, meta=np.zeros(3)),
        "mean without normalization": _mat(layers=layers, meta={"classes": 1.0}),
        "normalization is a cell": _mat(layers=layers, normalization=cell([1.0])),
        "other variables": _mat(x=np.zeros(3), y="text"),
        "no variable": _mat(),
    }


def _network(spoil=None, first=None, mean=None):
    """The variables of a narrow network, something in it changed."""
    kernels, biases = random_weights(NARROW)
    if spoil:
        name, value = spoil
        (biases if np.isnan(value) else kernels)[name].flat[-1] = value
    items = [
        {"name": layer.name, "weights": cell([kernels[layer.name], biases[layer.name]])}
        if isinstance(layer, Convolution)
        else {"name": layer.name}
        for layer in LAYERS
    ]
    items[0] = items[0] if first is None else first
    pixel = MEAN_PIXEL.reshape(1, 1, 3) if mean is None else mean
    return {"layers": cell(items), "meta": {"normalization": {"averageImage": pixel}}}


def element(kind, data, length=None):
    """A tag and its data, padded; the length may be a lie."""
    length = len(data) if length is None else length
    return struct.pack("<II", kind, length & 0xFFFFFFFF) + data + bytes(-len(data) % 8)


def matrix(kind, shape, body=b"", name="", length=None, flags=0):
    """A matrix of any class and shape, whatever its body is."""
    head = element(6, struct.pack("<II", kind | flags, 0))
    head += element(5, struct.pack(f"<{len(shape)}i", *shape)) + element(1, name.encode())
    return element(14, head + body, length)


def _nested(depth):
    inner = b""
    for level in range(depth):
        inner = matrix(1, (1, 1), inner or element(14, b""), "" if level < depth - 1 else "layers")
    return inner


def _packed_zeros(count):
    """Zeros packed a thousandfold without packing each; what stands before must end in a flush."""
    packer, block = zlib.compressobj(9, wbits=-15), 2**24
    return (packer.compress(bytes(block)) + packer.flush(zlib.Z_FULL_FLUSH)) * (count // block)


def _bomb(count):
    """A packed variable `layers` of so many bytes, every one of them zero."""
    packer = zlib.compressobj(9)
    head = matrix(9, (1, count), element(2, b"", count), "layers", 72 + count)
    begin = packer.compress(head) + packer.flush(zlib.Z_FULL_FLUSH)
    return element(15, begin + _packed_zeros(count))


def giant_networks():
    """MATLAB files that claim more memory, parts or depth than there is."""
    header = b"MATLAB 5.0 MAT-file".ljust(124) + b"\0\x01IM"
    number, name = element(9, b"", 0xFFFFFFF8), "layers"
    many = element(14, b"") * 200_000
    fields = element(5, struct.pack("<i", 8)) + element(1, b"abcdefg\0")
    bodies = {
        "an array of 2^31 x 2^31": matrix(6, (_GIANT, _GIANT), number, name),
        "a cell of 2^31": matrix(1, (1, _GIANT), b"", name),
        "a cell of 2^62": matrix(1, (_GIANT, _GIANT), many[:800], name),
        "a cell of 2^930": matrix(1, (_GIANT,) * 30, many[:800], name),
        "a struct of 2^31": matrix(2, (1, _GIANT), fields, name),
        "a text of 2^31": matrix(4, (1, _GIANT), element(16, b"", _GIANT), name),
        "200000 empty cells": matrix(1, (1, 200_000), many, name),
        "less than none": matrix(1, (1, -5), many[:800], name),
        "a shape of one number": matrix(1, (5,), many[:800], name),
        "a struct of nameless fields": matrix(2, (1, 1), element(5, bytes(4)), name),
        "field names of 2^31": matrix(
            2, (1, 1), element(5, struct.pack("<i", _GIANT)) + element(1, b"", _GIANT), name
        ),
        "cells 5000 deep": _nested(5000),
        "an opaque object": matrix(17, (1, 1), b"", name),
        "a function": matrix(16, (1, 1), many[:8], name),
        "an unknown class": matrix(99, (1, 1), many[:8], name),
        "numbers of no type": matrix(6, (1, 1), element(99, bytes(8)), name),
        "a matrix longer than the file": matrix(6, (1, 1), b"", name, 0xFFFFFFF0),
        "a sparse matrix of 2^31": matrix(5, (_GIANT, _GIANT), number, name),
        "packed 1.6 GB": _bomb(100 * 2**24),
        "packed without its beginning": element(15, _packed_zeros(2**24)),
        "packed nothing": element(15, b""),
        "packed in packed": element(15, zlib.compress(element(15, zlib.compress(many)))),
    }
    return {what: header + body for what, body in bodies.items()}
