"""What the process may still do once it is confined: compute for a while, within its memory, and answer."""

from __future__ import annotations

import ctypes
import os
import resource
from dataclasses import dataclass

_NOBODY = 65534
# A bound for the one decoder that works with threads; the kernel counts all threads that the user has.
_THREADS_OF_A_USER = 4096
# linux/landlock.h, the same numbers on every architecture.
_CREATE_RULESET, _RESTRICT_SELF = 444, 446
_EVERY_ACCESS_TO_FILES = (1 << 13) - 1
_NO_NEW_PRIVILEGES = 38  # linux/prctl.h


class Refused(Exception):
    """The file is refused; `code` is one of backend.documents.inspection.PROBLEMS."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Limits:
    """What one file may cost: pages, pixels, processor seconds, MB of address space; how much of it is shown."""

    max_pages: int
    max_pixels: int
    max_side: int
    preview_pages: int
    preview_side: int
    thumbnail_side: int
    text_characters: int
    seconds: int
    memory_mb: int


@dataclass(frozen=True, slots=True)
class Rendering:
    """What was seen: number of pages, pages as JPEGs, the thumbnail last, and the text of the first ones."""

    pages: int
    pictures: tuple[bytes, ...]
    text: str = ""


def confine(limits: Limits, *, threads: bool = False) -> None:
    """Takes from this process, for good, what a program inside a file would need.

    No descriptor can be opened any more, so neither a file nor a socket: everything that will be needed is imported
    before. Where the kernel knows Landlock no program can be started either. Nothing of it can be taken back: no
    privilege is left. `threads` leaves those to the HEIC decoder, which cannot do without.
    """
    memory = limits.memory_mb * 1024 * 1024
    _limit(resource.RLIMIT_CORE, 0)
    _limit(resource.RLIMIT_FSIZE, 0)
    _limit(resource.RLIMIT_AS, memory)
    _limit(resource.RLIMIT_CPU, limits.seconds)
    if os.getuid() == 0:  # root stands above limits
        os.setgroups([])
        os.setgid(_NOBODY)
        os.setuid(_NOBODY)
    _lock_files()
    _limit(resource.RLIMIT_NPROC, _THREADS_OF_A_USER if threads else 0)
    _limit(resource.RLIMIT_NOFILE, 0)


def _limit(which: int, value: int) -> None:
    hard = resource.getrlimit(which)[1]
    if hard != resource.RLIM_INFINITY:
        value = min(value, hard)
    resource.setrlimit(which, (value, value))


def _lock_files() -> None:
    """Landlock without a rule: no file can be opened, written, removed or run. Older kernels do without."""
    kernel = ctypes.CDLL(None)
    kernel.prctl(_NO_NEW_PRIVILEGES, 1, 0, 0, 0)
    handled = ctypes.c_uint64(_EVERY_ACCESS_TO_FILES)
    rules = kernel.syscall(_CREATE_RULESET, ctypes.byref(handled), ctypes.c_size_t(ctypes.sizeof(handled)), 0)
    if rules >= 0:
        kernel.syscall(_RESTRICT_SELF, rules, 0)
        os.close(rules)
