"""Durable writes: a file appears whole or not at all, and is on the disk before anybody is told.

Every change of a workspace goes through these functions; nothing here knows what the files mean.
"""

from __future__ import annotations

import errno
import hashlib
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from valueviz.errors import StoreError

FULL = {errno.ENOSPC, errno.EDQUOT if hasattr(errno, "EDQUOT") else errno.ENOSPC, errno.EFBIG}
"""What the system says when nothing more fits."""

FORBIDDEN = {errno.EACCES, errno.EPERM, errno.EROFS}
"""What the system says when it does not let us."""

PART = ".part"
"""Ending of files that are being written; whatever carries it may be swept."""

CHUNK = 1 << 20
"""Bytes read at a time while hashing."""


@contextmanager
def disk(folder: Path) -> Iterator[None]:
    """Turns what the system says about a full or closed disk into a refusal.

    Raises:
        StoreError: `disk_full`, `folder_closed`.
    """
    try:
        yield
    except OSError as failure:
        if failure.errno in FULL:
            raise StoreError("disk_full", folder=str(folder)) from failure
        if failure.errno in FORBIDDEN:
            raise StoreError("folder_closed", folder=str(folder), found=failure.strerror) from failure
        raise


@contextmanager
def undone(*paths: Path) -> Iterator[None]:
    """Take files back that were not there before where what follows fails: a refusal leaves nothing behind."""
    fresh = [path for path in paths if not path.exists()]
    try:
        yield
    except (OSError, StoreError):
        for path in fresh:
            path.unlink(missing_ok=True)
        raise


def digest_of(path: Path) -> str:
    """SHA-256 of a file's bytes, in hexadecimal."""
    hasher = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            hasher.update(chunk)
    return hasher.hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Put `content` at `path`: the old file or the new one is there at any moment, never half of one."""
    part = part_of(path)
    try:
        with part.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def adopt(source: Path, path: Path) -> None:
    """Move a finished file to `path`, whole or not at all; across disks it is copied."""
    settle(source)
    try:
        source.replace(path)
    except OSError as failure:
        if failure.errno != errno.EXDEV:
            raise
        copy_whole(source, path)
        return
    sync_folder(path.parent)


def copy_whole(source: Path, path: Path) -> None:
    """Put a copy of `source` at `path`, whole or not at all."""
    part = part_of(path)
    try:
        shutil.copyfile(source, part)
        settle(part)
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def write_stream(path: Path, source: IO[bytes]) -> None:
    """Put what a stream holds at `path`, whole or not at all."""
    part = part_of(path)
    try:
        with part.open("wb") as file:
            shutil.copyfileobj(source, file, CHUNK)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except OSError:
        part.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def append(path: Path, content: bytes) -> int:
    """Add `content` at the end of a file and say how long it was before; on failure it is that long again."""
    with path.open("ab") as file:
        before = file.tell()
        try:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
            if before == 0:
                sync_folder(path.parent)
        except OSError:
            cut(path, before)
            raise
    return before


def cut(path: Path, length: int) -> None:
    """Shorten a file to `length` bytes."""
    os.truncate(path, length)
    settle(path)


def make_folder(path: Path) -> None:
    """Make a folder that only its owner may enter, its parents too, with their entries on the disk."""
    if not path.is_dir():
        make_folder(path.parent)
        path.mkdir(mode=0o700, exist_ok=True)
        sync_folder(path.parent)


def sync_folder(path: Path) -> None:
    """Put the entries of a folder on the disk, where the system has such a call (Windows has none)."""
    if os.name == "nt":
        return
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def settle(path: Path) -> None:
    """Put a file's content on the disk."""
    with path.open("rb+") as file:
        os.fsync(file.fileno())


def part_of(path: Path) -> Path:
    """Where a file is written before it takes its name."""
    return path.with_name(f".{path.name}.{os.getpid()}{PART}")
