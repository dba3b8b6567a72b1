"""Reads MATLAB 5 files, and believes nothing that the bytes do not bear out.

The layout is that of MathWorks' "MAT-File Format", chapter 1. Every length is checked against what
holds it before memory is asked for, an array larger than any that is wanted is passed over unread,
and nothing in a file is ever executed.
"""

import math
import struct
import zlib
from dataclasses import dataclass

import numpy as np

HEADER_BYTES = 128
MOST_ARRAY_BYTES = 2**26 - 1  # of one array; VGG-19's largest kernel has 9.4e6, its fc6 4.1e8
MOST_KEPT_BYTES = 2**29  # of all arrays together
MOST_UNPACKED_BYTES = 1_200_000_000  # of one variable; VGG-19 in double precision has 1.15e9
MOST_ITEMS, MOST_DEPTH = 100_000, 16

_CHUNK = 2**22  # large, so that a thread which reads seldom asks for the interpreter
_MATRIX, _PACKED = 14, 15
_CELL, _STRUCT, _CHAR, _OPAQUE = 1, 2, 4, 17
_NUMBER_CLASSES = range(6, 16)
_COMPLEX = 0x800  # a bit of the flags
_NUMBERS = {1: "i1", 2: "u1", 3: "i2", 4: "u2", 5: "i4", 6: "u4", 7: "f4", 9: "f8"}
_NUMBERS |= {12: "i8", 13: "u8"}
_TEXTS = {1: "latin-1", 2: "latin-1", 4: "utf-16", 16: "utf-8", 17: "utf-16", 18: "utf-32"}


class Mat5Error(ValueError):
    """The bytes are not those of a MATLAB 5 file, or claim too much; says why."""


@dataclass(frozen=True)
class Cell:
    """A cell array; its items in the order of the file."""

    shape: tuple
    items: list


@dataclass(frozen=True)
class Unread:
    """What was passed over, in words."""

    what: str


def read_mat5(file, names):
    """The variables of some names.

    Args:
        file: an open binary file, seekable, that begins with a MATLAB 5 header.
        names: those wanted; others are passed over.

    Returns:
        dict, name -> ndarray, str, dict (a 1 x 1 struct), Cell, or Unread for anything else.

    Raises:
        Mat5Error: a length, a type or a checksum is wrong, or more is claimed than is allowed.
    """
    size = file.seek(0, 2)
    file.seek(HEADER_BYTES - 2)
    order = "<" if file.read(2) == b"IM" else ">"
    start, found, budget = HEADER_BYTES, {}, _Budget()
    while start < size:
        file.seek(start)
        kind, length = struct.unpack(order + "II", file.read(8).ljust(8, b"\0"))
        start += 8 + length
        if start > size:
            raise Mat5Error("an element is cut short")
        stream = _Stream(file, length, kind == _PACKED)
        reader = _Reader(stream, order, budget)
        if kind == _PACKED:
            kind, length = reader.pair()
        if kind == _MATRIX:
            found |= reader.variable(length, names)
    return found


class _Budget:
    """What a file may still ask for."""

    def __init__(self):
        self._items, self._bytes = MOST_ITEMS, MOST_KEPT_BYTES

    def take(self, items=0, size=0):
        """Count so many parts and bytes kept; raises Mat5Error where that is too much."""
        self._items -= items
        self._bytes -= size
        if self._items < 0 or self._bytes < 0:
            raise Mat5Error("it claims more parts than any network has")


class _Stream:
    """The bytes of one element, unpacked on the way, never more at once than asked for."""

    def __init__(self, file, length, packed):
        self._file, self._left = file, length
        self._unpack = zlib.decompressobj() if packed else None
        self.position = 0

    def read(self, count):
        """The next `count` bytes."""
        parts, missing = [], count
        while missing:
            part = self._some(min(missing, _CHUNK))
            parts.append(part)
            missing -= len(part)
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def skip(self, count):
        while count:
            count -= len(self._some(min(count, _CHUNK)))

    def finish(self):
        """Take what is left; that of a packed element ends in a checksum, which is looked at."""
        while self._unpack and not self._unpack.eof:
            self._some(_CHUNK, may_end=True)

    def _some(self, most, may_end=False):
        """1 to `most` bytes, none at the end if that is allowed."""
        data = self._unpacked(most) if self._unpack else self._packed(most)
        if not data and not (may_end and self._unpack.eof):
            raise Mat5Error("an element is cut short")
        self.position += len(data)
        if self.position > MOST_UNPACKED_BYTES:
            raise Mat5Error(f"a variable claims more than {MOST_UNPACKED_BYTES} bytes")
        return data

    def _packed(self, most):
        data = self._file.read(min(most, self._left))
        self._left -= len(data)
        return data

    def _unpacked(self, most):
        while True:
            packed = self._unpack.unconsumed_tail or self._packed(_CHUNK)
            try:
                data = self._unpack.decompress(packed, most)
            except zlib.error as error:
                raise Mat5Error("a packed part does not unpack") from error
            if data or not packed:
                return data


@dataclass(frozen=True)
class _Head:
    """What a matrix says of itself before its values."""

    kind: int
    is_complex: bool
    shape: tuple
    name: str


class _Reader:
    """Reads the elements of a stream; `end` is always the position where the enclosing one ends."""

    def __init__(self, stream, order, budget):
        self._stream, self._order, self._budget = stream, order, budget

    def variable(self, length, names):
        """{name: value} of a top-level matrix, or {} if its name is not wanted."""
        end = self._stream.position + length
        head = self._head(end)
        if head.name not in names:
            return {}
        value = self._value(head, end, 0)
        self._stream.finish()
        return {head.name: value}

    def pair(self):
        return struct.unpack(self._order + "II", self._stream.read(8))

    def _tag(self, end):
        """(type, length, padding) of the next element; up to four bytes share the tag's own eight.

        The position is then that of the data.
        """
        (word,) = struct.unpack(self._order + "I", self._stream.read(4))
        kind, length = word & 0xFFFF, word >> 16
        padding = 4 - length
        if not length:
            kind = word
            (length,) = struct.unpack(self._order + "I", self._stream.read(4))
            padding = -length % 8
        if padding < 0 or self._stream.position + length > end:
            raise Mat5Error("an element is longer than what holds it")
        return kind, length, padding

    def _data(self, end, types, most):
        """(type, bytes) of the next element, which must be of one of some types."""
        kind, length, padding = self._tag(end)
        if kind not in types or length > most:
            raise Mat5Error(f"{length} bytes of type {kind} in an odd place")
        data = self._stream.read(length)
        self._stream.skip(min(padding, end - self._stream.position))
        return kind, data

    def _head(self, end):
        _, flags = self._data(end, (6,), 8)
        if len(flags) != 8:
            raise Mat5Error("a matrix without its flags")
        (word,) = struct.unpack(self._order + "I", flags[:4])
        if word & 0xFF == _OPAQUE:  # has neither shape nor a name in the usual place
            return _Head(_OPAQUE, False, (), "")
        _, sizes = self._data(end, (5,), 128)
        count = len(sizes) // 4
        shape = struct.unpack(f"{self._order}{count}i", sizes[: 4 * count])
        if count < 2 or min(shape) < 0:
            raise Mat5Error(f"a matrix of shape {shape}")
        _, name = self._data(end, (1, 2, 16), 256)
        return _Head(word & 0xFF, bool(word & _COMPLEX), shape, name.decode("latin-1"))

    def _value(self, head, end, depth):
        if depth > MOST_DEPTH:
            raise Mat5Error(f"cells more than {MOST_DEPTH} deep")
        self._budget.take(items=1)
        if head.kind == _CELL:
            value = self._cell(head, end, depth)
        elif head.kind == _STRUCT:
            value = self._struct(head, end, depth)
        elif head.kind == _CHAR:
            value = self._text(head, end)
        elif head.kind in _NUMBER_CLASSES and not head.is_complex:
            value = self._numbers(head, end)
        else:
            value = Unread("something that is no plain array, text, cell or struct")
        self._stream.skip(end - self._stream.position)
        return value

    def _matrix(self, end, depth):
        """The value of the next element, which must be a matrix; an empty one has no head."""
        kind, length, _ = self._tag(end)
        if kind != _MATRIX:
            raise Mat5Error(f"type {kind} where a matrix should be")
        if not length:
            self._budget.take(items=1)
            return np.empty((0, 0))
        end = self._stream.position + length
        return self._value(self._head(end), end, depth)

    def _cell(self, head, end, depth):
        count = math.prod(head.shape)
        self._budget.take(items=count)
        return Cell(head.shape, [self._matrix(end, depth + 1) for _ in range(count)])

    def _struct(self, head, end, depth):
        if math.prod(head.shape) != 1:
            return Unread(f"a struct of shape {_times(head.shape)}")
        _, width = self._data(end, (5,), 4)
        width = int.from_bytes(width, "little" if self._order == "<" else "big")
        _, text = self._data(end, (1, 2), 2**12)
        if not width or len(text) % width:
            raise Mat5Error("a struct whose field names do not come out even")
        parts = [text[at : at + width] for at in range(0, len(text), width)]
        names = [part.split(b"\0")[0].decode("latin-1") for part in parts]
        if not all(name.isidentifier() for name in names):
            raise Mat5Error("a struct whose field names are none")
        return {name: self._matrix(end, depth + 1) for name in names}

    def _text(self, head, end):
        if head.shape[0] > 1:
            return Unread("several texts")
        kind, data = self._data(end, _TEXTS, 2**20)
        encoding = _TEXTS[kind]
        if encoding in ("utf-16", "utf-32"):
            encoding += "-le" if self._order == "<" else "-be"
        return data.decode(encoding, "replace")

    def _numbers(self, head, end):
        kind, length, _ = self._tag(end)
        if kind not in _NUMBERS:
            raise Mat5Error(f"numbers of type {kind}, which there is not")
        kept = np.dtype(self._order + _NUMBERS[kind])
        if math.prod(head.shape) * kept.itemsize != length:
            raise Mat5Error(f"{length} bytes for an array of shape {_times(head.shape)}")
        if length > MOST_ARRAY_BYTES:
            return Unread(f"an array of shape {_times(head.shape)}, too large to be read,")
        self._budget.take(size=length)
        flat = np.frombuffer(self._stream.read(length), kept)
        return flat.reshape(head.shape, order="F")


def _times(shape):
    return "x".join(map(str, shape))
