"""Looking for garbage seldom while many pages are made: nearly all that a build makes lives until it ends.

Python looks through all objects that live whenever some more were made; with the mapped classes, the templates and
tens of thousands of pages in memory that takes a fifth of a build.
"""

import atexit
import gc
from collections.abc import Iterator
from contextlib import contextmanager

SELDOM = (200_000, 20, 100)
"""Objects until the youngest are looked through, and how often before the older ones are."""


@contextmanager
def seldom() -> Iterator[None]:
    """Look for garbage seldom inside; cycles are still found, so that memory stays bounded.

    Nor are all pages looked through once more when the process ends: its memory goes as a whole.
    """
    atexit.unregister(gc.freeze)
    atexit.register(gc.freeze)
    before = gc.get_threshold()
    gc.set_threshold(*SELDOM)
    try:
        yield
    finally:
        gc.set_threshold(*before)


@contextmanager
def frozen() -> Iterator[None]:
    """Fork inside: what lives now is left alone, so that children do not copy memory by looking at it."""
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()
