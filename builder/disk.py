"""The file operations of the builder, one function each: what a full or failing disk can interrupt (SECURITY E2).

Callers say `disk.link(…)`, so that a test can let the n-th operation of a publish fail. Nothing here ever opens an
existing file for writing: a file is written under a new name and renamed, or linked, because trees and content store
share inodes (`trees.py`).
"""

import ctypes
import errno
import os
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

SINGLE = 200
"""Up to so many files and folders are made durable one by one; more are flushed with their file system at once."""
_ALONE, _TOGETHER = 3, 8
"""From so many on, so many at a time: a journal that is written once for all who wait costs each an eighth."""
Place = str | Path
"""Where tens of thousands of files are handled, their names are plain strings."""
_CANNOT_LINK = (errno.EMLINK, errno.EXDEV, errno.EPERM, errno.ENOTSUP)


def write(path: Place, content: bytes, mode: int = 0o444) -> None:
    """Write a new file, in one call: who finds it in its full size finds all of it.

    Raises:
        OSError: it exists already, or the disk refused; what was written so far is removed.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        rest = memoryview(content)
        while rest:
            rest = rest[os.write(handle, rest) :]
    except BaseException:
        os.unlink(path)
        raise
    finally:
        os.close(handle)


def link(source: Place, target: Place) -> None:
    """Give a file a second name; where the file system has no more links for it (65,000 on ext4), copy it."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
        shutil.copyfile(source, target)
        os.chmod(target, 0o444)


def replace(source: Place, target: Place) -> None:
    """Rename over whatever has the target's name."""
    os.replace(source, target)


def remove(path: Place) -> None:
    """Remove a file; one that is not there is fine."""
    with suppress(FileNotFoundError):
        os.unlink(path)


def make_folder(path: Place) -> None:
    """Make a folder and those above it."""
    os.makedirs(path, exist_ok=True)


def enter_folder(path: Place) -> bool:
    """Make a folder in one that is there; tells whether it is new."""
    try:
        os.mkdir(path)
    except FileExistsError:
        return False
    return True


def remove_folder(path: Place) -> bool:
    """Remove a folder when it is empty; tells whether it was."""
    try:
        os.rmdir(path)
    except FileNotFoundError:
        return True
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return False
        raise
    return True


def remove_tree(path: Place) -> None:
    """Remove a folder with all that is in it; one that is not there is fine."""
    if os.path.exists(path):
        shutil.rmtree(path)


def point(name: Path, target: str) -> None:
    """Let a relative symlink point to something else, in one atomic step."""
    beside = name.with_name(f".{name.name}.{os.getpid()}")
    beside.unlink(missing_ok=True)
    os.symlink(target, beside)
    try:
        os.replace(beside, name)
    finally:
        beside.unlink(missing_ok=True)


def sync(path: Place) -> None:
    """Make a file, or the names in a folder, durable."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_all(paths: Iterable[Place], within: Place) -> None:
    """Make many files and folders durable: each for itself when they are few, else their file system as a whole.

    Args:
        paths: files and folders.
        within: a folder on the same file system.
    """
    known = list(dict.fromkeys(paths))
    if len(known) > SINGLE:
        flush(within)
    elif len(known) < _ALONE:
        for path in known:
            sync(path)
    else:
        with ThreadPoolExecutor(_TOGETHER) as hands:
            for _ in hands.map(sync, known):
                pass


def flush(folder: Place) -> None:
    """Make everything on a folder's file system durable."""
    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if syncfs is None:
        os.sync()
        return
    handle = os.open(folder, os.O_RDONLY | os.O_CLOEXEC)
    try:
        if syncfs(handle) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number), str(folder))
    finally:
        os.close(handle)


def room(folder: Place) -> int:
    """Give the bytes that are free where a folder lies, for whoever runs this."""
    found = os.statvfs(folder)
    return found.f_bavail * found.f_frsize


def write_over(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a small file of ours so that a reader finds the old or the new one, whole; it is not durable yet."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    remove(beside)
    write(beside, content, mode)
    try:
        replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)


def write_durable(path: Path, content: bytes, mode: int = 0o644) -> None:
    """Write a small file of ours (manifest, state) so that after a crash it is the old or the new one, whole."""
    beside = path.with_name(f".{path.name}.{os.getpid()}")
    remove(beside)
    write(beside, content, mode)
    try:
        sync(beside)
        replace(beside, path)
    finally:
        beside.unlink(missing_ok=True)
    sync(path.parent)
