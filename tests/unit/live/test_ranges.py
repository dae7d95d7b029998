"""Which part of a film is asked for (RFC 9110 §14)."""

import io

import pytest

from storefront.live.ranges import CannotSatisfy, part, wanted


@pytest.mark.parametrize(
    ("header", "span"),
    [
        ("bytes=0-1", (0, 1)),
        ("bytes=0-", (0, 99)),
        ("bytes=90-500", (90, 99)),
        ("bytes=-10", (90, 99)),
        ("bytes=-500", (0, 99)),
        ("Bytes = 5 - 6", (5, 6)),
        ("bytes=6-5", None),
        ("bytes=0-1,4-5", None),
        ("lines=0-1", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
    ],
)
def test_one_part_is_understood_and_anything_else_is_the_whole_film(header: str, span: tuple[int, int] | None) -> None:
    assert wanted(header, 100) == span


@pytest.mark.parametrize("header", ["bytes=100-", "bytes=100-200", "bytes=-0"])
def test_a_part_behind_the_end_cannot_be_had(header: str) -> None:
    with pytest.raises(CannotSatisfy):
        wanted(header, 100)


def test_a_part_is_read_in_pieces_and_the_file_closed() -> None:
    file = io.BytesIO(bytes(range(100)))
    assert b"".join(part(file, 10, 79, 16)) == bytes(range(10, 80))
    assert file.closed
