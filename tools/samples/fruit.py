"""Things on the still-life table: vase, flowers, fruit and cloth, as lists of surfaces.

World axes in metres: x to the right, y up from the table top, z away from the viewer.
"""

import numpy as np
from scipy.interpolate import PchipInterpolator

from .noise import blend, fbm, smoothstep, value_noise
from .shapes import bend, blade, frame_of, lathe, tube, unit
from .surfels import Surface

_BLUE = (0.07, 0.12, 0.24)
_GREEN, _PALE, _BARK = (0.045, 0.10, 0.030), (0.16, 0.22, 0.08), (0.10, 0.065, 0.035)


def flat(colour, grain=0.2):
    """Paint of one `colour` with soft mottling."""

    def paint(u, v):
        return np.float32(colour) * (1 - grain / 2 + grain * fbm(u * 9, v * 9, 3, 11))[..., None]

    return paint


def vase(foot, tall):
    """Glazed round vase, `tall` metres high, with an open mouth."""
    t = [0, 0.03, 0.10, 0.30, 0.48, 0.62, 0.72, 0.80, 0.86, 0.88, 0.90, 1]
    radius = [0.01, 0.19, 0.21, 0.35, 0.385, 0.30, 0.19, 0.155, 0.215, 0.21, 0.19, 0.14]
    height = [0, 0, 0.02, 0.25, 0.50, 0.70, 0.82, 0.91, 0.995, 1.0, 0.985, 0.88]
    width_at, height_at = PchipInterpolator(t, radius), PchipInterpolator(t, height)

    def profile(u, angle):
        return width_at(u) * tall * 1.02, height_at(u) * tall

    def paint(u, v):
        run = 0.10 * fbm(v * 22, 0 * v, 3, 21) + 0.04 * fbm(v * 9, u * 9, 4, 22)
        glaze = blend(
            np.float32([0.035, 0.13, 0.17]), [0.30, 0.42, 0.40], smoothstep(0.55, 0.78, u + run)
        )
        speck = smoothstep(0.70, 0.78, value_noise(u * 190, v * 190, 23))
        body = blend(glaze, [0.26, 0.17, 0.10], smoothstep(0.17, 0.12, u + 0.4 * run))
        return blend(body, [0.05, 0.05, 0.05], 0.22 * speck)

    return [Surface(lathe(profile, foot), paint, gloss=0.05)]


def apple(foot, size, axis, seed):
    """Red and yellow apple of radius `size` with its stalk."""

    def profile(u, angle):
        turn = np.pi * u
        lobes = 1 + 0.025 * np.cos(5 * angle + seed) * np.sin(turn) * u
        radius = size * np.sin(turn) * (1.02 + 0.13 * np.cos(turn)) * lobes
        dimple = 0.42 * np.exp(-((turn / 0.40) ** 2))
        dimple = dimple - 0.16 * np.exp(-(((np.pi - turn) / 0.4) ** 2))
        return radius, size * (0.92 + 0.93 * np.cos(turn) - dimple)

    def paint(u, v):
        streak = fbm(v * 60, u * 5 + seed, 4, 31)
        blush = smoothstep(0.30, 0.62, fbm(np.cos(2 * np.pi * v) + 5 + seed, u * 1.6, 3, 32))
        red = smoothstep(0.28, 0.60, streak * 0.5 + blush * 0.55 + 0.12 * np.sin(np.pi * u))
        skin = blend(np.float32([0.50, 0.36, 0.07]), [0.42, 0.028, 0.018], red)
        dots = smoothstep(0.77, 0.83, value_noise(v * 70, u * 40 + seed, 33))
        skin = blend(skin, [0.55, 0.38, 0.20], 0.2 * dots)
        return blend(skin, [0.20, 0.18, 0.05], smoothstep(0.13, 0.02, u))

    axis = unit(axis)
    top = np.float32(foot) + axis * size * 1.42
    lean = top + axis * size * 0.35 + np.float32([0.1, 0, 0.05]) * size
    stalk = tube(bend(top, top + axis * size * 0.3, lean + axis * size * 0.3), np.full(12, 0.0017))
    return [
        Surface(lathe(profile, foot, axis), paint, gloss=0.045),
        Surface(stalk, flat(_BARK), gloss=0.01),
    ]


def orange(foot, size, axis, seed):
    """Orange of radius `size` with pores and a green navel at the end of `axis`."""

    def profile(u, angle):
        turn = np.pi * u
        # The pores are laid out on a map that is even around the middle of the fruit.
        pores = value_noise(angle * 22 * np.sin(turn) + seed, turn * 22, 41)
        bump = 1 - 0.014 * smoothstep(0.45, 0.9, pores) - 0.06 * np.exp(-((turn / 0.16) ** 2))
        return size * bump * np.sin(turn), size * (1 + 0.96 * bump * np.cos(turn))

    def paint(u, v):
        warm = fbm(v * 7, u * 5 + seed, 4, 42)
        peel = blend(np.float32([0.62, 0.20, 0.012]), [0.70, 0.30, 0.03], warm)
        return blend(peel, [0.10, 0.12, 0.03], smoothstep(0.045, 0.025, u))

    return [Surface(lathe(profile, foot, axis), paint, gloss=0.035)]


def _bunch(rng, count, size):
    """Centres (n×3) of up to `count` grapes of radius `size` heaped into a lying bunch."""
    spots = []
    for _ in range(60 * count):
        if len(spots) == count:
            break
        along = rng.random() ** 1.25
        wide = 2.9 * size * (1.12 - along)
        angle, out = rng.uniform(0, np.pi), np.sqrt(rng.random())
        spot = np.array([along * 11 * size, 0, 0])
        spot += [0, size + 1.15 * wide * out * np.sin(angle), 1.15 * wide * out * np.cos(angle)]
        if all(np.linalg.norm(spot - other) > 1.62 * size for other in spots):
            spots.append(spot)
    return np.array(spots)


def grapes(middle, turn, count, size, rng):
    """Bunch of dark grapes that starts at `middle` and points `turn` radians from +x."""
    spin = np.array([[np.cos(turn), 0, np.sin(turn)], [0, 1, 0], [-np.sin(turn), 0, np.cos(turn)]])
    things = []
    for number, spot in enumerate(_bunch(rng, count, size) @ spin.T + np.float32(middle)):
        radius = size * rng.uniform(0.9, 1.06)
        tint = np.float32([0.085, 0.016, 0.050]) * rng.uniform(0.7, 1.5)
        ball = lathe(
            lambda u, angle, r=radius: (r * np.sin(np.pi * u), 1.1 * r * np.cos(np.pi * u)),
            spot,
            rng.normal(size=3) + np.float32([1, 0.6, 0]),
        )

        def paint(u, v, tint=tint, number=number):
            bloom = smoothstep(0.35, 0.75, fbm(u * 5 + number, v * 5, 4, 51))
            return blend(np.broadcast_to(tint, (*u.shape, 3)), [0.17, 0.15, 0.25], 0.45 * bloom)

        things.append(Surface(ball, paint, gloss=0.04, thin=0.25))
    tip = np.float32(middle) - spin @ [3.2 * size, -3.0 * size, 0]
    up = np.float32([0, 2 * size, 0])
    stalk = bend(middle + up, middle + 2 * up, tip)
    return [*things, Surface(tube(stalk, np.full(12, 0.0022)), flat(_BARK))]


def cloth(left, right, far, edge, drop):
    """Linen from depth `far` to the table's `edge`, then hanging `drop` metres down."""
    long = far - edge + drop

    def shape(u, v):
        gone = u * long
        on_top = smoothstep(far - edge + 0.02, far - edge - 0.02, gone)
        x = left + (right - left) * v + 0.05 * (u - 0.4) + 0.012 * np.sin(7 * u)
        warp = 0.5 * fbm(x * 7, u * 2.5, 3, 61)
        fold = 0.5 + 0.5 * np.sin(2 * np.pi * (x * 8.5 + 0.9 * u + 1.5 * warp))
        low = 0.003 + 0.010 * fbm(x * 13 + 3, gone * 11, 4, 62) + 0.010 * fold**2 * (0.3 + u)
        out = 0.006 + 0.030 * fold * smoothstep(far - edge - 0.03, long, gone)
        over = np.maximum(gone - (far - edge), 0)
        y = on_top * low - over
        z = np.where(over > 0, edge - out * (1 - on_top), far - gone - out * (1 - on_top))
        return np.stack([x, y, z], axis=-1).astype(np.float32)

    def paint(u, v):
        weave = 0.93 + 0.14 * value_noise(u * 420, v * 420, 63)
        stripe = smoothstep(0.012, 0.008, np.abs(np.abs(v - 0.5) - 0.415))
        stripe = np.maximum(stripe, smoothstep(0.005, 0.003, np.abs(np.abs(v - 0.5) - 0.445)))
        linen = blend(np.broadcast_to(np.float32([0.66, 0.60, 0.49]), (*u.shape, 3)), _BLUE, stripe)
        return linen * weave[..., None]

    return [Surface(shape, paint, thin=0.05)]


def leaf(base, along, face, size, rng):
    """One green leaf with a pale rib."""
    tone = rng.uniform(0.75, 1.5)

    def paint(u, v):
        across = np.abs(2 * v - 1)
        rib = np.maximum(
            smoothstep(0.09, 0.03, across),
            0.35 * smoothstep(0.75, 0.95, np.sin(46 * (u - 0.25 * across))),
        )
        return blend(np.broadcast_to(np.float32(_GREEN) * tone, (*u.shape, 3)), _PALE, 0.7 * rib)

    form = blade(base, along, face, size, rng.uniform(-0.35, 0.05), rng.uniform(0.1, 0.5), 0.42)
    return Surface(form, paint, gloss=0.025, thin=0.35)


def flower(middle, face, size, colour, rng):
    """Open flower of radius `size` that looks towards `face`: two rings of petals, a heart."""
    turn, petals = frame_of(face), []

    def paint(u, v):
        vein = 0.88 + 0.24 * fbm(v * 14, u * 2, 3, 71)
        deep = np.float32(colour) * [0.75, 0.45, 0.5]
        base = deep * np.ones((*u.shape, 1))
        return blend(base, colour, smoothstep(0, 0.55, u)) * vein[..., None]

    for ring, count in ((0, 9), (1, 8)):
        for angle in (np.arange(count) + 0.5 * ring) * 2 * np.pi / count + rng.uniform(0, 1):
            away = turn @ [np.cos(angle), 0.30 + 0.28 * ring + rng.normal() * 0.08, np.sin(angle)]
            length = size * (1 - 0.22 * ring) * rng.uniform(0.93, 1.07)
            form = blade(
                middle, away, turn[:, 1], (length, length * 0.36), rng.uniform(-0.3, 0), 0.4, 0.85
            )
            petals.append(Surface(form, paint, thin=0.35))

    def dome(u, angle):
        bumps = 1 + 0.16 * value_noise(u * 12, angle * 4, 72)
        return size * 0.21 * np.sin(u * 1.7) * bumps, size * (0.08 + 0.16 * np.cos(u * 1.7)) * bumps

    return [*petals, Surface(lathe(dome, middle, face), flat((0.50, 0.27, 0.02), 0.9))]


def spray(mouth, end, lean, count, rng):
    """Leafy twig from the vase's `mouth` to `end`; leaves (about `count`) in pairs along it."""
    path = bend(mouth, np.float32(mouth) * 0.5 + np.float32(end) * 0.5 + lean, end)
    things = [Surface(tube(path, np.linspace(0.0026, 0.0012, 12)), flat(_BARK))]
    for number, t in enumerate(np.linspace(0.38, 1, count)):
        spot = np.array([np.interp(t, np.linspace(0, 1, 12), path[:, k]) for k in range(3)])
        ahead = unit(path[-1] - path[-4])
        side = unit(np.cross(ahead, [0, 0, 1])) * (-1) ** number
        along = side + ahead * 0.7 + rng.normal(size=3) * 0.25
        face = np.array([0, 0.6, -0.8]) + rng.normal(size=3) * 0.35
        size = rng.uniform(0.042, 0.062) * (1.15 - 0.45 * t)
        things.append(leaf(spot, along, face, (size, size * 0.27), rng))
    return things
