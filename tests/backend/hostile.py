"""500 files that nobody should send, the same each time (but for the salts of encryption).

`python -m tests.backend.hostile` inspects them all and prints, for each family, what became of them and how long
the slowest took.
"""

from __future__ import annotations

import asyncio
import bz2
import gzip
import io
import lzma
import os
import random
import struct
import sys
import tarfile
import time
import wave
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from tempfile import TemporaryDirectory

from backend.documents.inspection import Inspected, inspect
from backend.settings import settings
from tests.backend import hostile_pdfs, hostile_pictures
from tests.backend.hostile_parts import (
    FORMATS,
    OLE,
    PAGE,
    RAR,
    SEVEN,
    archive,
    chunk,
    drawing,
    elf,
    good,
    jar,
    java,
    mac,
    pdf,
    picture,
    saved,
    windows,
)  # fmt: skip

Named = Iterator[tuple[str, bytes]]
SEED = 20_261_122
NUMBER = 500
# Files of these families are odd rather than dangerous: where they can be opened they are shown.
MAY_BE_SHOWN = frozenset({"pdf_growing", "pdf_odd", "png_growing", "lying_camera", "cut_off", "flipped", "beginnings"})
_AT_ONCE = 2


@dataclass(frozen=True, slots=True)
class Hostile:
    """One file, the family that it belongs to, what it is called in reports."""

    family: str
    name: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of it, after how many seconds."""

    file: Hostile
    seen: Inspected
    seconds: float


def hostile_files() -> list[Hostile]:
    """All of them; what is broken at random fills up to NUMBER."""
    chance = random.Random(SEED)
    families = {
        "two_in_one": two_in_one(), "archives": archives(), "programs": programs(), "pages_of_browsers": hypertext(),
        "office": office(), "sound_and_film": sound_and_film(), "other_pictures": other_pictures(),
        "pdf_active": hostile_pdfs.active(), "pdf_locked": hostile_pdfs.locked(), "pdf_growing": hostile_pdfs.growing(),
        "pdf_odd": hostile_pdfs.odd(), "png_growing": hostile_pictures.growing(), "huge": hostile_pictures.huge(),
        "lying_camera": hostile_pictures.lying(), "beginnings": beginnings(chance), "cut_off": cut_off(),
    }  # fmt: skip
    files = [Hostile(family, name, content) for family, named in families.items() for name, content in named]
    return files + [Hostile("flipped", name, content) for name, content in flipped(chance, NUMBER - len(files))]


def two_in_one() -> Named:
    """A good beginning, and something else behind it, inside it or before it."""
    guests = {
        "ZIP": archive({"a.txt": b"a" * 50}), "stored ZIP": archive({"a.txt": b"a"}, 0), "JAR": jar(), "7z": SEVEN,
        "RAR": RAR, "ELF": elf(), "Windows": windows(), "Mac": mac(), "Java": java(), "old Office": OLE,
    }  # fmt: skip
    for host, content in good().items():
        for guest, hidden in guests.items():
            yield f"{host} + {guest}", content + hidden
    for host in FORMATS:
        yield f"{host} + page", picture(host) + PAGE
        yield f"{host} + PHP", picture(host) + b"<?php system($_GET['c']); ?>"
        yield f"{host} + PDF", picture(host) + pdf()
    yield "JPEG with a page in its comment", saved(drawing(), "JPEG", comment=PAGE)
    yield "JPEG with a script for the shell and an archive", saved(drawing(), "JPEG", comment=b"\n#!/bin/sh\n") + jar()
    yield "PNG with a page in its text", _png_with(chunk(b"tEXt", b"Comment\0" + PAGE))
    yield "PNG with a program in a chunk", _png_with(chunk(b"teSt", windows()))
    yield "JPEG with a PDF in its comment", saved(drawing(), "JPEG", comment=pdf()[:900])
    for name, content in {
        "program": windows(),
        "ELF": elf(),
        "shell": b"#!/bin/sh\nexit\n",
        "page": PAGE,
        "ZIP": archive({"a": b"a"}),
    }.items():
        yield f"{name} before a PDF", content[:900] + b"\n" + pdf()


def _png_with(extra: bytes) -> bytes:
    small = picture("PNG")
    return small[:33] + extra + small[33:]


def archives() -> Named:
    """Archives, some of which grow a thousandfold, one in the other."""
    inner = archive({f"{number}.txt": bytes(4_000_000) for number in range(4)})
    yield "ZIP bomb", inner
    yield "ZIP bombs in a ZIP", archive({f"{number}.zip": inner for number in range(20)})
    yield "ZIP named as a PDF inside", archive({"documento.pdf": pdf()}, 0)
    yield "JAR", jar()
    yield "APK", archive({"AndroidManifest.xml": b"\3\0\x08\0", "classes.dex": b"dex\n035\0"})
    yield "gzip", gzip.compress(bytes(20_000_000), mtime=0)
    yield "bzip2", bz2.compress(bytes(20_000_000))
    yield "xz", lzma.compress(bytes(20_000_000))
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w") as folder:
        folder.addfile(tarfile.TarInfo("../../etc/passwd"), io.BytesIO())
    yield "tar", tar.getvalue()
    yield "RAR", RAR
    yield "7z", SEVEN
    yield "cabinet", b"MSCF\0\0\0\0" + bytes(60)
    yield "empty ZIP", b"PK\5\6" + bytes(18)


def programs() -> Named:
    """What machines run."""
    yield "Windows", windows()
    yield "Linux", elf()
    yield "Mac", mac()
    yield "Mac, old", b"\xfe\xed\xfa\xce" + bytes(80)
    yield "Java", java()
    yield "Android", b"dex\n035\0" + bytes(80)
    yield "WebAssembly", b"\0asm\x01\0\0\0"
    yield "shortcut", b"L\0\0\0\x01\x14\x02\0" + bytes(80)
    yield "batch", b"@echo off\r\ndel *.*\r\n"
    yield "batch, loud", b"@ECHO OFF\r\nformat c:\r\n"
    yield "batch with a mark", b"\xef\xbb\xbf@echo off\r\n"
    for shell in (b"sh", b"bash", b"env python3", b"perl"):
        yield f"script for {shell.decode()}", b"#!/usr/bin/" + shell + b"\nexit\n"
    yield "only two letters", b"MZ"


def hypertext() -> Named:
    """What browsers run."""
    yield "HTML", PAGE
    yield "HTML after spaces", b"\r\n\t  " + PAGE
    yield "HTML with a mark", b"\xef\xbb\xbf" + PAGE
    yield "HTML with a PDF's name", b"<html><!-- %PDF-1.7 -->" + PAGE
    yield "script", b"<script>alert(1)</script>"
    yield "SVG", b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
    yield "SVG as XML", b'<?xml version="1.0"?><svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'
    yield (
        "XML that names itself",
        b'<?xml version="1.0"?><!DOCTYPE a [<!ENTITY a "&b;&b;"><!ENTITY b "&a;">]><a>&a;</a>',
    )
    yield "PHP", b"<?php system('id'); ?>"
    yield "PHP with GIF's name", b"GIF89a<?php system('id'); ?>"
    yield "frame", b"<iframe src=javascript:alert(1)>"
    yield "mail", b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n" + PAGE


def office() -> Named:
    """Documents of offices, with macros and without."""
    for kind, part in (("word", "document"), ("xl", "workbook"), ("ppt", "presentation")):
        for macro in (False, True):
            parts = {"[Content_Types].xml": b"<Types/>", f"{kind}/{part}.xml": b"<a/>"}
            parts |= {f"{kind}/vbaProject.bin": OLE} if macro else {}
            yield f"{kind}{' with macros' if macro else ''}", archive(parts)
    yield "OpenDocument", archive({"mimetype": b"application/vnd.oasis.opendocument.text", "content.xml": b"<a/>"}, 0)
    yield "old Office", OLE
    yield "RTF", b"{\\rtf1\\ansi{\\object\\objocx}}"
    yield "CSV that counts", b"=cmd|'/c calc'!A0,1,2\n"
    yield "PostScript", b"%!PS-Adobe-3.0\n(a) run\n"


def sound_and_film() -> Named:
    """What phones send otherwise."""
    sound = io.BytesIO()
    with wave.open(sound, "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", "none"))
        file.writeframes(bytes(4000))
    yield "WAV", sound.getvalue()
    yield "Ogg", b"OggS\0\x02" + bytes(22) + b"\x01\x13OpusHead\x01\x01"
    yield "MP3", b"ID3\x04\0\0\0\0\0\0" + b"\xff\xfb\x90\0" + bytes(400)
    yield "AMR", b"#!AMR\n" + bytes(100)
    yield "FLAC", b"fLaC\0\0\0\x22" + bytes(34)
    yield "WebM", b"\x1aE\xdf\xa3\x01\0\0\0\0\0\0\x1fB\x86\x81\x01B\x82\x84webm" + bytes(60)
    yield "AVI", b"RIFF\x40\0\0\0AVI LIST" + bytes(60)
    for brand in (b"mp42", b"isom", b"qt  ", b"3gp5", b"M4A ", b"avif", b"avis", b"crx "):
        yield (
            f"film {brand.decode()}",
            struct.pack(">I", 24) + b"ftyp" + brand + b"\0\0\0\0" + brand + b"isom" + bytes(80),
        )


def other_pictures() -> Named:
    """Pictures that are not among those that are taken."""
    for form in ("GIF", "BMP", "TIFF", "ICO", "PPM", "TGA", "AVIF"):
        yield form, picture(form)
    yield "Photoshop", b"8BPS\0\x01" + bytes(60)
    yield "JPEG XL", b"\0\0\0\x0cJXL \x0d\x0a\x87\x0a" + bytes(60)
    yield "JPEG 2000", b"\0\0\0\x0cjP  \x0d\x0a\x87\x0a" + bytes(60)
    yield "GIF and archive", picture("GIF") + jar()


def beginnings(chance: random.Random) -> Named:
    """Nothing, noise, and names without a body."""
    yield "empty", b""
    yield "zeros", bytes(100_000)
    yield "one byte", b"%"
    yield "noise", chance.randbytes(200_000)
    yield "text", b"Segue o comprovante, obrigada"
    for mark in (
        b"%PDF-",
        b"%PDF-1.7\n%%EOF",
        b"\xff\xd8\xff",
        b"\x89PNG\r\n\x1a\n",
        b"RIFF\xff\xff\xff\xffWEBP",
        b"\0\0\0\x18ftypheic\0\0\0\0heicmif1",
    ):
        yield f"{mark[:9]!r} alone", mark
        yield f"{mark[:9]!r} and noise", mark + chance.randbytes(5000)


def cut_off() -> Named:
    """Good files that did not arrive whole."""
    for kind, content in good().items():
        for part in (1, 4, 10, 25, 50, 75, 90, 97, 99):
            yield f"{kind}, {part} of 100", content[: max(len(content) * part // 100, 8)]
        yield f"{kind}, all but a byte", content[:-1]


def flipped(chance: random.Random, number: int) -> Named:
    """Good files of which single bits are wrong."""
    kinds = list(good().items())
    for turn in range(number):
        kind, content = kinds[turn % len(kinds)]
        broken = bytearray(content)
        for _ in range(1 << (turn % 6)):
            broken[chance.randrange(len(broken))] ^= 1 << chance.randrange(8)
        yield f"{kind}, bits wrong, {turn}", bytes(broken)


async def outcomes(files: list[Hostile]) -> list[Outcome]:
    """Inspects them, as many at once as the service would, so that none waits for another."""
    turns = asyncio.Semaphore(_AT_ONCE)

    async def one(file: Hostile) -> Outcome:
        async with turns:
            start = time.perf_counter()
            seen = await inspect(file.content)
            return Outcome(file, seen, time.perf_counter() - start)

    return await asyncio.gather(*map(one, files))


def table(found: list[Outcome]) -> str:
    """Family, number, problems with their numbers, the slowest of the family in milliseconds."""
    lines = [f"{'family':<18} {'files':>5} {'slowest ms':>10}  problems"]
    for family in dict.fromkeys(outcome.file.family for outcome in found):
        own = [outcome for outcome in found if outcome.file.family == family]
        problems = Counter(outcome.seen.problem or "shown" for outcome in own).most_common()
        slowest = max(outcome.seconds for outcome in own) * 1000
        lines.append(
            f"{family:<18} {len(own):>5} {slowest:>10.0f}  {', '.join(f'{what} {count}' for what, count in problems)}"
        )
    return "\n".join(lines)


def main() -> None:
    """Inspects all files and prints the table; what it keeps is thrown away."""
    files = hostile_files()
    start = time.perf_counter()
    with TemporaryDirectory() as folder:
        os.environ |= {"ZELO_DATA_DIR": folder, "ZELO_SIMULATOR": "1"}
        settings.cache_clear()
        found = asyncio.run(outcomes(files))
    sys.stdout.write(f"{table(found)}\n\n{len(found)} files in {time.perf_counter() - start:.0f} s\n")


if __name__ == "__main__":
    main()
