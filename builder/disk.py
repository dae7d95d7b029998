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
from pathlib import Path

SINGLE = 200
"""Up to so many files and folders are made durable one by one; more are flushed with their file system at once."""
_CANNOT_LINK = (errno.EMLINK, errno.EXDEV, errno.EPERM, errno.ENOTSUP)


def write(path: Path, content: bytes, mode: int = 0o444) -> None:
    """Write a new file.

    Raises:
        OSError: it exists already, or the disk refused; what was written so far is removed.
    """
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, mode)
    try:
        with open(handle, "wb", closefd=True) as file:
            file.write(content)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def link(source: Path, target: Path) -> None:
    """Give a file a second name; where the file system has no more links for it (65,000 on ext4), copy it."""
    try:
        os.link(source, target, follow_symlinks=False)
    except OSError as error:
        if error.errno not in _CANNOT_LINK:
            raise
        shutil.copyfile(source, target)
        target.chmod(0o444)


def replace(source: Path, target: Path) -> None:
    """Rename over whatever has the target's name."""
    os.replace(source, target)


def remove(path: Path) -> None:
    """Remove a file; one that is not there is fine."""
    path.unlink(missing_ok=True)


def make_folder(path: Path) -> None:
    """Make a folder and those above it."""
    path.mkdir(parents=True, exist_ok=True)


def remove_folder(path: Path) -> bool:
    """Remove a folder when it is empty; tells whether it was."""
    try:
        path.rmdir()
    except FileNotFoundError:
        return True
    except OSError as error:
        if error.errno in (errno.ENOTEMPTY, errno.EEXIST):
            return False
        raise
    return True


def remove_tree(path: Path) -> None:
    """Remove a folder with all that is in it; one that is not there is fine."""
    if path.exists():
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


def sync(path: Path) -> None:
    """Make a file, or the names in a folder, durable."""
    handle = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def sync_all(paths: Iterable[Path], within: Path) -> None:
    """Make many files and folders durable: each for itself when they are few, else their file system as a whole.

    Args:
        paths: files and folders.
        within: a folder on the same file system.
    """
    known = list(paths)
    if len(known) <= SINGLE:
        for path in known:
            sync(path)
        return
    flush(within)


def flush(folder: Path) -> None:
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
