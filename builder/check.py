"""The check: reads built sites as a stranger would and says what is wrong; the gate asks the same of a new release.

Nothing here looks into the database: pages, files and the label beside a host's trees are all there is.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from storefront.core.config import Settings

from . import colour_rules, link_rules, map_rules, page_rules, site_rules
from .built import NOT_FOUND, BuiltSite, Label, ReleaseSite, built_sites
from .children import Crew, Died, Raised
from .documents import Document, NotHtml
from .link_rules import Network, address_of
from .site_rules import Problem

Step = Callable[[], None]
MANY, SHARE = 200, 100
"""From so many pages on several processes check them, so many at a time."""


@dataclass(frozen=True, slots=True)
class HostReport:
    """What was found on one host."""

    host: str
    pages: int
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class CheckReport:
    """The documented result of `marketplace check` (docs/building.md)."""

    hosts: list[HostReport] = field(default_factory=list)

    @property
    def is_clean(self) -> bool:
        """Ask whether nothing was found."""
        return not any(host.problems for host in self.hosts)

    def as_dict(self) -> dict[str, Any]:
        """Give the JSON that `--json` writes."""
        return {
            "hosts": [
                {
                    "host": host.host,
                    "pages": host.pages,
                    "problems": [{"page": p.page, "rule": p.rule, "detail": p.detail} for p in host.problems],
                }
                for host in self.hosts
            ]
        }


class NoSuchSite(Exception):
    """No site of that host was built yet."""


def check_sites(settings: Settings, hosts: Sequence[str] | None = None, step: Step = lambda: None) -> CheckReport:
    """Check built sites.

    Args:
        settings: of the installation.
        hosts: which; all that are served when None.
        step: called after each page.

    Raises:
        NoSuchSite: a host that is not served.
    """
    sites = built_sites(settings)
    network = Network({site.label.origin: site for site in sites.values()})
    report = CheckReport()
    for host in hosts if hosts is not None else list(sites):
        if host not in sites:
            raise NoSuchSite(f"{host} was not built yet; built: {', '.join(sites) or 'nothing'}")
        report.hosts.append(_host(sites[host], network, step))
    return report


def check_site(settings: Settings, host: str) -> list[Problem]:
    """Check one host's served tree. Raises NoSuchSite when there is none."""
    return list(check_sites(settings, [host]).hosts[0].problems)


def _host(site: BuiltSite, network: Network, step: Step) -> HostReport:
    origin = site.label.origin
    pages: list[Document] = []
    problems: list[Problem] = []
    for path in sorted(path for path in site.paths if path.endswith(".html")):
        page = Document(address_of(path) or f"/{path}", origin, site.read(path))
        problems += page_problems(page, network)
        if path.rpartition("/")[2] != NOT_FOUND:
            pages.append(page)
        step()
    readable = [page for page in pages if _is_html(page)]
    problems += site_rules.titles_are_unique(readable)
    problems += site_rules.pages_are_found(readable, origin)
    paths = sorted(site.paths)
    problems += site_rules.styles_find_their_files(site, paths, origin, network)
    problems += colour_rules.colours_stand_out(site, paths)
    problems += site_rules.robots_name_the_map(site, origin)
    problems += site_rules.maps_tell_the_truth(site, origin, network)
    problems += site_rules.weights_fit(site, paths)
    problems += site_rules.no_foreign_host(site, paths, foreign_hosts(site.label, network))
    return HostReport(site.label.host, len(pages), tuple(problems))


def page_problems(page: Document, network: Network) -> Iterator[Problem]:
    """Give what is wrong with one page and with where it leads."""
    try:
        page.tree  # noqa: B018 - parsing is the first rule
    except NotHtml as error:
        yield Problem(page.address, "html", str(error))
        return
    for rule in page_rules.RULES:
        for name, detail in rule(page):
            yield Problem(page.address, name, detail)
    for across in (
        link_rules.targets_exist,
        link_rules.canonical_leads_home,
        link_rules.versions_name_each_other,
    ):
        for name, detail in across(page, network):
            yield Problem(page.address, name, detail)


def _is_html(page: Document) -> bool:
    try:
        page.tree  # noqa: B018
    except NotHtml:
        return False
    return True


def foreign_hosts(label: Label, network: Network) -> frozenset[bytes]:
    """Give the hosts a site may not name: for a dealer's those of all other dealers."""
    if label.kind != "dealer":
        return frozenset()
    labels = [site.label for site in network.sites.values()]
    return frozenset(other.host.encode() for other in labels if other.kind == "dealer" and other.host != label.host)


def gate(
    site: ReleaseSite,
    changed: Iterable[str],
    network: Network,
    gone: frozenset[str] = frozenset(),
    neighbours: frozenset[str] = frozenset(),
    unexplained: int = 0,
    spoilt: frozenset[str] = frozenset(),
    jobs: int = 1,
) -> list[Problem]:
    """Ask of a release what must hold before it is served (SECURITY E3).

    It looks at what changed and at what leads there, at nothing else: what was right before and is not touched stays
    right, so a price costs one price whatever the size of the site.

    Args:
        site: the release, not yet served.
        changed: paths of the files that are new or other than in the live release.
        network: the sites of the installation, this release in place of its live one.
        gone: addresses of pages that were served until now and are no more.
        neighbours: addresses of pages that stay as they are and lead to one of these.
        unexplained: how many of `gone` no change in the database accounts for.
        spoilt: addresses of cars' pages that could not be drawn: no map has to name what is still served of them.
        jobs: processes that read pages.
    """
    paths, origin = sorted(changed), site.label.origin
    pages = sorted((path for path in paths if path.endswith(".html")), key=_side_by_side)
    problems, mapped = _pages_problems(site, pages, network, jobs)
    problems += site_rules.weights_fit(site, paths)
    problems += site_rules.no_foreign_host(site, paths, foreign_hosts(site.label, network))
    problems += site_rules.styles_find_their_files(site, paths, origin, network)
    problems += colour_rules.colours_stand_out(site, paths)
    problems += site_rules.robots_name_the_map(site, origin)
    problems += map_rules.maps_follow_the_pages(site, paths, gone, spoilt, mapped, network)
    problems += site_rules.no_link_to_the_gone(site, neighbours, gone)
    problems += site_rules.pages_are_accounted_for(site, len(gone), unexplained)
    return sorted(problems, key=lambda found: (found.page, found.rule, found.detail))


Checked = tuple[list[Problem], dict[str, str | None]]
"""What is wrong with some pages, and by address why each stands in no map (None for one that has to)."""


def _pages_problems(site: ReleaseSite, paths: list[str], network: Network, jobs: int) -> Checked:
    """Check pages, in several processes when they are many."""

    def checked(some: list[str]) -> Checked:
        return _checked(site, some, network)

    if jobs <= 1 or len(paths) < MANY:
        return checked(paths)
    problems: list[Problem] = []
    mapped: dict[str, str | None] = {}
    with Crew(jobs, checked) as crew:
        for _, answer in crew.each([paths[at : at + SHARE] for at in range(0, len(paths), SHARE)]):
            if isinstance(answer, Raised):
                raise answer.error
            if isinstance(answer, Died):
                raise RuntimeError(f"a process that checks pages {answer.reason}")
            problems += answer[0]
            mapped |= answer[1]
    return problems, mapped


def _checked(site: ReleaseSite, paths: Iterable[str], network: Network) -> Checked:
    problems: list[Problem] = []
    mapped: dict[str, str | None] = {}
    origin = site.label.origin
    for path in paths:
        address = address_of(path)
        page = None if address is None else network.page(origin, address)
        page = page or Document(f"/{path}", origin, site.read(path))
        problems += page_problems(page, network)
        if address is not None and _is_html(page):
            versions = link_rules.former_versions_let_go(page, site.read_live(path), network)
            problems += [Problem(address, rule, said) for rule, said in versions]
            mapped[address] = site_rules.why_unmapped(page)
    return problems, mapped


def _side_by_side(path: str) -> tuple[str, str]:
    """Order pages so that the languages of one stand together: each is asked for the others, and parsed once."""
    first, _, rest = path.partition("/")
    return (rest, path) if len(first) == 2 and rest else (path, path)
