"""G4: hostile pictures never crash a build, exceed a limit or leave metadata; what a 12-megapixel photo costs."""

import resource
import statistics
import sys
import time
from pathlib import Path

from builder.children import Crew, Died, Limits, Raised
from builder.developing import UnreadablePhoto, developed
from storefront.domain.listings.photo_files import BadPhoto, facts
from storefront.pages.pictures import derivatives_of
from tools.hostile_pictures import SECRET, Case, cases, noisy_photo
from tools.metadata import found_in
from tools.prove.ground import fresh_instance, run
from tools.prove.proof import CannotProve, Proof

MOST_SECONDS = 5.0
MOST_MIB = 1024
JPEG_MS, ALL_MS, ALL_MIB = 130.0, 1200.0, 100.0
FOUR = ("1600", "large", "medium", "thumb")
ROUNDS = 5
_MEASURE = """
import sys, time
from builder.developing import developed
from storefront.pages.pictures import derivatives_of
content = open(sys.argv[1], "rb").read()
wanted = derivatives_of("ab" * 32, 4000, 3000)
if sys.argv[2] == "four":
    wanted = [item for item in wanted if item.format == "jpeg" and item.name in sys.argv[3:]]
for _ in range(ROUNDS + 1):
    began = time.process_time()
    made = developed(content, 4000, 3000, wanted)
    print(1000 * (time.process_time() - began))
print(len(made))
print(max((len(file) for item, file in made if item.name == "720" and item.format == "avif"), default=0))
""".replace("ROUNDS", str(ROUNDS))


def prove(proof: Proof, *, quick: bool) -> None:
    """Hand every hostile file to what judges and develops photos, then measure a photo of 12 megapixels."""
    del quick
    _hostile(proof)
    with fresh_instance() as folder:
        file = folder / "photo.jpg"
        file.write_bytes(noisy_photo())
        proof.figure(f"a photo of 4000 × 3000, {file.stat().st_size / 1e6:.1f} MB")
        _cost(proof, file)


def _hostile(proof: Proof) -> None:
    known = list(cases())
    wrong: list[str] = []
    with Crew(1, _treated, Limits(megabytes=1024, seconds=30)) as crew:
        for case, answer in crew.each(known):
            wrong += [f"{case.name}: {fault}" for fault in _faults(case, answer)]
    refused = sum(case.accepted is False for case in known)
    proof.hold(
        f"{len(known)} hostile files, {refused} refused in words, no crash, nothing but pixels in what was made",
        not wrong, "; ".join(wrong[:5]),
    )  # fmt: skip


def _faults(case: Case, answer: tuple[float, int, list[bytes] | str] | Died | Raised) -> list[str]:
    if isinstance(answer, (Died, Raised)):
        return [str(answer)]
    seconds, peak, made = answer
    faults = [f"{seconds:.1f} s"] if seconds > MOST_SECONDS else []
    faults += [f"{peak} MiB"] if peak > MOST_MIB else []
    if isinstance(made, str):
        return [*faults, f"refused: {made}"] if case.accepted else faults
    if case.accepted is False:
        faults.append("accepted")
    return faults + [f"carries {found_in(file)}" for file in made if found_in(file) or SECRET in file]


def _treated(case: Case) -> tuple[float, int, list[bytes] | str]:
    began = time.process_time()
    try:
        found = facts(case.content)
        wanted = derivatives_of("ab" * 32, found.width, found.height)
        made: list[bytes] | str = [file for _, file in developed(case.content, found.width, found.height, wanted)]
    except (BadPhoto, UnreadablePhoto) as refusal:
        made = str(refusal)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024
    return time.process_time() - began, peak, made


def _cost(proof: Proof, photo: Path) -> None:
    four, _, _, _ = _measured(photo, "four", *FOUR)
    proof.hold(f"4 JPEGs {four:.0f} ms", four <= JPEG_MS, f"4 JPEGs {four:.0f} ms of processor, not {JPEG_MS:.0f}")
    spent, peak, files, lcp = _measured(photo, "all")
    proof.hold(f"all {files} files {spent:.0f} ms", spent <= ALL_MS, f"all files {spent:.0f} ms, not {ALL_MS:.0f}")
    proof.hold(f"{peak:.0f} MiB", peak <= ALL_MIB, f"{peak:.0f} MiB at the peak, not {ALL_MIB:.0f}")
    proof.hold(f"AVIF at 720 px {lcp / 1000:.0f} KB", lcp <= 90_000, f"AVIF at 720 px {lcp / 1000:.0f} KB, not 90")


def _measured(photo: Path, *words: str) -> tuple[float, float, int, int]:
    """Develop a photo in a fresh process: median of processor milliseconds (the first, which loads codecs, apart)."""
    ran = run([sys.executable, "-c", _MEASURE, str(photo), *words])
    if ran.status:
        raise CannotProve(f"a photo cannot be developed: {ran.output[-600:]}")
    *rounds, files, lcp = ran.output.split("\n")[:-1]
    return statistics.median(map(float, rounds[1:])), ran.peak_mib, int(files), int(lcp)
