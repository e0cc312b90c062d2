"""PDFs: opened by PDFium without its script engine, the first pages drawn, the text of the first ones read."""

from __future__ import annotations

import codecs

from PIL import Image
from pypdfium2 import PdfDocument, PdfiumError, PdfPage
from pypdfium2 import raw as pdfium
from pypdfium2.version import PDFIUM_INFO

from backend.documents.sandbox.commands import is_active
from backend.documents.sandbox.limits import Limits, Refused, Rendering
from backend.documents.sandbox.pictures import as_jpeg, with_thumbnail

_PASSWORD = (pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY)
# A page smaller than a stamp is not blown up further than printers would.
_LARGEST_SCALE = 300 / 72


def prepare() -> None:
    """Loads what decodes text, before the process is confined; RuntimeError where PDFium could run scripts."""
    codecs.lookup("utf-16-le")
    Image.preinit()
    if {"V8", "XFA"}.intersection(PDFIUM_INFO.flags):
        raise RuntimeError("this build of PDFium runs scripts")


def render(content: bytes, limits: Limits) -> Rendering:
    """The first pages as pictures, and their text. Refused tells why not.

    A file that is encrypted but opens without a password is read as any other.
    """
    try:
        document = PdfDocument(content)
    except PdfiumError as error:
        raise Refused("encrypted" if error.err_code in _PASSWORD else "unreadable") from error
    pages = len(document)
    if pages > limits.max_pages:
        raise Refused("too_many_pages")
    if pages < 1:
        raise Refused("unreadable")
    if is_active(content, document):
        raise Refused("active_content")
    document.init_forms()  # what people typed into a form is drawn too
    return _drawn(document, pages, limits)


def _drawn(document: PdfDocument, pages: int, limits: Limits) -> Rendering:
    pictures: list[bytes] = []
    text = ""
    first: Image.Image | None = None
    for number in range(min(pages, limits.preview_pages)):
        page = document[number]
        image = _picture(page, limits)
        first = first or image.copy()
        pictures.append(as_jpeg(image))
        if len(text) < limits.text_characters:
            text += _text(page, limits.text_characters - len(text))
        page.close()
    assert first is not None
    return Rendering(pages, with_thumbnail(tuple(pictures), first, limits), text.strip())


def _picture(page: PdfPage, limits: Limits) -> Image.Image:
    """The page at most `preview_side` long, whatever measures it claims."""
    width, height = (max(side, 1.0) for side in page.get_size())
    scale = min(limits.preview_side / max(width, height), _LARGEST_SCALE)
    image: Image.Image = page.render(scale=scale, limit_image_cache=True).to_pil()
    return image


def _text(page: PdfPage, most: int) -> str:
    words = page.get_textpage()
    text = str(words.get_text_range(0, min(most, words.count_chars()), errors="replace"))
    words.close()
    return text + "\n"
