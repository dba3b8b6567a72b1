"""A content picture: a harbour town by a mountain lake in late-afternoon light."""

import numpy as np
from scipy import ndimage

from . import props, terrain
from .camera import FAR, Camera, Frame
from .film import develop
from .noise import blend, fbm, smoothstep

SIZE = (512, 344)
_OVERSAMPLE = 3
_SUN = np.float32([-0.84, 0.33, -0.42])
_SUN = _SUN / np.linalg.norm(_SUN)
_SUNLIGHT = np.float32([3.7, 2.6, 1.5])
_SKYLIGHT = np.float32([0.36, 0.50, 0.76])
_WALLS = [
    (0.80, 0.77, 0.70), (0.72, 0.58, 0.32), (0.46, 0.10, 0.07), (0.62, 0.40, 0.26),
    (0.80, 0.76, 0.66), (0.34, 0.42, 0.46), (0.70, 0.66, 0.52),
]  # fmt: skip
_ROOFS = [(0.42, 0.15, 0.09), (0.36, 0.13, 0.08), (0.14, 0.14, 0.16), (0.45, 0.19, 0.11)]


def _sites(rng):
    """Random places (x, z) for houses on the town hill, not too near to each other."""
    chosen = []
    for _ in range(2500):
        x, z = rng.uniform(-12, 150), rng.uniform(105, 330)
        near = min((np.hypot(x - a, (z - b) * 0.8) for a, b in chosen), default=99)
        beside_church = np.hypot(x - 37, z - 196) < 17
        dry = 2.5 < terrain.town(np.float32(x), np.float32(z)) < 27
        if dry and near > 11.3 and not beside_church:
            chosen.append((x, z))
    return chosen


def _build(rng, sun_map):
    """All faces and leaf dots of the scene; roofs and crowns are also entered in `sun_map`."""
    faces = props.church(37, _ground(37, 196), 196, 0.35)
    _shade_block(sun_map, 37, 196, 9, 5, _ground(37, 196) + 12)
    _shade_block(sun_map, 27, 199, 3, 3, _ground(37, 196) + 24)
    faces += props.lighthouse(-88, _ground(-88, 262), 262)
    faces += props.house(
        props.placer(-78, _ground(-78, 262), 262, 0.2),
        (8, 6, 3.2, 2.6),
        (props.WHITE, props.RED),
        2,
    )
    trees = []
    for number, (x, z) in enumerate(_sites(rng)):
        y, yaw = _ground(x, z), rng.normal(0.35, 0.25) + (np.pi / 2) * (rng.random() < 0.4)
        size = (
            rng.uniform(7.5, 11),
            rng.uniform(6, 8),
            rng.choice([3.2, 5.6, 6]),
            rng.uniform(2.6, 4),
        )
        colours = _WALLS[rng.integers(len(_WALLS))], _ROOFS[rng.integers(len(_ROOFS))]
        faces += props.house(props.placer(x, y, z, yaw), size, colours, number)
        _shade_block(sun_map, x, z, 3.8, 3.8, y + size[2] + 0.6 * size[3])
        for _ in range(2):
            a, b = x + rng.normal() * 8, z + rng.normal(4, 5)
            if terrain.town(np.float32(a), np.float32(b)) > 4:
                tall = rng.uniform(5, 10)
                trees.append(props.leaves(a, _ground(a, b), b, tall, rng))
                _shade_block(sun_map, a, b, tall / 4, tall / 4, _ground(a, b) + tall * 0.8)
    faces += props.jetty((17, 22), (5.5, 55), 2.6, 1.1)
    faces += props.sailing_boat(-9.5, 72, -0.3)
    faces += props.rowing_boat(3.4, 43, 1.0, (0.5, 0.12, 0.07))
    faces += props.rowing_boat(11, 88, 0.3, (0.75, 0.72, 0.62))
    faces += props.rowing_boat(18, 84, 2.6, (0.12, 0.25, 0.35))
    return faces, [np.concatenate(part) for part in zip(*trees, strict=True)]


def _ground(x, z):
    """Height of the ground at one point."""
    return float(terrain.height(np.float32([x]), np.float32([z]))[0])


def _shade_block(sun_map, x, z, half_x, half_z, top):
    """Enter a solid block into the map of shadow casters."""
    inside = (np.abs(sun_map.x - x) < half_x) & (np.abs(sun_map.z - z) < half_z)
    sun_map.tops[inside] = np.maximum(sun_map.tops[inside], top)


def _sky(rays):
    """Linear sky colour (…×3) in the directions `rays` (…×3): gradient, haze and clouds."""
    length = np.linalg.norm(rays, axis=-1)
    up = np.clip(rays[..., 1] / length, 0.002, 1)
    sunward = 0.5 + 0.5 * (rays @ _SUN) / length
    colour = blend(np.float32([0.80, 0.70, 0.58]), [0.20, 0.40, 0.78], 1 - np.exp(-up / 0.13))
    colour = colour * (0.75 + 0.6 * sunward[..., None])
    x, z = rays[..., 0] / (up + 0.05), rays[..., 2] / (up + 0.05)
    x = x + 0.8 * fbm(x * 0.7, z * 0.7, 3, 301)
    thick = fbm(x * 0.55, z * 0.42 + 2, 7, 311)
    toward = fbm((x - 0.16) * 0.55, z * 0.42 + 2, 4, 311)
    cover = smoothstep(0.45, 0.66, thick) * smoothstep(0.01, 0.09, up)
    light = np.clip(0.72 + 2.2 * (thick - toward), 0.25, 1.25)[..., None]
    cloud = np.float32([0.42, 0.46, 0.58]) + light * np.float32([1.05, 0.82, 0.62])
    return blend(colour, cloud * (0.7 + 0.5 * sunward[..., None]), 0.9 * cover)


def _light(frame, near_map, far_map):
    """Linear picture H×W×3 of a finished `frame`: sun, sky light, haze, and sky behind."""
    rays = frame.camera.rays()
    picture = _sky(rays)
    seen = frame.depth < FAR
    points, normal = frame.points()[seen], frame.normal[seen]
    depth = frame.depth[seen]
    lit = near_map.lit(points + 0.5 * normal, 0.35) * far_map.lit(points + 25 * normal, 25)
    direct = np.clip(normal @ _SUN, 0, 1) * lit
    bounce = np.clip(0.5 - 0.5 * normal[:, 1], 0, 1)[:, None] * np.float32([0.20, 0.17, 0.13])
    sky = (0.30 + 0.40 * normal[:, 1:2] + 0.30 * smoothstep(0, 1, direct)[:, None]) * _SKYLIGHT
    colour = frame.albedo[seen] * (direct[:, None] * _SUNLIGHT + np.maximum(sky, 0.1) + bounce)
    haze = 1 - np.exp(-((depth / 9500) ** 0.95))
    veil = blend(
        np.float32([0.50, 0.60, 0.76]), [0.74, 0.68, 0.64], smoothstep(0.3, -0.6, rays[seen][:, 0])
    )
    picture[seen] = blend(colour, veil * 0.9, haze)
    return picture


def _water(camera, points, mirrored):
    """Colour (n×3) of the lake at `points`, which see the upside-down picture `mirrored`."""
    x, z = points[:, 0], points[:, 2]
    ruffled = 0.35 + 1.1 * smoothstep(0.38, 0.68, fbm(x / 60, z / 22, 3, 401))
    fine = np.minimum(1, 60 / z)
    swell = fbm(x / 3.2, z / 1.5, 4, 411) - 0.5
    side = fbm(x / 2.1 + 40, z / 1.8, 4, 421) - 0.5
    swell = swell * ruffled * (0.030 + 0.035 * fine)
    column = camera.width / 2 + camera.focal * x / z + side * ruffled * 26 * fine
    row = camera.focal * camera.eye / z + 2 * camera.focal * swell
    row = np.abs(row)
    place = [np.clip(row, 0, mirrored.shape[0] - 1), np.clip(column, 0, camera.width - 1)]
    seen = np.stack(
        [ndimage.map_coordinates(mirrored[..., c], place, order=1) for c in range(3)], 1
    )
    grazing = np.clip(camera.eye / np.hypot(camera.eye, z) + 2.5 * swell, 0.01, 1)
    share = 0.03 + 0.97 * (1 - grazing) ** 4
    deep = np.float32([0.025, 0.085, 0.105])
    return blend(np.broadcast_to(deep, seen.shape), seen, share)


def render(seed=7):
    """Render the harbour; returns a PIL RGB picture of `SIZE`."""
    rng = np.random.default_rng(seed)
    width, height = SIZE[0] * _OVERSAMPLE, SIZE[1] * _OVERSAMPLE
    camera = Camera(width, height, 1.07 * width, int(0.45 * height), 9.0)
    near_map = terrain.SunMap(-160, 200, 15, 420, 0.4)
    far_map = terrain.SunMap(-9000, 9000, 400, 16000, 24.0)
    faces, dots = _build(rng, near_map)
    near_map.cast(_SUN, 120)
    far_map.cast(_SUN, 6000)
    pictures = []
    for eye in (camera, camera.mirrored()):
        frame = Frame(eye)
        terrain.draw_land(frame)
        for points, paint in faces:
            frame.draw_face(points, paint)
        frame.draw_dots(*dots, 0.32)
        pictures.append(_light(frame, near_map, far_map))
        if eye is camera:
            lake = frame.depth == FAR
    lake[: int(camera.horizon)] = False
    rays = camera.rays()[lake]
    points = rays * (-camera.eye / rays[:, 1:2])
    pictures[0][lake] = _water(camera, points, pictures[1][::-1])
    return develop(pictures[0], SIZE, rng)
