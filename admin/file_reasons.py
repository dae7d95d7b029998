"""Why a photo, a film or a tour is refused, in the reader's language.

The rules word their reasons in English (`domain/listings/photo_files.py`, `films.py`, `tours.py`); the sentences are
told apart here and written from the words (`file_reason.…`). One that is not known stays as it is.
"""

import re

from storefront.core.errors import DomainError

from .show import Pen

_NUMBERED = re.compile(r"(?:Photo|Picture) (?P<number>\d+): (?P<rest>.+)", re.DOTALL)
_PATTERNS = tuple(
    (key, re.compile(pattern, re.DOTALL))
    for key, pattern in (
        ("heic", r"Only JPEG, .* This file is HEIC.*"),
        ("heavy", r"Only JPEG, .* 10 MB at most\. This file: (?P<kind>.+), (?P<size>[\d.]+) MB"),
        ("kind", r"Only JPEG, .*\. This file: (?P<kind>.+)"),
        ("empty", r"The file is empty\. .*"),
        ("moving", r"Moving pictures are not allowed.*"),
        ("pixels", r"The picture has (?P<width>\d+) × (?P<height>\d+) pixels; .*"),
        ("broken", r"The picture (?:is|has|cannot).*"),
        ("many", r"A listing has at most (?P<most>\d+) photos; this one has (?P<there>\d+)"),
        ("film", r"(?:Only MP4|The film is damaged).*"),
        ("frames", r"A spin has (?P<low>\d+) to (?P<high>\d+) pictures; this one has (?P<there>\d+)"),
        ("narrow", r"A panorama is at least (?P<low>\d+) pixels wide; this one has (?P<there>\d+)"),
        ("panorama", r"A panorama is twice .*"),
        ("many_tours", r"A listing has at most (?P<most>\d+) tours"),
    )
)


def explain(pen: Pen, error: DomainError) -> str:
    """Write a refusal in the reader's language.

    Args:
        pen: of the reader.
        error: what the act was refused with.
    """
    found = _NUMBERED.fullmatch(error.message)
    if found is not None:
        return pen.t("file_reason.numbered", number=found["number"], reason=_said(pen, found["rest"]))
    said = _said(pen, error.message)
    return said if said != error.message else pen.refusal(error)


def _said(pen: Pen, message: str) -> str:
    for key, pattern in _PATTERNS:
        if (found := pattern.fullmatch(message)) is not None:
            return pen.t(f"file_reason.{key}", **found.groupdict())
    return message
