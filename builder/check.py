"""The check: reads built sites as a stranger would and says what is wrong; the gate asks the same of a new release.

Nothing here looks into the database: pages, files and the label beside a host's trees are all there is.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from storefront.core.config import Settings

from . import link_rules, page_rules, site_rules
from .built import NOT_FOUND, BuiltSite, Label, built_sites
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
    problems += site_rules.styles_find_their_files(site, origin, network)
    problems += site_rules.robots_name_the_map(site, origin)
    problems += site_rules.maps_tell_the_truth(site, origin, network)
    paths = sorted(site.paths)
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
    site: BuiltSite, changed: Iterable[str], network: Network, gone: frozenset[str] = frozenset(), jobs: int = 1
) -> list[Problem]:
    """Ask of a release what must hold before it is served (SECURITY E3), of changed pages above all.

    Args:
        site: the release, not yet served.
        changed: paths of the files that are new or other than in the live release.
        network: the sites of the installation, this release in place of its live one.
        gone: addresses of pages that were served until now and are no more.
        jobs: processes that read pages.
    """
    paths = sorted(changed)
    problems = _pages_problems(site, [path for path in paths if path.endswith(".html")], network, jobs)
    problems += site_rules.weights_fit(site, paths)
    problems += site_rules.no_foreign_host(site, paths, foreign_hosts(site.label, network))
    problems += site_rules.robots_name_the_map(site, site.label.origin)
    problems += site_rules.no_link_to_the_gone(site, site.paths - set(paths), gone)
    return problems


def _pages_problems(site: BuiltSite, paths: list[str], network: Network, jobs: int) -> list[Problem]:
    """Check pages, in several processes when they are many."""

    def checked(some: list[str]) -> list[Problem]:
        origin = site.label.origin
        documents = (Document(address_of(path) or f"/{path}", origin, site.read(path)) for path in some)
        return [problem for page in documents for problem in page_problems(page, network)]

    if jobs <= 1 or len(paths) < MANY:
        return checked(paths)
    problems: list[Problem] = []
    with Crew(jobs, checked) as crew:
        for _, answer in crew.each([paths[at : at + SHARE] for at in range(0, len(paths), SHARE)]):
            if isinstance(answer, Raised):
                raise answer.error
            if isinstance(answer, Died):
                raise RuntimeError(f"a process that checks pages {answer.reason}")
            problems += answer
    return sorted(problems, key=lambda found: (found.page, found.rule, found.detail))
