"""Files that people send: what is taken and shown, what is refused and why, and what the sandbox cannot do."""

from __future__ import annotations

import io
import struct
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path

import psutil
import pytest
import yaml
from PIL import Image, PngImagePlugin
from pypdf import PdfWriter
from pypdf.constants import UserAccessPermissions
from reportlab.pdfgen.canvas import Canvas

from backend.documents.inspection import DOCUMENT_TYPES, PROBLEMS, Inspected, inspect
from backend.documents.recognition import content_type_of
from backend.settings import settings
from backend.store import files
from tests.backend.hostile_parts import (
    FORMATS,
    PAGE,
    drawing,
    elf,
    inflating,
    jar,
    packed_objects,
    page_with,
    pdf,
    picture,
    raw_png,
    saved,
    stream,
    windows,
)  # fmt: skip
from tests.stack import ROOT

TYPES = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp", "HEIF": "image/heic"}
SCRIPT = b"<</S/JavaScript/JS(app.alert(1))>>"
Set = Callable[[str, object], None]


@pytest.fixture(autouse=True)
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("ZELO_DATA_DIR", str(tmp_path))
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


@pytest.fixture
def configure(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, object], None]:
    def set_one(name: str, value: object) -> None:
        monkeypatch.setenv(f"ZELO_{name.upper()}", str(value))
        settings.cache_clear()

    return set_one


def shown(digest: str) -> Image.Image:
    return Image.open(io.BytesIO(files.read(digest)))


def colour(image: Image.Image, across: float, down: float) -> tuple[int, int, int]:
    found = image.convert("RGB").getpixel((int(image.width * across), int(image.height * down)))
    assert isinstance(found, tuple)
    return found[0], found[1], found[2]


def is_red(pixel: tuple[int, int, int]) -> bool:
    return pixel[0] > 150 and max(pixel[1:]) < 110


def encrypted(password: str, content: bytes = b"") -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(content or pdf()))
    writer.encrypt(
        user_password=password, owner_password="dono", permissions_flag=UserAccessPermissions(0), algorithm="AES-256"
    )
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


# --- what is taken -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
async def test_a_picture_is_shown_as_jpeg_and_small(form: str) -> None:
    content = picture(form, (1200, 1800))
    seen = await inspect(content)
    assert seen == Inspected(TYPES[form], len(content), 1, seen.previews, seen.thumbnail)
    (preview,) = seen.previews
    assert shown(preview).format == shown(seen.thumbnail).format == "JPEG"
    assert max(shown(preview).size) == 1600
    assert max(shown(seen.thumbnail).size) == 240
    assert is_red(colour(shown(preview), 0.1, 0.1))


async def test_a_small_picture_is_not_blown_up() -> None:
    seen = await inspect(picture("PNG"))
    assert shown(seen.previews[0]).size == (90, 120)


async def test_a_pdf_shows_its_pages_in_order_and_says_its_text() -> None:
    seen = await inspect(pdf(3))
    assert (seen.content_type, seen.pages, len(seen.previews), seen.problem) == ("application/pdf", 3, 3, "")
    assert seen.text.splitlines() == [f"Comprovante de residência, folha {number}" for number in (1, 2, 3)]
    assert max(shown(seen.previews[0]).size) == 1600
    assert max(shown(seen.thumbnail).size) == 240
    assert len(set(seen.previews)) == 3


async def test_of_a_long_pdf_the_first_pages_are_shown(configure: Set) -> None:
    configure("document_preview_pages", 2)
    seen = await inspect(pdf(5))
    assert (seen.pages, len(seen.previews)) == (5, 2)


async def test_of_a_wordy_pdf_so_much_text_is_read_as_tells_what_it_is() -> None:
    seen = await inspect(pdf(10, words="palavra " * 100))
    assert 3900 < len(seen.text) <= 4000


async def test_what_people_typed_into_a_form_is_shown() -> None:
    def form(value: str) -> bytes:
        written = io.BytesIO()
        canvas = Canvas(written)
        canvas.acroForm.textfield(name="nome", value=value, x=72, y=600, width=300, height=40, borderWidth=0)
        canvas.showPage()
        canvas.save()
        return written.getvalue()

    empty, filled = await inspect(form("")), await inspect(form("MMMMMMMM"))
    assert filled.problem == ""
    assert filled.previews != empty.previews


async def test_a_pdf_that_starts_late_is_a_pdf() -> None:
    assert (await inspect(b"\r\n" * 200 + pdf())).problem == ""


async def test_a_pdf_that_opens_without_a_password_is_read() -> None:
    seen = await inspect(encrypted(""))
    assert (seen.problem, len(seen.previews)) == ("", 1)
    assert "Comprovante" in seen.text


async def test_a_pdf_that_opens_at_a_page_is_ordinary() -> None:
    jump = page_with(catalog=b"/OpenAction[3 0 R/Fit]/AcroForm<</Fields[]>>")
    assert (await inspect(jump)).problem == ""


async def test_a_photograph_with_the_short_film_that_phones_add_is_a_photograph() -> None:
    film = b"\0\0\0\x18ftypmp42\0\0\0\0mp42isom" + bytes(2000)
    assert (await inspect(picture("JPEG") + film)).problem == ""


async def test_an_invoice_that_brings_its_own_xml_is_ordinary() -> None:
    xml = stream(b"<nfeProc/>", b"/Type/EmbeddedFile/Subtype/text#2Fxml", packed=True)
    invoice = page_with(
        catalog=b"/Names<</EmbeddedFiles<</Names[(nfe.xml)5 0 R]>>>>",
        others={5: b"<</Type/Filespec/F(nfe.xml)/UF(nfe.xml)/EF<</F 6 0 R>>>>", 6: xml},
    )
    assert (await inspect(invoice)).problem == ""


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
async def test_pictures_of_every_kind_of_pixel_are_shown(mode: str) -> None:
    image = (
        drawing().convert("L").point(lambda v: v * 257, "I").convert("I;16") if mode == "I;16" else drawing(mode=mode)
    )
    seen = await inspect(saved(image, "PNG"))
    light, dark = colour(shown(seen.previews[0]), 0.6, 0.05), colour(shown(seen.previews[0]), 0.6, 0.97)
    assert seen.problem == ""
    assert min(light) > 200
    assert max(dark) < 60


async def test_what_can_be_seen_through_is_shown_on_white() -> None:
    seen = await inspect(saved(Image.new("RGBA", (40, 40), (0, 0, 0, 0)), "PNG"))
    assert min(colour(shown(seen.previews[0]), 0.5, 0.5)) > 250


async def test_printers_colours_are_shown() -> None:
    seen = await inspect(picture("JPEG", mode="CMYK"))
    assert is_red(colour(shown(seen.previews[0]), 0.1, 0.1))


# --- upright, and without where it was taken ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("orientation", "corner"),
    [(1, (0, 0)), (2, (1, 0)), (3, (1, 1)), (4, (0, 1)), (5, (0, 0)), (6, (1, 0)), (7, (1, 1)), (8, (0, 1))],
)
async def test_a_photograph_is_shown_as_it_was_held(orientation: int, corner: tuple[int, int]) -> None:
    exif = Image.Exif()
    exif[0x0112] = orientation
    seen = await inspect(saved(drawing(), "JPEG", exif=exif))
    preview = shown(seen.previews[0])
    assert preview.size == ((120, 90) if orientation > 4 else (90, 120))
    assert is_red(colour(preview, *(0.92 if side else 0.08 for side in corner)))


@pytest.mark.parametrize("form", FORMATS)
async def test_place_camera_and_comments_are_left_behind(form: str) -> None:
    exif = Image.Exif()
    exif[0x010F] = "Camera of somebody"
    exif.get_ifd(0x8825).update({1: "S", 2: (2.0, 31.0, 48.0), 3: "W", 4: (44.0, 18.0, 10.0)})
    options: dict[str, object] = {"exif": exif}
    if form == "JPEG":
        options["comment"] = "Comment of somebody"
    if form == "PNG":
        options["pnginfo"] = PngImagePlugin.PngInfo()
        options["pnginfo"].add_text("Comment", "Comment of somebody")
    content = saved(drawing(), form, **options)
    assert b"somebody" in content
    seen = await inspect(content)
    for digest in (*seen.previews, seen.thumbnail):
        assert b"somebody" not in files.read(digest)
        assert not shown(digest).getexif()
        assert not {"exif", "comment", "icc_profile", "xmp"}.intersection(shown(digest).info)


async def test_a_camera_that_writes_nonsense_still_gives_a_photograph() -> None:
    content = saved(drawing(), "JPEG", exif=b"Exif\0\0II*\0" + struct.pack("<IH", 8, 900) + b"\xff" * 60)
    assert (await inspect(content)).problem == ""


# --- what is refused ---------------------------------------------------------------------------------------------

REFUSED = {
    "empty": b"",
    "not a picture": b"Segue o meu comprovante",
    "a page": PAGE,
    "a program": windows(),
    "a script": b"#!/bin/sh\nrm -r ~\n",
    "an archive": jar(),
    "a picture that moves": saved(drawing(), "GIF"),
    "AVIF": picture("AVIF"),
    "a photograph with an archive behind it": picture("JPEG") + jar(),
    "a photograph with a page inside": saved(drawing(), "JPEG", comment=PAGE),
    "a photograph that is a PDF too": saved(drawing(), "JPEG", comment=pdf()[:200]),
    "a PDF with an archive behind it": pdf() + jar(),
    "a PDF with a program behind it": pdf() + elf(),
    "a program with a PDF behind it": elf() + pdf(),
    "half a photograph": picture("JPEG", (900, 900))[:4000],
    "half a PDF": b"%PDF-1.7\n" + bytes(range(256)),
    "too many pages": pdf(41),
    "too many pixels": raw_png(9000, 9000, inflating(1)),
    "too long a side": raw_png(20_000, 10, inflating(1)),
    "a password": encrypted("segredo"),
    "a script when it opens": page_with(catalog=b"/OpenAction" + SCRIPT),
    "a script in a packed dictionary": packed_objects({
        1: b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>", 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>", 4: SCRIPT,
    }),
    "a script written in codes": page_with(catalog=b"/OpenAction" + SCRIPT.replace(b"/JavaScript", b"/J#61vaScript")),
    "a program that it starts": page_with(catalog=b"/OpenAction<</S/Launch/F(calc.exe)>>"),
    "a program that it brings": page_with(
        catalog=b"/Names<</EmbeddedFiles<</Names[(a)5 0 R]>>>>",
        others={5: b"<</Type/Filespec/F(a)/UF(a)/EF<</F 6 0 R>>>>", 6: stream(windows(), b"/Type/EmbeddedFile", packed=True)},
    ),
    "a program by its name": page_with(
        catalog=b"/Names<</EmbeddedFiles<</Names[(a)5 0 R]>>>>",
        others={5: b"<</Type/Filespec/F(a.bat)/UF(a.bat)/EF<</F 6 0 R>>>>", 6: stream(b"del *.*", b"/Type/EmbeddedFile")},
    ),
}  # fmt: skip
WHY = {
    "empty": "empty", "not a picture": "wrong_type", "a page": "wrong_type", "a program": "executable",
    "a script": "executable", "an archive": "wrong_type", "a picture that moves": "wrong_type", "AVIF": "wrong_type",
    "a photograph with an archive behind it": "hidden_content", "a photograph with a page inside": "hidden_content",
    "a photograph that is a PDF too": "hidden_content", "a PDF with an archive behind it": "hidden_content",
    "a PDF with a program behind it": "executable", "a program with a PDF behind it": "executable",
    "half a photograph": "unreadable", "half a PDF": "unreadable", "too many pages": "too_many_pages",
    "too many pixels": "too_many_pixels", "too long a side": "too_many_pixels", "a password": "encrypted",
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
async def test_what_cannot_be_taken_says_why_and_shows_nothing(what: str) -> None:
    seen = await inspect(REFUSED[what])
    assert seen.problem == WHY.get(what, "active_content")
    assert (seen.size, seen.pages, seen.previews, seen.thumbnail, seen.text) == (len(REFUSED[what]), 0, (), "", "")


async def test_a_file_that_is_larger_than_whatsapps_is_not_opened(configure: Set) -> None:
    configure("media_max_bytes", 1000)
    seen = await inspect(pdf())
    assert (seen.problem, seen.content_type) == ("too_large", "application/pdf")


async def test_a_file_that_takes_too_long_is_given_up_and_nothing_of_it_goes_on(
    configure: Set, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "folders"))
    (tmp_path / "folders").mkdir()
    configure("inspection_seconds", 0.01)
    assert (await inspect(pdf())).problem == "timeout"
    assert list((tmp_path / "folders").iterdir()) == []
    assert [
        child for child in psutil.Process().children() if "backend.documents.sandbox" in " ".join(child.cmdline())
    ] == []


async def test_a_file_that_needs_too_much_memory_is_unreadable(configure: Set) -> None:
    largest = raw_png(7000, 7000, inflating(188), colour=6)
    assert (await inspect(largest)).problem == ""
    configure("inspection_memory_mb", 256)
    assert (await inspect(largest)).problem == "unreadable"


def test_every_problem_has_its_sentence() -> None:
    responses = yaml.safe_load((ROOT / "data" / "responses" / "documents.yml").read_text())["responses"]
    start = "utter_document_problem_"
    assert {name.removeprefix(start) for name in responses if name.startswith(start)} == PROBLEMS


# --- what it is, from the bytes alone ----------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_the_type_is_the_bytes(form: str) -> None:
    assert content_type_of(picture(form)) == TYPES[form]
    assert TYPES[form] in DOCUMENT_TYPES


def test_a_heif_of_another_codec_is_named_so() -> None:
    content = picture("HEIF").replace(b"ftypheic", b"ftypmif1", 1)
    start = int.from_bytes(content[:4], "big")
    assert content_type_of(b"\0\0\0\x18ftypmif1\0\0\0\0mif1miaf" + content[start:]) == "image/heif"
    assert content_type_of(b"\0\0\0\x18ftypmif1\0\0\0\0mif1avif" + content[start:]) not in DOCUMENT_TYPES


# --- the sandbox -------------------------------------------------------------------------------------------------

CONFINED = """
import os, resource, socket, sys
sys.path += sys.argv[1:]
from backend.documents.sandbox.limits import Limits, confine
confine(Limits(40, 1, 1, 1, 1, 1, 1, 5, 512), threads=True)
tries = {
    "read": lambda: open("/etc/hostname"), "socket": socket.socket, "pipe": os.pipe,
    "raise": lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (9, 9)), "root": lambda: os.setuid(0) or os.getuid() or 1 / 0,
}
for name, attempt in tries.items():
    try:
        attempt()
        print(name, "works")
    except (OSError, ValueError):
        print(name, "fails")
"""


def test_a_confined_process_opens_no_file_no_socket_and_no_pipe_and_cannot_free_itself() -> None:
    run = subprocess.run(
        [sys.executable, "-I", "-S", "-c", CONFINED, str(ROOT)], stdout=subprocess.PIPE, text=True, check=True
    )
    assert run.stdout.split() == [
        "read",
        "fails",
        "socket",
        "fails",
        "pipe",
        "fails",
        "raise",
        "fails",
        "root",
        "fails",
    ]


def test_the_sandbox_loads_nothing_of_the_service() -> None:
    program = "import sys; from backend.documents.sandbox import main, pdfs, pictures; print(*sys.modules)"
    run = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)
    loaded = set(run.stdout.split())
    assert not {"pydantic", "sqlalchemy", "backend.settings", "backend.store", "asyncio"} & loaded
