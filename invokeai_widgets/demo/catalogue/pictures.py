"""Cover images for invented models: soft colours, the same for the same key."""

from __future__ import annotations

import colorsys
import random

from PIL import Image, ImageOps

SIDE = 256  # pixels, as InvokeAI keeps them; Pillow's gradients are of that size, too
_LIGHTS = 3


def picture(key: str) -> Image.Image:
    """A gradient between two colours that go together, with some lights on it."""
    draw = random.Random(key)
    hue = draw.random()
    dark, bright = _colour(hue, 0.75, 0.45), _colour(hue + draw.uniform(0.06, 0.2), 0.55, 0.9)
    slope = Image.linear_gradient("L").rotate(draw.choice((0, 180)))
    image = ImageOps.colorize(slope, dark, bright)
    for _ in range(_LIGHTS):
        size = draw.randint(SIDE, SIDE * 2)
        # Bright in the middle, and nothing at the edge of the circle.
        glow = Image.radial_gradient("L").point([max(190 - level * 3 // 2, 0) for level in range(256)])
        colour = _colour(hue + draw.uniform(-0.15, 0.35), draw.uniform(0.3, 0.8), 1.0)
        place = (draw.randint(-size // 2, SIDE - size // 2), draw.randint(-size // 2, SIDE - size // 2))
        image.paste(colour, (*place, place[0] + size, place[1] + size), glow.resize((size, size)))
    return image


def _colour(hue: float, saturation: float, value: float) -> tuple[int, int, int]:
    red, green, blue = colorsys.hsv_to_rgb(hue % 1.0, saturation, value)
    return round(red * 255), round(green * 255), round(blue * 255)
