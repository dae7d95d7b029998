"""F5: an inquiry without JavaScript becomes a lead and two letters; without the live layer pages stand and the form
says what to do; a worker killed between lead and letter loses nothing and doubles nothing."""

import email
import os
import re
import shutil
import signal
import time
from collections import Counter
from collections.abc import Callable
from email import policy
from pathlib import Path
from urllib.parse import urlencode

from playwright.sync_api import Browser, Page, sync_playwright

from tools.judges.browser import FLAGS
from tools.judges.serving import Server, serving
from tools.judges.trees import built_sites
from tools.prove.ground import fresh_instance, processes_of
from tools.prove.proof import CannotProve, Proof
from tools.prove.visit import DEALER, PATIENCE, a_vehicle, inquire, inquiry_form

BUYER = "petra.proof@example.org"
LETTERS_WITHIN = 45.0
"""Seconds until a letter must be there: the worker's start and one sweep of the scheduler."""


def prove(proof: Proof, *, quick: bool) -> None:
    """A buyer without JavaScript, a clerk in the admin, an installation without its live layer, a killed worker."""
    with fresh_instance() as instance:
        with serving(instance, "demo", wait_seconds=420) as server, sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            path = a_vehicle(server)
            _inquire_in_a_browser(proof, browser, server, path)
            _letters(proof, instance)
            _lead_in_the_admin(proof, browser, server)
            browser.close()
            _kill_the_worker(proof, instance, server, path)
        _without_live_layer(proof, instance, path)


def _inquire_in_a_browser(proof: Proof, browser: Browser, server: Server, path: str) -> None:
    page = browser.new_context(java_script_enabled=False).new_page()
    page.goto(f"http://{DEALER}:{server.port}{path}")
    form = page.locator("form[action*='/-/']", has=page.locator("input[type=email]")).first
    form.locator("input[type=email]").fill(BUYER)
    for field in form.locator("input[type=text][required], input:not([type])[required]").all():
        field.fill("Petra Proof")
    form.locator("textarea").first.fill("Is the car still for sale? I could come on Saturday.")
    for box in form.locator("input[type=checkbox][required]").all():
        box.check()
    time.sleep(PATIENCE)
    form.locator("button[type=submit], button:not([type]), input[type=submit]").first.click()
    page.wait_for_load_state()
    said = " ".join(page.locator("main").inner_text().split())
    answered = "/-/" in page.url or page.url.rstrip("/") != f"http://{DEALER}:{server.port}{path}".rstrip("/")
    proof.hold(f"answer page: {said[:60]}…", answered, f"no answer page, still at {page.url}: {said[:120]}")


def _letters(proof: Proof, instance: Path) -> None:
    wait_for(lambda: len(recipients(instance)) >= 2)
    found = recipients(instance)
    others = [address for address in found if address != BUYER]
    proof.hold(
        f"2 letters, to the buyer and to {', '.join(others)}",
        sorted(found.values()) == [1, 1] and BUYER in found and len(others) == 1,
        f"letters to {dict(found)}",
    )


def _lead_in_the_admin(proof: Proof, browser: Browser, server: Server) -> None:
    user, password = _credentials(server.output)
    page = browser.new_page()
    page.goto(f"http://localhost:{server.port}/admin/")
    _log_in(page, user, password)
    page.locator("a[href*='lead']").first.click()
    page.wait_for_load_state()
    shown = "Petra Proof" in page.content() or BUYER in page.content()
    proof.hold("the lead stands in /admin/", shown, f"no lead of {BUYER} at {page.url}")


def _log_in(page: Page, user: str, password: str) -> None:
    page.locator("input[type=email], input[name=email], input[name=username]").first.fill(user)
    page.locator("input[type=password]").fill(password)
    page.locator("button[type=submit], form button").first.click()
    page.wait_for_load_state()


def _credentials(printed: str) -> tuple[str, str]:
    """Read the first e-mail address and the password beside it that the demo prints."""
    found = re.search(r"(\S+@[\w.-]+)\W+(?:password\W+)?(\S+)", printed)
    if not found:
        raise CannotProve(f"the demo prints no login: {printed[-600:]}")
    return found[1], found[2]


def _kill_the_worker(proof: Proof, instance: Path, server: Server, path: str) -> None:
    """Freeze the worker, have an inquiry stored, kill the worker before it saw it; twice more, kill it at work."""
    before = sum(recipients(instance).values())
    frozen = _workers(instance)
    if not frozen:
        raise CannotProve(f"no worker process found among {processes_of(instance)}")
    _signal(frozen, signal.SIGSTOP)
    inquire(server, DEALER, path, number=1)
    proof.expect("letters while the worker stands still", sum(recipients(instance).values()) - before, 0)
    _signal(frozen, signal.SIGKILL)
    for number in (2, 3):
        inquire(server, DEALER, path, number=number)
        time.sleep(0.05 * number)
        _signal(_workers(instance), signal.SIGKILL)
    wait_for(lambda: sum(recipients(instance).values()) - before >= 6, 2 * LETTERS_WITHIN)
    time.sleep(8)  # a doubled letter would come with the next sweep
    found = recipients(instance)
    letters = {number: found[f"jana{number}@example.org"] for number in (1, 2, 3)}
    proof.expect("letters to three buyers over three killed workers", letters, {1: 1, 2: 1, 3: 1})
    proof.expect("letters in all", sum(found.values()) - before, 6)


def _workers(instance: Path) -> list[int]:
    return [int(line.split()[0]) for line in processes_of(instance) if re.search(r"\bworker\b", line)]


def _signal(processes: list[int], number: signal.Signals) -> None:
    for process in processes:
        try:
            os.kill(process, number)
        except ProcessLookupError:
            continue  # it ended by itself in the meantime


def _without_live_layer(proof: Proof, instance: Path, path: str) -> None:
    with serving(instance, "serve", "--no-live") as server:
        site = next(site for site in built_sites(instance) if site.host == DEALER)
        answers = Counter(server.get(DEALER, page).status for page in site.pages if not page.endswith("404.html"))
        proof.hold(f"without live layer {answers[200]} pages answer", set(answers) == {200}, f"answers {dict(answers)}")
        action, fields = inquiry_form(server, DEALER, path)
        said = server.post(DEALER, action, urlencode(fields))
        helps = re.search(r"(tel|mailto):", said.text)
        proof.hold(
            f"the form then answers {said.status} with telephone or e-mail",
            bool(helps),
            f"the form answers {said.status} without a way out: {said.text[:150]}",
        )


def recipients(instance: Path) -> Counter[str]:
    """Count the letters in the outbox by recipient."""
    found: Counter[str] = Counter()
    for file in (instance / "outbox").glob("**/*.eml"):
        letter = email.message_from_bytes(file.read_bytes(), policy=policy.default)
        found.update(address.addr_spec for address in letter["To"].addresses)
    return found


def wait_for(holds: Callable[[], bool], seconds: float = LETTERS_WITHIN) -> bool:
    """Look again and again until something holds, or the time is over; tell whether it does."""
    deadline = time.monotonic() + seconds
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.5)
    return holds()
