"""Pictures from filtered noise: clouds, marble, wood, metal, camouflage, leather, paper."""

import numpy as np
from scipy import ndimage

from tools.textures.palette import SIZE, colour, coordinates, lit, palette, unit


def spectral(rng, power=1.5, stretch=1.0, angle=0.0, band=None):
    """Noise (SIZE, SIZE) in 0..1 with amplitude 1/f^power, drawn out `stretch` times along `angle`.

    band: (low, high) in cycles per picture keeps only those frequencies.
    """
    fy, fx = np.meshgrid(np.fft.fftfreq(SIZE), np.fft.rfftfreq(SIZE), indexing="ij")
    along = (fx * np.cos(angle) + fy * np.sin(angle)) * np.sqrt(stretch)
    across = (fy * np.cos(angle) - fx * np.sin(angle)) / np.sqrt(stretch)
    frequency = np.hypot(along, across) * SIZE
    gain = 1 / np.maximum(frequency, 1) ** power
    if band is not None:
        gain = gain * (frequency > band[0]) * (frequency < band[1])
    spectrum = np.fft.rfft2(rng.standard_normal((SIZE, SIZE)))
    return unit(np.fft.irfft2(spectrum * gain, (SIZE, SIZE)))


def warp(rng, field, amount, power=2.2):
    """Move the points of a field (H, W) or picture (H, W, 3) by smooth noise, `amount` pixels."""
    rows, columns = np.mgrid[:SIZE, :SIZE].astype(float)
    rows += amount * (spectral(rng, power) - 0.5)
    columns += amount * (spectral(rng, power) - 0.5)
    if field.ndim == 2:
        return ndimage.map_coordinates(field, [rows, columns], order=1, mode="reflect")
    planes = [
        ndimage.map_coordinates(field[..., c], [rows, columns], order=1, mode="reflect")
        for c in range(3)
    ]
    return np.stack(planes, axis=-1)


def clouds(rng):
    """Power-law noise through a palette; from sandpaper to mist."""
    field = spectral(rng, rng.uniform(0.4, 2.4), rng.choice([1, 1, 2, 4]), rng.uniform(0, np.pi))
    return colour(field, palette(rng))


def three_noises(rng):
    """Each of three palette directions has noise of its own, as in lichen or faded prints."""
    power = rng.uniform(0.8, 2)
    colours = palette(rng, 4)
    picture = colours[0] + np.zeros((SIZE, SIZE, 3))
    for other in colours[1:]:
        weight = np.clip((spectral(rng, power) - 0.5) * rng.uniform(1, 8) + 0.3, 0, 1)[..., None]
        picture = picture * (1 - weight) + other * weight
    return picture


def marble(rng):
    """Sines of a warped coordinate: veins."""
    x, y = coordinates()
    angle = rng.uniform(0, np.pi)
    phase = (x * np.cos(angle) + y * np.sin(angle)) * rng.uniform(4, 30)
    phase = phase + rng.uniform(2, 14) * spectral(rng, rng.uniform(1.2, 2))
    field = np.abs(np.sin(phase)) ** rng.uniform(0.4, 2)
    return colour(field, palette(rng))


def wood(rng):
    """Rings seen on a plank, with pores along the fibre."""
    x, y = coordinates()
    rings = np.hypot((x - rng.uniform(-1, 2)) * rng.uniform(2, 6), (y - rng.uniform(-3, 4)) * 0.3)
    rings = rings * rng.uniform(8, 30) + rng.uniform(0.5, 3) * spectral(rng, 2, 6, np.pi / 2)
    fibre = spectral(rng, 0.6, rng.uniform(12, 40), np.pi / 2)
    picture = colour((rings % 1) * 0.75 + 0.25 * fibre, palette(rng, 4))
    return picture if rng.random() < 0.5 else np.swapaxes(picture, 0, 1)


def fibres(rng):
    """Brushed metal, fur, rain: noise drawn out along one direction, perhaps bent."""
    field = spectral(rng, rng.uniform(0.3, 1.3), rng.uniform(6, 60), rng.uniform(0, np.pi))
    if rng.random() < 0.6:
        field = warp(rng, field, rng.uniform(20, 120))
    return colour(field, palette(rng))


def camouflage(rng):
    """Noise cut into flat patches."""
    levels = rng.integers(3, 8)
    field = spectral(rng, rng.uniform(1.3, 2.2), rng.choice([1, 1, 3]), rng.uniform(0, np.pi))
    return palette(rng, levels)[np.minimum((field * levels).astype(int), levels - 1)]


def leather(rng):
    """Ridges and valleys lit from the side: leather, plaster, bark, crumpled paper."""
    height = np.zeros((SIZE, SIZE))
    for octave in range(rng.integers(2, 5)):
        band = np.array([4, 12]) * 2.0**octave * rng.uniform(0.7, 1.5)
        layer = spectral(rng, 0, rng.choice([1, 3]), rng.uniform(0, np.pi), band)
        height += np.abs(layer - 0.5) / 1.6**octave
    shade = lit(height * 40, rng.uniform(0.2, 0.9), rng.uniform(0, 2 * np.pi))
    return colour(unit(height), palette(rng, 4)) * shade[..., None]


def turing(rng):
    """Labyrinths and spots: band-passed, sharpened, again; as reaction and diffusion settle."""
    low = rng.uniform(8, 40)
    field = spectral(rng, 0)
    stretch, angle, bias = rng.choice([1, 1, 2.5]), rng.uniform(0, np.pi), rng.uniform(-0.3, 0.3)
    for _ in range(6):
        noise = np.fft.rfft2(np.tanh(4 * (field - field.mean()) / field.std() + 2 * bias))
        fy, fx = np.meshgrid(np.fft.fftfreq(SIZE), np.fft.rfftfreq(SIZE), indexing="ij")
        along = (fx * np.cos(angle) + fy * np.sin(angle)) * stretch
        frequency = np.hypot(along, fy * np.cos(angle) - fx * np.sin(angle)) * SIZE
        gain = np.exp(-((np.log(np.maximum(frequency, 0.1) / low)) ** 2) / 0.15)
        field = np.fft.irfft2(noise * gain, (SIZE, SIZE))
    edge = rng.choice([0.3, 1.0, 6.0])
    field = 1 / (1 + np.exp(-edge * field / field.std() - bias))
    if rng.random() < 0.4:
        field = warp(rng, field, rng.uniform(20, 80))
    return colour(unit(field), palette(rng, rng.integers(2, 6)))


def sparse(rng):
    """Film grain, speckle, stars: noise raised to a power over a soft ground."""
    grain = spectral(rng, rng.uniform(0, 0.8), 1, 0, (rng.uniform(10, 60), 256))
    ground = spectral(rng, rng.uniform(1.5, 2.5))
    field = np.clip(ground * rng.uniform(0.2, 1) + grain ** rng.uniform(1, 8), 0, 1)
    return colour(field, palette(rng))
