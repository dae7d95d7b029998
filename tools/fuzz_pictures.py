"""Fuzz what reads strangers' pictures and films: `python -m tools.fuzz_pictures [--seconds N]` (SECURITY E14).

Files of every kind are cut, joined, flipped and stretched, and handed to what an upload and a build hand them to, in
children with limits. A child that dies, or an exception that is no refusal, is a finding: the file is kept and named,
and the exit status is 1.
"""

import argparse
import random
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from builder.children import Crew, Died, Limits, Raised
from builder.developing import UnreadablePhoto, developed
from storefront.core.errors import DomainError
from storefront.domain.listings import films
from storefront.domain.listings.photo_files import facts
from storefront.pages.pictures import derivatives_of
from tools.hostile_pictures import cases, scene, written
from tools.metadata import found_in

LIMITS = Limits(megabytes=1024, seconds=30)
LARGEST = 400_000
"""Bytes of a seed; larger ones only slow the fuzzing down."""
_SMALL = ("320", "thumb")
"""What is made of a file that survives: one scaled and one cropped picture."""


def main() -> int:
    """Run from the command line."""
    parser = argparse.ArgumentParser(description="Fuzz what reads pictures and films.")
    parser.add_argument("--seconds", type=float, default=60.0, help="how long (default 60)")
    parser.add_argument("--seed", type=int, default=None, help="of the dice; the time of day by default")
    options = parser.parse_args()
    seed = int(time.time()) if options.seed is None else options.seed
    findings = tried = 0
    with Crew(1, treated, LIMITS) as crew:
        for content in _until(options.seconds, mutants(random.Random(seed))):
            ((_, answer),) = crew.each([content])
            tried += 1
            if isinstance(answer, (Died, Raised)):
                findings += 1
                print(f"{_keep(content)}: {answer}", flush=True)
    print(f"{tried} files, seed {seed}: {findings} findings")
    return 1 if findings else 0


def treated(content: bytes) -> str:
    """Judge a file as an upload does, and make pictures of what passes."""
    if films.sniffed(content) is not None:
        try:
            films.cleaned(content, films.sniffed(content) or "")
        except DomainError as refusal:
            return refusal.message
        return "film"
    try:
        found = facts(content)
        wanted = derivatives_of("ab" * 32, found.width, found.height)
        small = [item for item in wanted if item.name in _SMALL] or wanted[:1]
        made = developed(content, found.width, found.height, small)
    except (DomainError, UnreadablePhoto) as refusal:
        return str(refusal)
    carried = [found_in(file) for _, file in made]
    if any(carried):
        raise AssertionError(f"metadata came out: {carried}")
    return "photo"


def mutants(dice: random.Random) -> Iterator[bytes]:
    """Give ever new files, made of known ones."""
    seeds = [case.content for case in cases() if 16 < len(case.content) < LARGEST]
    seeds += [written(scene(96, 64), kind) for kind in ("JPEG", "PNG", "WEBP")]
    seeds += [b"\0\0\0\x18ftypisom\0\0\2\0isommp42\0\0\0\x18moov\0\0\0\x10udta" + bytes(8) + b"\0\0\0\x08mdat"]
    seeds += [b"\x1a\x45\xdf\xa3\x87\x42\x82\x84webm\x18\x53\x80\x67\x8a\x12\x54\xc3\x67\x85" + bytes(5)]
    while True:
        content = bytearray(dice.choice(seeds))
        for _ in range(dice.choice((1, 1, 2, 4, 16))):
            content = _changed(content, dice, seeds)
        yield bytes(content)


def _changed(content: bytearray, dice: random.Random, seeds: list[bytes]) -> bytearray:
    if not content:
        return bytearray(dice.choice(seeds))
    at = dice.randrange(len(content)) if dice.random() < 0.5 else dice.randrange(min(len(content), 256))
    length = dice.choice((1, 2, 4, 16, 256))
    kind = dice.randrange(6)
    if kind == 0:
        content[at] ^= 1 << dice.randrange(8)
    elif kind == 1:
        content[at : at + length] = dice.randbytes(length)
    elif kind == 2:
        content[at : at + length] = dice.choice((b"\0", b"\xff", b"\x7f", b"\x80")) * length
    elif kind == 3:
        del content[at : at + length]
    elif kind == 4:
        content[at:at] = content[at : at + length] * dice.choice((1, 2, 50))
    else:
        other = dice.choice(seeds)
        content[at:] = other[min(at, len(other)) :]
    return content


def _until(seconds: float, files: Iterator[bytes]) -> Iterator[bytes]:
    end = time.monotonic() + seconds
    for content in files:
        if time.monotonic() > end:
            return
        yield content


def _keep(content: bytes) -> Path:
    with tempfile.NamedTemporaryFile("wb", prefix="fuzz-", suffix=".bin", delete=False) as file:
        file.write(content)
    return Path(file.name)


if __name__ == "__main__":
    sys.exit(main())
