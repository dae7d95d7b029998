"""Redirects and headers of a host in the words of other web servers: `_redirects`, `_headers`, Caddy, nginx (SPEC 147).

All four are made from the same data (`afterlife.moves_of`): one hop, no loop, every end is there (SEO.md §7). Addresses
that could mean something in one of these languages are left out; the builder makes none.
"""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from seo import headers
from seo.headers import Kind
from seo.redirects import Past
from storefront.core import clock
from storefront.core.config import Settings

from . import afterlife
from .releases import SiteFolder, site_folder

MOST_REDIRECTS = 2000
"""So many lines the narrowest host of `_redirects` files takes; the newest are written."""
GONE = "gone"
"""What Caddy's and nginx's maps say of an address that is gone for good; no address of ours is called so."""
_PLAIN = re.compile(r"(?:https?://[a-z0-9.:-]{1,260})?/[A-Za-z0-9._~/-]{0,600}")


def rules_for(settings: Settings, host: str) -> dict[str, bytes]:
    """Give the rule files of a site that is published to a folder or a bucket: path in it → content.

    Args:
        settings: of the installation.
        host: the site's public host.

    Raises:
        BadPath: it is no host.
    """
    folder = site_folder(settings, host)
    past = afterlife.moves_of(folder).addresses
    languages = languages_of(folder.current)
    return {
        "_redirects": redirects_file(past, languages),
        "_headers": headers_file(languages, policy=policy(settings), transport=transport(settings, folder)),
    }


def redirects_file(past: Mapping[str, Past], languages: Sequence[str] = ()) -> bytes:
    """Write `_redirects`: `FROM TO 301`, newest first, and the page for what is not there in each language.

    Such hosts know no 410; what is gone is not there (404), which search engines treat the same (SEO.md §3).
    """
    newest = sorted(moved(past), key=lambda pair: (-past[pair[0]].since.toordinal(), pair))
    room = MOST_REDIRECTS - len(languages)
    lines = [f"{address} {to} 301" for address, to in newest[:room]]
    lines += [f"/{lang}/* /{lang}/404.html 404" for lang in languages]
    return "".join(f"{line}\n" for line in lines).encode()


def headers_file(languages: Sequence[str], *, policy: str, transport: str = "") -> bytes:
    """Write `_headers`; no two rules give the same header to one address, since such hosts would join them.

    How long pages are kept is left to the host, which knows when it got a new release.

    Args:
        languages: those with a prefix in their addresses.
        policy: the host's content security policy.
        transport: the value of HSTS; empty without HTTPS.
    """
    feeds = ["/robots.txt", "/sitemap.xml", "/sitemaps/*", "/site.webmanifest", "/favicon.ico"]
    rss = ["/rss.xml", *(f"/{lang}/rss.xml" for lang in languages)]
    rules: list[tuple[str, headers.Headers]] = [("/*", headers.security_headers(policy, transport))]
    rules += [(f"/{folder}/*", [("Cache-Control", Kind.NAMED_BY_CONTENT.value)]) for folder in ("a", "i", "m")]
    rules += [(path, [("Cache-Control", Kind.FEED.value)]) for path in feeds]
    rules += [
        (path, [("Cache-Control", Kind.FEED.value), ("Content-Type", headers.content_type(path))])
        for path in (*rss, "/status.json")
    ]
    rules += [
        (f"/{folder}*", [("Cache-Control", headers.kind_of(folder).value), ("X-Robots-Tag", "noindex")])
        for folder in headers.UNLISTED
    ]
    return "".join(_rule(path, given) for path, given in rules).encode()


def _rule(path: str, given: headers.Headers) -> str:
    return "\n".join((path, *(f"  {name}: {value}" for name, value in given), ""))


def caddy_moves(number: int, hosts: Sequence[str], past: Mapping[str, Past]) -> str:
    """Write a host's part of a Caddyfile, to stand where no file was found; empty when there is nothing to say.

    Args:
        number: tells its matcher from those of other hosts.
        hosts: the site's public host, and those that lead there.
        past: what became of its addresses.
    """
    pairs = _pairs(past)
    if not pairs:
        return ""
    entries = "\n".join(f"\t\t\t{address} {to}" for address, to in pairs)
    return (
        f"@moves{number} host {' '.join(hosts)}\n"
        f"handle @moves{number} {{\n"
        "\troute {\n"
        f"\t\tmap {{path}} {{moved}} {{\n{entries}\n\t\t\tdefault -\n\t\t}}\n"
        f"\t\timport marketplace_moved\n"
        "\t}\n"
        "}\n"
    )


def nginx_moves(host: str, past: Mapping[str, Past]) -> str:
    """Write a host's lines of nginx's map of `$host$uri`; empty when there is nothing to say."""
    return "".join(f'"{host}{address}" "{to}";\n' for address, to in _pairs(past))


def moved(past: Mapping[str, Past]) -> Iterator[tuple[str, str]]:
    """Give the addresses that went elsewhere, each with where."""
    for address, noted in sorted(past.items()):
        if noted.to is not None and _PLAIN.fullmatch(address) and _PLAIN.fullmatch(noted.to):
            yield address, noted.to


def languages_of(tree: Path) -> list[str]:
    """Give the languages of a tree that have a prefix in their addresses."""
    found: Iterable[Path] = tree.glob("*/404.html")
    return sorted(page.parent.name for page in found if re.fullmatch(r"[a-z]{2}(?:-[A-Z]{2})?", page.parent.name))


def policy(settings: Settings) -> str:
    """Give the content security policy of all hosts (SEO.md §15)."""
    return headers.content_security_policy(settings.live_origin)


def transport(settings: Settings, folder: SiteFolder) -> str:
    """Give a host's value of HSTS, empty without HTTPS (SECURITY B8)."""
    if settings.site_scheme != "https":
        return ""
    return headers.strict_transport(folder.host, settings.base_host, _days(folder))


def _days(folder: SiteFolder) -> float:
    """Give since how many days the site has been built."""
    try:
        began = (folder.root / "build.lock").stat().st_mtime
    except FileNotFoundError:
        return 0.0
    return (clock.now().timestamp() - began) / headers.DAY


def _pairs(past: Mapping[str, Past]) -> list[tuple[str, str]]:
    gone = ((address, GONE) for address, noted in past.items() if noted.to is None and _PLAIN.fullmatch(address))
    return sorted([*moved(past), *gone])
