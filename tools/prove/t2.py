"""T2: a theme is a copied folder. Checked, drawn over the demo world, chosen in the studio, judged: no other change.

The copy is made by the product's own command and lies among the themes for as long as the proof runs; afterwards it is
gone. What the judges look at is the demo world with a site of one dealer in every theme there is, so also in the copy.
"""

import shutil
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import sync_playwright

import themes
from storefront.core import clock, config, runtime
from storefront.core.db import db
from storefront.core.tenancy import acting, everywhere
from storefront.demo.world import found_small_world
from storefront.domain.accounts.models import Role
from storefront.live.theme_preview import world as worlds
from storefront.live.theme_preview.app import ThemePreview, served
from storefront.live.theme_preview.drawing import World
from storefront.pages.catalogue import pages_of
from storefront.pages.contexts import TEMPLATES, Page
from storefront.pages.loading import load
from storefront.pages.rendering import render
from tests.conftest import SECRET
from tests.integration.admin_desk import desk_of, open_admin, person
from themes.theme import ROOT
from tools.judges import dress
from tools.judges.judge import JUDGES
from tools.judges.layout import FLAGS
from tools.judges.serving import MARKETPLACE, free_port
from tools.judges.trees import built_sites
from tools.prove.ground import fresh_instance, run
from tools.prove.proof import CannotProve, Proof
from tools.prove.small_world import bound
from tools.prove.world import ask, demo_instance

COPY, ORIGIN = "provenquay", "harbour"
HOST = "north-cars.localhost"
QUICK = ["html", "css", "layout"]
RELOADS_WITHIN = 10.0
"""Seconds a browser may take to show a saved file, on a machine with other work."""


def prove(proof: Proof, *, quick: bool) -> None:
    """Copy a theme; check, draw, open in the studio, reload by a saved file; let the judges look at every theme."""
    with copied(), fresh_instance() as folder:
        _checked(proof)
        _drawn(proof, folder / "world")
        _chosen(proof, folder / "studio")
        _judged(proof, quick=quick)
    proof.hold("nothing is left of the copy", not (ROOT / COPY).exists())


@contextmanager
def copied() -> Iterator[None]:
    """Have the copy among the themes for a while."""
    shutil.rmtree(ROOT / COPY, ignore_errors=True)  # of a run that was ended from outside
    try:
        made = run([MARKETPLACE, "themes", "new", COPY, "--from", ORIGIN])
        if made.status:
            raise CannotProve(made.output[-400:])
        yield
    finally:
        shutil.rmtree(ROOT / COPY, ignore_errors=True)
        themes.load.cache_clear()


def _checked(proof: Proof) -> None:
    ran = run([MARKETPLACE, "themes", "check", COPY])
    proof.expect(f"themes check of a copy of {ORIGIN} ends with", ran.status, 0)
    differs = [
        str(file.relative_to(ROOT / ORIGIN))
        for file in (ROOT / ORIGIN).rglob("*")
        if file.is_file() and file.read_bytes() != (ROOT / COPY / file.relative_to(ROOT / ORIGIN)).read_bytes()
    ]
    proof.expect("files that differ:", differs, ["theme.toml"])


# -- the demo world in it ---------------------------------------------------------------------------------------------


def _drawn(proof: Proof, folder: Path) -> None:
    """Draw every page in original and copy, have a mistake named, and see a browser follow a saved file."""
    settings, tenant = worlds.opened(folder, free_port())
    try:
        world = World(settings, tenant, worlds.today(tenant))
        pages = {}
        for name in (ORIGIN, COPY):
            worlds.wear(tenant, name, ("dealer",))
            pages[name] = _pages(world)
        said = f"{len(pages[COPY])} pages of {len(_templates(world))} templates"
        proof.hold(f"{said} of the demo world are the original's to the byte", pages[COPY] == pages[ORIGIN])
        _reloaded(proof, ThemePreview(world, COPY, [HOST]))
    finally:
        db.unbind()
        runtime._settings.clear()


def _pages(world: World) -> dict[str, bytes]:
    with world.site(HOST) as view:
        return {loaded.ref.path: render(view, loaded) for loaded in load(view, pages_of(view))}


def _templates(world: World) -> set[str]:
    with world.site(HOST) as view:
        pages = (loaded.page for loaded in load(view, pages_of(view)))
        return {TEMPLATES[type(page)] for page in pages if isinstance(page, Page)}


def _reloaded(proof: Proof, preview: ThemePreview) -> None:
    port = preview.world.settings.site_port
    server = served(preview, port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    template = ROOT / COPY / "templates/pages/home.html"
    good = template.read_text("utf-8")
    try:
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
            page = browser.new_page(viewport={"width": 1280, "height": 900})
            page.goto(f"http://{HOST}:{port}/", wait_until="load")
            spans = []
            for said, text in (
                ("Saved a moment ago", good.replace("<h1>", "<h1>Saved a moment ago ")),
                ("pages/home.html, line", good.replace("<h1>", "<h1>{{ page.headding }}")),
                ("", good),
            ):
                time.sleep(1)
                template.write_text(text, encoding="utf-8")
                started = time.monotonic()
                wanted = "document.body.innerText.includes(said)" if said else "document.querySelector('h1 ~ .lead')"
                page.wait_for_function(f"said => {wanted}", arg=said, timeout=RELOADS_WITHIN * 1000)
                spans.append(time.monotonic() - started)
            browser.close()
        proof.figure(f"the open page followed a saved file, a mistake and its mending in {max(spans):.1f} s at most")
    except Exception as error:
        proof.hold("", False, f"the open page did not follow a saved file: {error}")
    finally:
        template.write_text(good, encoding="utf-8")
        server.shutdown()


# -- the studio, and the judges ---------------------------------------------------------------------------------------


def _chosen(proof: Proof, folder: Path) -> None:
    """Open the theme studio as the owner: the copy is offered, chosen, and its page is drawn."""
    settings = config.load({}, marketplace_instance=folder, secret_key=SECRET)
    label = themes.load(COPY).label
    with bound(settings), everywhere():
        world = found_small_world(clock.now(), settings=settings, cars=6)
        with acting(world.tenant_id):
            owner = person(Role.DEALER_OWNER, world.north_id, clock.now(), language="en")
            store = world.load().north_store
            path = f"/admin/stores/{store.id}/studio/"
        desk = desk_of(open_admin(settings), owner)
        page = desk.get(path)
        proof.hold(
            f"the studio offers {label}", page.status_code == 200 and f'value="{COPY}"' in page.text, page.status
        )
        chosen = desk.post(f"{path}theme", {"theme": COPY})
        after = desk.get(path).text
        is_taken = chosen.status_code in (200, 303) and label in after
        proof.hold("and takes it", is_taken, f"the studio does not take {label}: {chosen.status}")


def _judged(proof: Proof, *, quick: bool) -> None:
    """Let the judges look at a site in every theme and scheme; Lighthouse at the copy alone, which F4 has not seen."""
    with demo_instance() as instance:
        ran = run([*_PYTHON, str(instance), "--dress-only"])
        if ran.status:
            raise CannotProve(f"no site in every theme: {ran.output[-400:]}")
        worn = {site.theme.partition(" ")[0] for site in built_sites(instance)}
        wanted = {name for name in themes.available() if name != "base"}
        proof.expect("themes worn:", sorted(worn), sorted(wanted))
        host = f"{COPY}.localhost"
        if quick:
            ask(proof, instance, QUICK, "prove-t2", host=host)
            return
        ask(proof, instance, [name for name in JUDGES if name != "lighthouse"], "prove-t2")
        ask(proof, instance, ["lighthouse"], f"prove-t2/{host}", host=host)


_PYTHON = [str(Path(MARKETPLACE).with_name("python")), "-m", dress.__name__]
