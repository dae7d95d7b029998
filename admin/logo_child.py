"""Reads a logo in a process of its own: bytes in, a small picture and its colours out (SECURITY C3).

Runs as `python -m admin.logo_child FORMAT` with limits on memory and time; nothing of the installation is loaded.
"""

import base64
import colorsys
import io
import json
import resource
import sys

from PIL import Image

MEGABYTES = 768
SECONDS = 10
LARGEST = (640, 320)
_SAMPLE = 96
_COLOURS = 24
_MOST = 8
_SEEN, _PALE = 127, 190
"""Opacity from which a pixel is seen, and the mean grey from which a mark is light."""


def main() -> None:
    """Read standard input, write JSON to standard output."""
    resource.setrlimit(resource.RLIMIT_AS, (MEGABYTES << 20, MEGABYTES << 20))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    content = sys.stdin.buffer.read()
    with Image.open(io.BytesIO(content), formats=(sys.argv[1],)) as source:
        image = source.convert("RGBA")
    shown = image.copy()
    shown.thumbnail(LARGEST)
    file = io.BytesIO()
    shown.save(file, "PNG", optimize=True)
    width, height = shown.size
    told = {"width": width, "height": height, "light": is_light(shown)}
    answer = {**told, "png": base64.b64encode(file.getvalue()).decode("ascii"), "colours": colours(image)}
    sys.stdout.write(json.dumps(answer))


def is_light(image: Image.Image) -> bool:
    """Ask whether a mark without a ground of its own is made for dark ones: what can be seen of it is nearly white."""
    alpha = image.getchannel("A")
    if alpha.getextrema()[0] > _SEEN:
        return False
    seen = [(grey, solid) for grey, solid in zip(image.convert("L").getdata(), alpha.getdata(), strict=True)]
    weights = [(grey, solid) for grey, solid in seen if solid > _SEEN]
    return bool(weights) and sum(grey for grey, _ in weights) / len(weights) > _PALE


def colours(image: Image.Image) -> list[str]:
    """Give the colours that carry a picture, the strongest first: transparent, pale and grey parts say nothing."""
    small = image.copy()
    small.thumbnail((_SAMPLE, _SAMPLE))
    pixels = [pixel for pixel in small.getdata() if pixel[3] > 127]
    if not pixels:
        return []
    flat = Image.new("RGB", (len(pixels), 1))
    flat.putdata([pixel[:3] for pixel in pixels])
    reduced = flat.quantize(_COLOURS)
    palette = reduced.getpalette() or []
    weighed = []
    for number, index in reduced.getcolors(len(pixels)) or []:
        red, green, blue = palette[3 * index : 3 * index + 3]
        _, light, saturation = colorsys.rgb_to_hls(red / 255, green / 255, blue / 255)
        if 0.06 < light < 0.94 and saturation > 0.18:
            weighed.append((number * saturation, f"#{red:02x}{green:02x}{blue:02x}"))
    return [colour for _, colour in sorted(weighed, reverse=True)][:_MOST]


if __name__ == "__main__":
    main()
