"""Take the README's picture from a running demo: `python -m tools.readme_picture [PORT]`."""

import io
import shutil
import sys
from pathlib import Path

from PIL import Image, ImageDraw, ImageFilter
from playwright.sync_api import Browser, sync_playwright

TARGET = Path(__file__).resolve().parents[1] / "docs" / "pictures" / "product.webp"
GROUND = (231, 232, 222)
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking"]
RADIUS = 18


def main(port: int) -> None:
    """Compose the marketplace, a dealer in Noir and a car page in Classic on one ground."""
    with sync_playwright() as play:
        browser = play.chromium.launch(executable_path=shutil.which("chromium"), args=FLAGS)
        market = _shot(browser, f"http://localhost:{port}/", 1280, 860)
        dealer = _shot(browser, f"http://kessler-rohde.localhost:{port}/", 1280, 860)
        car = _shot(browser, f"http://north-cars.localhost:{port}/vehicles/", 390, 844, follow=True)
        browser.close()
    canvas = Image.new("RGB", (2000, 1130), GROUND)
    _put(canvas, market, (70, 70), 1130)
    _put(canvas, dealer, (640, 290), 1130)
    _put(canvas, car, (1590, 170), 350)
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    canvas.resize((1600, 904), Image.Resampling.LANCZOS).save(TARGET, quality=82, method=6)
    print(f"{TARGET}: {TARGET.stat().st_size // 1024} KiB")


def _shot(browser: Browser, address: str, width: int, height: int, follow: bool = False) -> Image.Image:
    page = browser.new_page(viewport={"width": width, "height": height}, device_scale_factor=2)
    page.goto(address)
    if follow:
        page.locator("article.card:has(img) h3 a").first.click()
        page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    shot = Image.open(io.BytesIO(page.screenshot())).convert("RGB")
    page.close()
    return shot


def _put(canvas: Image.Image, shot: Image.Image, at: tuple[int, int], width: int) -> None:
    """Lay a screenshot on the ground: scaled, round corners, a soft shadow."""
    height = round(shot.height * width / shot.width)
    small = shot.resize((width, height), Image.Resampling.LANCZOS)
    mask = Image.new("L", small.size, 0)
    ImageDraw.Draw(mask).rounded_rectangle((0, 0, width, height), RADIUS, fill=255)
    shadow = Image.new("L", canvas.size, 0)
    ImageDraw.Draw(shadow).rounded_rectangle((at[0], at[1] + 14, at[0] + width, at[1] + height + 14), RADIUS, fill=90)
    canvas.paste((40, 42, 30), (0, 0), shadow.filter(ImageFilter.GaussianBlur(24)))
    canvas.paste(small, at, mask)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 8000)
