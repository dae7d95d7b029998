"""Compressed copies of text files, quick before the switch (SEO.md §15); the best quality is a background matter."""

import zlib

import brotli

ENCODINGS = ("br", "gz")
MINIMUM = 1024
"""Bytes from which a compressed copy is made."""
BROTLI_QUALITY = 5
BEST_QUALITY = 11
"""Of styles and scripts: a tenth of a second once per theme and settings, a tenth less on every first visit."""
BROTLI_WINDOW = 16
WIDEST_WINDOW = 22
"""What every browser takes; the best copies of a large file look back as far as the file is long."""
LARGE = 1 << 20
"""From so many bytes on the best quality takes tens of seconds and wins next to nothing."""
LARGE_QUALITY = 9
GZIP_LEVEL = 6
BEST_GZIP_LEVEL = 9
_TEXT = (".html", ".css", ".js", ".json", ".xml", ".txt", ".svg", ".webmanifest", ".rss", ".map", ".csv", ".tsv")


def is_text(path: str) -> bool:
    """Ask whether a file of that name is text that browsers take compressed."""
    return path.endswith(_TEXT)


def lasts(path: str) -> bool:
    """Ask whether a file of that name is made once and served for months, so that the best quality pays."""
    return path.endswith((".css", ".js"))


def compressed(content: bytes, encoding: str, *, best: bool = False) -> bytes:
    """Compress a content; the same bytes always give the same bytes.

    Args:
        content: what to compress.
        encoding: `br` or `gz`.
        best: take the time for the smallest.
    """
    if encoding == "br":
        return _brotli(content, best)
    if encoding == "gz":
        # wbits 31 writes a gzip frame whose time stamp is 0, unlike the gzip module of older Pythons.
        packer = zlib.compressobj(BEST_GZIP_LEVEL if best else GZIP_LEVEL, zlib.DEFLATED, 31)
        return packer.compress(content) + packer.flush()
    raise ValueError(f"no such encoding: {encoding}")


def _brotli(content: bytes, best: bool) -> bytes:
    quality, window = BROTLI_QUALITY, BROTLI_WINDOW
    if best:
        quality = BEST_QUALITY if len(content) < LARGE else LARGE_QUALITY
        window = min(WIDEST_WINDOW, max(BROTLI_WINDOW, len(content).bit_length()))
    packed: bytes = brotli.compress(content, mode=brotli.MODE_TEXT, quality=quality, lgwin=window)
    return packed
