"""Whether a form came back signed electronically: seen, not judged; the desk decides whether it suffices. Pure."""

from __future__ import annotations

import re

_BYTES_SIGNED = re.compile(rb"/ByteRange\s*\[\s*\d+(?:\s+\d+){3}\s*\]")
_SIGNATURE = re.compile(rb"/Type\s*/Sig\b|/SubFilter\s*/(?:adbe\.pkcs7|ETSI\.CAdES|ETSI\.RFC3161)")


def is_signed_electronically(content: bytes) -> bool:
    """Whether a PDF carries a digital signature over its own bytes; who signed, and validly, is not looked at."""
    return content.startswith(b"%PDF") and bool(_BYTES_SIGNED.search(content) and _SIGNATURE.search(content))
