"""Write sample pages of a theme, serve them, take pictures: `preview_theme.py NAME OUTDIR [--shots] [--set id=json]`.

With `--picture` the theme's own `preview.png` is taken: its front page at a desk.

The pages are those of tests/unit/themes/samples.py, the photos the demo's drawings. Pictures are taken at 390×844, 390
full and 1280×900, light and dark, German and English, with the Chromium on the PATH.
"""

import argparse
import json
import sys
import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from PIL import Image

import themes
from storefront.pages.contexts import TEMPLATES, Page
from tests.unit.themes import samples

POOL = Path(__file__).resolve().parents[1] / "storefront" / "demo" / "pictures"
VIEWPORTS = {
    "phone": (390, 844, False),
    "phone-full": (390, 844, True),
    "desk": (1280, 900, False),
    "small": (320, 640, True),
}
PICTURE = (800, 562)
"""Pixels of a theme's `preview.png`."""
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; media-src 'self'; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; manifest-src 'self'; base-uri 'none'; frame-ancestors 'none'"
)


def main() -> None:
    """Read the command line and do it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("name")
    parser.add_argument("outdir", type=Path)
    parser.add_argument(
        "--kind", choices=("dealer", "marketplace"), help="which samples; default: the theme's first kind"
    )
    parser.add_argument("--set", action="append", default=[], metavar="ID=JSON", help="a dealer's setting")
    parser.add_argument("--shots", action="store_true", help="take pictures too")
    parser.add_argument("--picture", action="store_true", help="take the theme's preview.png")
    parser.add_argument("--only", default="", help="pages to take pictures of, separated by commas")
    parser.add_argument("--langs", default="de,en")
    parser.add_argument("--schemes", default="light,dark")
    parser.add_argument("--views", default="phone,phone-full,desk")
    parser.add_argument("--serve", type=int, metavar="PORT", help="keep serving the pages here")
    arguments = parser.parse_args()
    theme = themes.load(arguments.name)
    kind = arguments.kind or (theme.kinds or ("dealer",))[0]
    stored = {name: json.loads(value) for name, _, value in (item.partition("=") for item in arguments.set)}
    names = write(theme, kind, arguments.outdir, themes.resolve(theme, stored, strict=True), arguments.langs.split(","))
    server = serve(arguments.outdir, arguments.serve or 0)
    if arguments.shots:
        wanted = [name for name in names if not arguments.only or name in arguments.only.split(",")]
        shoot(server.server_port, arguments, wanted)
    if arguments.picture:
        picture(server.server_port, theme)
    if arguments.serve:
        print(f"http://127.0.0.1:{server.server_port}/de/home/")
        threading.Event().wait()
    server.shutdown()


def write(theme: themes.Theme, kind: str, folder: Path, settings: themes.ThemeSettings, langs: list[str]) -> list[str]:
    """Write all sample pages and what they refer to; gives the names of the pages."""
    made = themes.bundle(theme, settings)
    for path, content in made.files.items():
        target = folder / path.lstrip("/")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(content)
    names: list[str] = []
    wanted: set[str] = set()
    for lang in langs:
        look, site = themes.Look(theme, settings, lang, made), samples.site(kind, lang)
        pages = samples.pages(kind, lang)
        names = list(pages)
        for name, page in pages.items():
            target = folder / lang / name / "index.html"
            target.parent.mkdir(parents=True, exist_ok=True)
            text = themes.render(look, site, page, template_of(page))
            target.write_text(text, encoding="utf-8")
            wanted.update(
                found for found in text.replace('"', " ").replace(",", " ").split() if found.startswith("/i/")
            )
    for address in sorted(wanted):
        photo(folder / address.lstrip("/"))
    (folder / "status.json").write_bytes(b'{"version":1,"sold":[]}')
    return names


def template_of(page: Page) -> str:
    """Give the template that draws the page."""
    return TEMPLATES[type(page)]


def photo(target: Path) -> None:
    """Make a picture a page asks for from the demo's pool: `<drawing>-<n>-<view>-<width>.<type>`."""
    if target.exists():
        return
    name, _, width = target.stem.rpartition("-")
    found = next(candidates(name))
    target.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(found) as opened:
        image = opened.convert("RGB")
        if width == "150":
            side = min(image.size)
            image = image.crop(((image.width - side) // 2, 0, (image.width + side) // 2, side)).resize((150, 150))
        else:
            image = image.resize((int(width), int(width) * image.height // image.width))
        image.save(target, quality=78)


def candidates(name: str) -> Iterator[Path]:
    """Give pool files for a name, the best match first."""
    body, colour, _, view = (*name.split("-", 3), "", "", "")[:4]
    for pattern in (
        f"{name}.webp",
        f"{body}-{colour}-*-{view}.webp",
        f"{body}-*-{view}.webp",
        f"{body}-*.webp",
        "*.webp",
    ):
        yield from sorted(POOL.glob(pattern))


def serve(folder: Path, port: int) -> ThreadingHTTPServer:
    """Serve the folder with the page policy of the product, in a thread."""

    class Handler(SimpleHTTPRequestHandler):
        def end_headers(self) -> None:
            self.send_header("Content-Security-Policy", CSP)
            super().end_headers()

        def log_message(self, *arguments: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), partial(Handler, directory=str(folder)))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server


def picture(port: int, theme: themes.Theme) -> None:
    """Take a theme's `preview.png`: its front page at a desk, as small as it is shown."""
    import io
    import shutil

    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 900}, reduced_motion="reduce")
        page.goto(f"http://127.0.0.1:{port}/en/home/", wait_until="networkidle")
        taken = Image.open(io.BytesIO(page.screenshot()))
        browser.close()
    small = taken.convert("RGB").resize(PICTURE, Image.Resampling.LANCZOS)
    small.quantize(256, method=Image.Quantize.MEDIANCUT).save(theme.chain[0] / "preview.png", optimize=True)


def shoot(port: int, arguments: argparse.Namespace, names: list[str]) -> None:
    """Take the pictures; errors on the page's console are printed."""
    import shutil

    from playwright.sync_api import sync_playwright

    shots = arguments.outdir / "shots"
    with sync_playwright() as playwright:
        flags = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
                 "--disable-component-update", "--disable-sync"]  # fmt: skip
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=flags)
        for scheme in arguments.schemes.split(","):
            for view in arguments.views.split(","):
                width, height, full = VIEWPORTS[view]
                context = browser.new_context(
                    viewport={"width": width, "height": height}, color_scheme=scheme, reduced_motion="reduce"
                )
                page = context.new_page()
                page.on("console", lambda message: print("console:", message.text) if message.type == "error" else None)
                page.on("pageerror", lambda error: print("error:", error))
                for lang in arguments.langs.split(","):
                    for name in names:
                        page.goto(f"http://127.0.0.1:{port}/{lang}/{name}/", wait_until="load")
                        if full:
                            page.evaluate("document.querySelectorAll('img').forEach(i => i.loading = 'eager')")
                            page.wait_for_load_state("networkidle")
                        sideways = page.evaluate("document.documentElement.scrollWidth - innerWidth")
                        if sideways > 0:
                            print(f"{lang}/{name} at {width}: {sideways} px too wide")
                        shots.mkdir(parents=True, exist_ok=True)
                        page.screenshot(path=shots / f"{name}-{lang}-{view}-{scheme}.png", full_page=full)
                context.close()
        browser.close()


if __name__ == "__main__":
    main()
