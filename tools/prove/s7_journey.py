"""Part of S7: the way of a buyer with a phone, and searches made with scripts and without."""

import random
import re
from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from tests.browser.drawn import axe_faults, until
from tools.judges.serving import Server

SEED = 48
PLACE, RADIUS = "Hamburg", 100
STEPS_BACK = 12
READER = "erika@example.com"
SHOWN = "[data-part=hits] [data-car]"
CHIPS = "[data-part=chips] .chip.on"
WORDS = ("diesel", "kombi", "bmw", "golf", "automatik", "benzin", "audi", "schwarz", "suv", "opel corsa", "volkswgen")


CHOOSE = """(field, value) => {
  if (field.type === "checkbox") { if (!field.checked) field.click(); return; }
  field.value = value;
  for (const name of ["input", "change"]) field.dispatchEvent(new Event(name, { bubbles: true }));
}"""
"""Fills a field, whether the part of the page it is in is shown or not."""


class Visitor:
    """Somebody with a phone on one site; `done` tells how far the way led."""

    def __init__(self, page: Page, origin: str, server: Server) -> None:
        """Start anywhere on the site's host."""
        self.page, self.origin, self.server = page, origin, server
        self.done: list[str] = []
        self.faults: list[str] = []
        self.complaints: list[str] = []
        self.looked_at = 0
        page.on("pageerror", lambda error: self.complaints.append(str(error)))
        page.on("console", lambda said: self.complaints.append(said.text) if said.type == "error" else None)

    def go_all_the_way(self) -> None:
        """Go the whole way, looking with axe at every step.

        Raises:
            AssertionError: a step did not do what it should.
        """
        for name, step in STEPS.items():
            step(self)
            self._look(name)
            self.done.append(name)

    def cars(self) -> list[str]:
        """Give the cars shown, in order."""
        shown: list[str] = self.page.eval_on_selector_all(SHOWN, "all => all.map(car => car.dataset.car)")
        return shown

    def total(self) -> int:
        """Give the number of cars the heading tells."""
        return heading_number(self.page)

    def _look(self, step: str) -> None:
        self.looked_at += 1
        self.faults += [f"{step}: {fault}" for fault in axe_faults(self.page)]
        if self.page.evaluate("document.documentElement.scrollWidth > innerWidth"):
            self.faults.append(f"{step}: the page is wider than the phone")

    def type(self) -> None:
        """Results follow as one types; fewer than all, each with the word."""
        self.page.goto(f"{self.origin}/-/search?lang=de", wait_until="networkidle")
        every = self.total()
        self._sheet().locator("#filter-q").press_sequentially("diesel", delay=40)
        self._chosen(1)
        assert 0 < self.total() < every, f"{self.total()} of {every}"

    def filter(self) -> None:
        """A tick counts what it leaves; the sheet's button shows that many and closes the sheet."""
        box = self.page.locator("#filter details[data-group=make] input:not([disabled])").first
        wanted = number_in(box.locator("xpath=..").locator(".n").inner_text())
        open_group(box)
        box.check()
        self._chosen(2)
        assert self.total() == wanted, f"the tick promised {wanted}, found {self.total()}"
        self._close_sheet()

    def radius(self) -> None:
        """Cars within a radius, the nearest first, each with how far it is; where the cars stand in several places."""
        if not self.page.locator("#filter-place").count():
            return  # all cars of a dealer with one yard stand there
        before = self.total()
        self._sheet()
        open_group(self.page.locator("#filter-place"))
        self.page.locator("#filter-place").fill(PLACE)
        self.page.locator("#filter-radius").select_option(str(RADIUS))
        self._chosen(3)
        self._close_sheet()
        self.page.locator("#sort").select_option("distance")
        expect(self.page).to_have_url(re.compile("sort=distance"))
        until(self.page, "document.querySelector('#sort option[selected]').value === 'distance'")
        read = "all => all.map(car => car.innerText.match(/(\\d+)\\s*km entfernt/)?.[1])"
        told = self.page.locator(SHOWN).evaluate_all(read)
        far = [int(number) for number in told if number is not None]
        assert 0 < self.total() <= before, f"{self.total()} of {before}"
        assert far == sorted(far), f"distances {far}"
        assert max(far, default=0) <= RADIUS, f"distances {far}"

    def share(self) -> None:
        """The address alone shows somebody else the same cars."""
        other = self.page.context.browser.new_context()  # type: ignore[union-attr]
        guest = Visitor(other.new_page(), self.origin, self.server)
        guest.page.goto(self.page.url)
        assert guest.cars() == self.cars() != [], "the shared address shows other cars"
        other.close()

    def back(self) -> None:
        """The button back leads through the steps one came by, to all cars, and never off the search."""
        for _ in range(STEPS_BACK):
            if not self.page.locator(CHIPS).count():
                break
            before = self.page.url
            self.page.go_back()
            until(self.page, f"location.href !== {before!r}")
            assert "/-/search" in self.page.url, f"back led off the search, to {self.page.url}"
            self.page.wait_for_timeout(500)
        assert self.page.locator(CHIPS).count() == 0, f"{STEPS_BACK} steps back, and still {self.page.url}"
        assert self.page.locator("#filter-q").input_value() == ""

    def compare(self) -> None:
        """Two cars of the results stand side by side."""
        wanted = self.cars()[:2]
        for number in range(2):
            self.page.locator(f"{SHOWN} .keep[data-keep=compare]").nth(number).click()
        here = self.page.url
        kept = self.page.evaluate("JSON.parse(localStorage.kept).compare.map(car => car.id)")
        assert sorted(kept) == sorted(wanted), f"kept {kept}, not {wanted}"
        self.page.goto(f"{self.origin}/compare/", wait_until="networkidle")
        expect(self.page.locator("table thead th, table .kept-head, [data-compare] th").first).to_be_visible()
        self._look("compared")
        self.page.goto(here, wait_until="networkidle")

    def save(self) -> None:
        """The search is saved, and a letter asks whether the address is the reader's."""
        self.page.goto(f"{self.origin}/-/search?lang=de&q=diesel&price_max=60000", wait_until="networkidle")
        form = self.page.locator("#alert form")
        self.page.wait_for_timeout(2_500)
        form.locator("input[type=email]").fill(READER)
        form.get_by_role("button").click()
        expect(self.page.locator("#alert .note")).to_contain_text(READER)

    def _sheet(self) -> Locator:
        sheet = self.page.locator("#filter")
        if not sheet.is_visible():
            self.page.locator("a[href='#filter']").click()
        expect(sheet).to_be_visible()
        return sheet

    def _close_sheet(self) -> None:
        self.page.locator("#filter [type=submit]").click()
        expect(self.page.locator("#filter")).to_be_hidden()

    def _chosen(self, number: int) -> None:
        until(self.page, f"document.querySelectorAll({CHIPS!r}).length === {number}")


STEPS: dict[str, Callable[[Visitor], None]] = {
    "type": Visitor.type,
    "filter": Visitor.filter,
    "radius": Visitor.radius,
    "share": Visitor.share,
    "back": Visitor.back,
    "compare": Visitor.compare,
    "save": Visitor.save,
}
"""In the order they are gone."""


def number_in(text: str) -> int:
    """Give the number a text tells."""
    return int(re.sub(r"\D", "", text))


def heading_number(page: Page) -> int:
    """Give the number of cars the heading of the results tells; none without one."""
    first = page.locator("h1").inner_text().split("\n")[0].split(" im ")[0]
    return number_in(first) if re.search(r"\d", first) else 0


def open_group(field: Locator) -> None:
    """Open the group of the filter a field is in."""
    field.evaluate("field => { const group = field.closest('details'); if (group) group.open = true; }")


def search_both_ways(page: Page, plain: Page, origin: str, number: int) -> tuple[list[str], int]:
    """Fill the filter at random with scripts and without, and compare the cars, their order and number.

    Args:
        page: where scripts run.
        plain: where none do.
        origin: scheme, host and port of the site.
        number: of searches.

    Returns:
        What differed, and how many searches found cars.
    """
    drawn, differing, found, made = random.Random(SEED), [], 0, 0
    while made < number:
        wanted = _some_search(page, origin, drawn)
        with_scripts = _with_scripts(page, wanted)
        if with_scripts is None:
            continue
        made += 1
        without = _without(plain, origin, wanted)
        found += bool(with_scripts[1])
        if with_scripts != without:
            differing.append(f"{wanted}: {with_scripts} with scripts, {without} without")
    return differing, found


def _some_search(page: Page, origin: str, drawn: random.Random) -> dict[str, str]:
    """Choose fields of the filter and values of those the page offers."""
    page.goto(f"{origin}/-/search?lang=de", wait_until="networkidle")
    wanted = {}
    if drawn.random() < 0.5:
        wanted["q"] = drawn.choice(WORDS)
    if drawn.random() < 0.3:
        wanted |= {"place": drawn.choice((PLACE, "22926", "Nürnberg", "München")), "radius": "100"}
    offered = {
        "price_max": "#filter select[name=price_max] option:not([disabled])",
        "make": "#filter input[name=make]",
        "fuel": "#filter input[name=fuel]",
        "transmission": "#filter input[name=transmission]",
    }
    for name, where in offered.items():
        values = page.eval_on_selector_all(where, "all => all.map(one => one.value).filter(Boolean)")
        if values and drawn.random() < 0.4:
            wanted[name] = drawn.choice(values)
    return wanted or {"q": drawn.choice(WORDS)}


def _with_scripts(page: Page, wanted: dict[str, str]) -> tuple[str, list[str]] | None:
    """Choose one after the other; None when what was chosen leaves no car for the next, so that it is not offered."""
    for name, value in wanted.items():
        field = _offered(page, name, value)
        if not field.count():
            return None
        with page.expect_response(re.compile(r"/-/search\?")) as answer:
            field.evaluate(CHOOSE, value)
        answer.value.finished()
        until(page, f"new URL(location).searchParams.getAll({name!r}).includes({value!r})")
        page.wait_for_load_state("networkidle")
        page.wait_for_timeout(300)
    return _results(page)


def _without(page: Page, origin: str, wanted: dict[str, str]) -> tuple[str, list[str]]:
    page.goto(f"{origin}/-/search?lang=de")
    for name, value in wanted.items():
        _offered(page, name, value).evaluate(CHOOSE, value)
    with page.expect_navigation():
        page.locator("#filter").evaluate("form => form.requestSubmit()")
    return _results(page)


def _results(page: Page) -> tuple[str, list[str]]:
    hrefs = "all => all.map(link => link.getAttribute('href'))"
    return page.locator("h1").inner_text(), page.eval_on_selector_all(f"{SHOWN} h3 a", hrefs)


def _offered(page: Page, name: str, value: str) -> Locator:
    """Give the field of the filter that can take a value; an empty one when the page does not offer it."""
    field = page.locator(f"#filter [name={name}]").first
    if field.count() and field.get_attribute("type") == "checkbox":
        return page.locator(f"#filter input[name={name}][value='{value}']:not([disabled])")
    return field
