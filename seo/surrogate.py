"""By which words a CDN can purge an answer: surrogate keys, made of a file's name alone (`Cache-Tag`, `Surrogate-Key`).

Pure: what answers a file sends `header_value(host, path)`, what purges names the same words. The patterns are written
so that rules of a web server can use them as they stand.
"""

import re

CAR = r"(?:[a-z]{2}(?:-[A-Z]{2})?/)?vehicles/(?:[a-z0-9-]*-)?([0-9a-z]{13})/index\.html"
"""Page of a car; the group is its public id."""
LIST = r"((?:[a-z]{2}(?:-[A-Z]{2})?/)?vehicles/(?:[^/]+/)*?)(?:page-[0-9]+/)?index\.html"
"""Front or older page of a list, where it is no car's; the group is the front's address without the first slash."""
ASSETS = ("a/", "i/", "m/")
"""Folders of what is named by its content: styles, scripts, pictures, films."""
_CAR, _LIST = re.compile(CAR), re.compile(LIST)


def host_key(host: str) -> str:
    """Name everything of a host."""
    return f"host:{host}"


def car_of(path: str) -> str | None:
    """Give the public id of the car whose page a file is.

    Args:
        path: inside the tree: `vehicles/vw-golf-0123456789abc/index.html`.
    """
    found = _CAR.fullmatch(path)
    return found[1] if found else None


def keys_of(host: str, path: str) -> tuple[str, ...]:
    """Give the keys of a file: its host's, and that of its car, of its list, or of all assets.

    No key has a blank or a comma, so that they may stand in either header. `host:h`, `host:h/car:ID`,
    `host:h/list:vehicles/bmw/`, `host:h/asset`.

    Args:
        host: the site's.
        path: inside the tree.
    """
    whole = host_key(host)
    if path.startswith(ASSETS):
        return whole, f"{whole}/asset"
    if (car := car_of(path)) is not None:
        return whole, f"{whole}/car:{car}"
    if found := _LIST.fullmatch(path):
        return whole, f"{whole}/list:{found[1]}"
    return (whole,)


def header_value(host: str, path: str, *, separator: str = ",") -> str:
    """Give what the header says: keys with commas for `Cache-Tag`, with blanks for `Surrogate-Key`."""
    return separator.join(keys_of(host, path))
