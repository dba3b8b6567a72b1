"""Colours: random palettes that hang together, and fields of numbers turned into colours.

Colours are RGB in 0..1. Palettes are drawn in Oklab (Ottosson 2020), where equal steps look equal.
"""

import numpy as np

SIZE = 512  # pictures are SIZE x SIZE pixels


def oklch_to_rgb(lightness, chroma, hue):
    """Lightness 0..1, chroma 0..0.3, hue in radians (any equal shapes) -> RGB (..., 3) in 0..1."""
    a, b = chroma * np.cos(hue), chroma * np.sin(hue)
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = np.stack(
        [
            4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
            -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
            -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
        ],
        axis=-1,
    )
    linear = np.clip(linear, 0, 1)
    return np.where(linear < 0.0031308, 12.92 * linear, 1.055 * linear ** (1 / 2.4) - 0.055)


def palette(rng, n=6):
    """n colours (n, 3), dark to light: one to three hue families, muted or vivid."""
    hues = rng.uniform(0, 2 * np.pi) + np.array([0, rng.choice([0.5, 2.1, np.pi]), 4.2])
    hue = rng.choice(hues[: rng.integers(1, 4)], n) + rng.normal(0, 0.2, n)
    low, high = np.sort(rng.uniform(0.12, 0.98, 2))
    if high - low < 0.35:
        low, high = max(low - 0.2, 0.1), min(high + 0.2, 0.98)
    lightness = np.linspace(low, high, n) + rng.normal(0, 0.03, n)
    strength = rng.choice([0.02, 0.06, 0.1, 0.14, 0.2])
    chroma = strength * rng.uniform(0.4, 1.3, n) * (1 - np.abs(2 * lightness - 1) ** 3)
    return oklch_to_rgb(np.clip(lightness, 0.05, 1), np.maximum(chroma, 0), hue)


def colour(field, colours):
    """A field (H, W) in 0..1 -> (H, W, 3): linear steps through the palette."""
    at = np.linspace(0, 1, len(colours))
    return np.stack([np.interp(field, at, colours[:, c]) for c in range(3)], axis=-1)


def unit(field):
    """Stretch a field to 0..1, its 1 % tails clipped."""
    low, high = np.percentile(field, [1, 99])
    return np.clip((field - low) / max(high - low, 1e-9), 0, 1)


def coordinates():
    """x and y (SIZE, SIZE), each from 0 to 1."""
    axis = (np.arange(SIZE) + 0.5) / SIZE
    return np.meshgrid(axis, axis)


def lit(height, strength, angle):
    """Side light on a height field (H, W): a factor around 1, brighter where it faces the light."""
    dy, dx = np.gradient(height)
    return np.clip(1 + strength * (dx * np.cos(angle) + dy * np.sin(angle)), 0.35, 1.8)
