"""What bytes give themselves away as: programs, and files that carry another file behind a good beginning. Pure.

Read by the service and by the sandbox alike, so nothing but the standard library is imported here.
"""

from __future__ import annotations

import re

# The first kilobyte decides what a text is; a PDF may also begin that late.
HEAD = 1024

_PROGRAM_STARTS = (
    b"MZ",  # Windows
    b"\x7fELF",  # Linux
    b"\xfe\xed\xfa\xce", b"\xfe\xed\xfa\xcf", b"\xce\xfa\xed\xfe", b"\xcf\xfa\xed\xfe",  # macOS
    b"\xca\xfe\xba\xbe",  # Java, macOS for several processors
    b"dex\n", b"\0asm",  # Android, WebAssembly
    b"L\0\0\0\x01\x14\x02\0",  # a shortcut of Windows
    b"#!/", b"#! /", b"@echo",  # scripts
)  # fmt: skip
_HYPERTEXT_STARTS = (
    b"<!doctype html", b"<html", b"<head", b"<body", b"<script", b"<?php", b"<iframe", b"<svg", b"<!--", b"<meta",
)  # fmt: skip

# Each is so long that a photograph of 16 MB holds it by chance less than once in 100,000 files.
_PROGRAMS = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        rb"PE\0\0(?:\x4c\x01|\x64\x86|\x64\xaa|\xc4\x01)",
        rb"\x7fELF[\x01\x02][\x01\x02]\x01",
        rb"\xcf\xfa\xed\xfe[\x07\x0c]\0\0\x01",
        rb"\xca\xfe\xba\xbe\0\0\0[\x02\x2d-\x45]",
        rb"L\0\0\0\x01\x14\x02\0",
    )
)
_ARCHIVES = tuple(
    re.compile(pattern, re.DOTALL)
    for pattern in (
        rb"PK\x03\x04[\x00-\x3f]\0",
        rb"Rar!\x1a\x07[\0\x01]",
        rb"7z\xbc\xaf\x27\x1c",
        rb"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",  # documents of old Office, installers
        rb"MSCF\0\0\0\0",
    )
)
_HYPERTEXT = (b"<script", b"<html", b"<!doctype html", b"<?php", b"<iframe", b"%pdf-1.", b"%pdf-2.")
_PROGRAM_NAMES = re.compile(
    r"\.(?:exe|com|scr|pif|bat|cmd|ps1|vbs?|vbe|jse?|wsf|hta|lnk|msi|jar|apk|sh|dll|cpl|reg|docm|xlsm|pptm)\W*$",
    re.IGNORECASE,
)


def starts_program(content: bytes) -> bool:
    """True where a machine would run these bytes as they are: programs, class files, shell scripts."""
    head = content[:HEAD].lstrip(b"\xef\xbb\xbf \t\r\n")
    return content.startswith(_PROGRAM_STARTS) or head[:16].lower().startswith(_PROGRAM_STARTS)


def starts_hypertext(content: bytes) -> bool:
    """True where a browser would show these bytes as a page: HTML, SVG, PHP."""
    head = content[:HEAD].lstrip(b"\xef\xbb\xbf \t\r\n").lower()
    if head.startswith(b"<?xml"):
        return b"<svg" in head or b"<html" in head
    return head.startswith(_HYPERTEXT_STARTS)


def carries_program(content: bytes) -> bool:
    """True where a program begins anywhere in these bytes."""
    return any(pattern.search(content) for pattern in _PROGRAMS)


def carries_archive(content: bytes) -> bool:
    """True where an archive, or a document that is one, begins anywhere in these bytes."""
    return any(pattern.search(content) for pattern in _ARCHIVES)


def carries_page(content: bytes) -> bool:
    """True where a picture holds a page of a browser, or a PDF. XMP, which cameras write as XML, is neither."""
    lowered = content.lower()
    return any(mark in lowered for mark in _HYPERTEXT)


def names_program(name: str) -> bool:
    """True for the name of a file that a machine would run, macros of Office included."""
    return bool(_PROGRAM_NAMES.search(name))
