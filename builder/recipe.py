"""What every page is drawn with besides the rows it reads, as one digest: code, templates, words, styles, settings.

While it is the same, only rows and days make pages stale, and a worker need not open a site to know that nothing is to
be done. When it changed, each site says by its ingredients which of its pages that concerns.
"""

from functools import cache
from pathlib import Path

import xxhash

from storefront.core.config import Settings
from storefront.pages.ingredients import code_digest


def look_digest(settings: Settings) -> str:
    """Give the digest of what all pages of an installation are drawn with."""
    return xxhash.xxh3_128_hexdigest(f"{code_digest(settings)}\0{_files()}".encode())


@cache
def _files() -> str:
    """Digest templates, words, styles and vocabularies; once a process."""
    import storefront.domain.vehicles
    import themes
    from themes import theme

    digest = xxhash.xxh3_128()
    folders = [Path(next(iter(package.__path__))) for package in (themes, storefront.domain.vehicles)]
    for folder in dict.fromkeys((*folders, theme.ROOT)):
        for file in sorted(folder.rglob("*")):
            if file.is_file() and file.suffix not in (".py", ".pyc"):
                digest.update(file.relative_to(folder).as_posix().encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()
