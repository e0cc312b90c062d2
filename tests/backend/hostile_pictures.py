"""Pictures that are larger than they look, and cameras that lie."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from functools import cache

from PIL import Image

from tests.backend.hostile_parts import chunk, drawing, inflating, picture, raw_png, saved

Named = Iterator[tuple[str, bytes]]

SIDES = ((20_000, 20_000), (20_000, 10), (10, 20_000), (65_500, 65_500), (60_000, 1), (1, 60_000), (8000, 8000))


def huge() -> Named:
    """Pictures of 20,000 pixels and more: some real, some that only say so."""
    for width, height in SIDES:
        yield f"PNG {width}x{height}", raw_png(width, height, inflating(1))
        yield f"JPEG {width}x{height}", _jpeg_of(width, height)
        yield f"HEIC {width}x{height}", _heic_of(width, height)
        yield f"WebP {width}x{height}", _webp_of(width, height)
    yield "PNG of 2 billion pixels a side", raw_png(2**31 - 1, 2**31 - 1, inflating(1))
    yield "PNG without width", raw_png(0, 20_000, inflating(1))
    yield "JPEG without height", _jpeg_of(20_000, 0)
    yield "HEIC of 4 billion pixels a side", _heic_of(2**32 - 1, 2**32 - 1)
    yield "HEIC without width", _heic_of(0, 20_000)
    yield "WebP of 16 million pixels a side", _webp_of(2**24, 2**24)
    for depth in (1, 8, 16):
        yield f"PNG whole, {depth} bits", raw_png(20_000, 20_000, inflating(48 * depth), depth=depth)
    yield "JPEG whole", _whole_jpeg(20_000, 2500)
    yield "JPEG whole and long", _whole_jpeg(20_000, 300)
    yield "JPEG whole and progressive", _whole_jpeg(7200, 7200, progressive=True)


def growing() -> Named:
    """Small PNGs that become large, in their pixels and in what stands beside them."""
    pixels = inflating(1)
    for megabytes in (10, 100, 400):
        bomb = inflating(megabytes)
        yield f"{megabytes} MB of pixels for ten", raw_png(10, 10, bomb)
        yield f"a colour profile of {megabytes} MB", raw_png(90, 90, pixels, [chunk(b"iCCP", b"icc\0\0" + bomb)])
        yield f"a packed text of {megabytes} MB", raw_png(90, 90, pixels, [chunk(b"zTXt", b"Comment\0\0" + bomb)])
        yield f"a packed note of {megabytes} MB", raw_png(90, 90, pixels, [chunk(b"iTXt", b"Comment\0\1\0\0\0" + bomb)])
        yield f"{megabytes} MB behind the picture", raw_png(90, 90, pixels) + bomb
    note = chunk(b"zTXt", b"Comment\0\0" + inflating(1))
    yield "a thousand packed texts", raw_png(90, 90, pixels, [note] * 1000)
    yield "100,000 empty chunks", raw_png(90, 90, pixels, [chunk(b"teSt", b"")] * 100_000)
    yield "a chunk of 4 GB", raw_png(90, 90, pixels, [b"\xff\xff\xff\xffteSt"])
    yield "a picture of ten million frames", raw_png(90, 90, pixels, [chunk(b"acTL", struct.pack(">II", 10**7, 0))])
    yield "WebP of 300 frames", saved(drawing(), "WEBP", save_all=True, append_images=[drawing()] * 299, quality=1)


def lying() -> Named:
    """JPEGs whose camera wrote nonsense: lists without end, places outside, an orientation that is none."""
    for count in (1, 200, 65_535):
        entries = struct.pack("<HHII", 0x0112, 3, 2**31 - 1, 2**31 - 1) * min(count, 200)
        yield f"{count} entries outside", _with_exif(struct.pack("<H", count) + entries + struct.pack("<I", 8))
    yield "a list that follows itself", _with_exif(struct.pack("<H", 0) + struct.pack("<I", 8))
    for value in (0, 9, 255, 65_535):
        yield f"orientation {value}", _with_exif(struct.pack("<HHHIHH", 1, 0x0112, 3, 1, value, 0) + bytes(4))
    yield "a place inside the place", _with_exif(struct.pack("<HHHII", 1, 0x8825, 4, 1, 8) + bytes(4))
    yield "nothing", saved(drawing(), "JPEG", exif=b"Exif\0\0")


def _with_exif(directory: bytes) -> bytes:
    return saved(drawing(), "JPEG", exif=b"Exif\0\0II*\0" + struct.pack("<I", 8) + directory)


@cache
def _whole_jpeg(width: int, height: int, *, progressive: bool = False) -> bytes:
    return saved(Image.new("L", (width, height), 200), "JPEG", quality=1, progressive=progressive)


def _jpeg_of(width: int, height: int) -> bytes:
    """A small JPEG whose header names these measures."""
    small = picture("JPEG")
    at = small.index(b"\xff\xc0") + 5
    return small[:at] + struct.pack(">HH", height, width) + small[at + 4 :]


def _heic_of(width: int, height: int) -> bytes:
    """A small HEIC whose every 'ispe' names these measures."""
    small = bytearray(picture("HEIF"))
    at = small.find(b"ispe")
    while at >= 0:
        small[at + 8 : at + 16] = struct.pack(">II", width, height)
        at = small.find(b"ispe", at + 4)
    return bytes(small)


def _webp_of(width: int, height: int) -> bytes:
    """A WebP whose extended header names these measures."""
    small = picture("WEBP")[12:]
    head = b"\0\0\0\0" + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little")
    body = b"WEBPVP8X" + struct.pack("<I", 10) + head + small
    return b"RIFF" + struct.pack("<I", len(body)) + body
