"""Makes the content layer see what is where, and hardly any colour or stroke.

As it is trained, relu4_2 knows a picture's colours as well as its edges, and a painting that has to
keep both has no room for the colours and strokes of its style. So conv4_2 is turned and stretched.
With z its output before ReLU, S the covariance of z over the positions of a scene, and D the mean
of dz dzᵀ, dz what z gains when the scene is recoloured or repainted in strokes,

    z' = W z,    W = (D + RIDGE S)^(-1/2)

makes what such changes move as small as all else (whitening within classes, as in Fisher's linear
discriminant, 1936; a class is a scene with all its paintings). conv4_3 is then fitted anew by least
squares, so that the layers behind it see what they saw.
"""

import numpy as np
import torch
from torch.nn import functional
from tqdm.auto import tqdm

from tools.textures.scenes import SCENES, edge_flow
from tools.textures.strokes import paint
from tools.training.network import features

SEED, PAIRS, RECOLOURED = 5, 24, 4  # scenes, each repainted once and recoloured RECOLOURED times
RIDGE = 0.1  # of S beside D: how much of the trained layer stays
OPEN = 0.5  # deviations by which ReLU's threshold lies below the mean of z'
FIT_RIDGE = 1e-3
BORDER = 2  # positions left out of S and D, where padding speaks


def scene_and_painting(number):
    """A scene and the same scene in strokes along its edges, float32 (1, 3, H, W) in 0..255."""
    rng = np.random.default_rng([SEED, number])
    scene = np.clip(np.nan_to_num(SCENES[number % len(SCENES)](rng)), 0, 1)
    width, ratio = rng.choice([3, 5, 8]), rng.uniform(3, 7)
    strokes = paint(
        rng, scene, edge_flow(rng, scene), width, ratio, jitter=0.1, bristles=3, relief=0.8
    )
    return [as_batch(np.clip(np.nan_to_num(picture), 0, 1)) for picture in (scene, strokes)]


def as_batch(picture):
    """float (H, W, 3) in 0..1 -> float32 (1, 3, H, W) in 0..255."""
    return torch.from_numpy((picture * 255).astype(np.float32)).permute(2, 0, 1)[None].contiguous()


def recoloured(rng, picture):
    """A picture (1, 3, H, W) with its hues turned, its colours stronger or weaker, tinted."""
    turn = rng.uniform(-np.pi, np.pi)
    grey = np.full((3, 3), 1 / 3)
    cross = np.array([[0, -1, 1], [1, 0, -1], [-1, 1, 0]]) / np.sqrt(3)
    hues = np.cos(turn) * (np.eye(3) - grey) + np.sin(turn) * cross
    mixing = rng.uniform(0.7, 1.3) * (grey + rng.uniform(0.2, 2) * hues)
    mean = picture.mean((2, 3), keepdim=True)
    moved = torch.einsum("ij,bjhw->bihw", torch.from_numpy(mixing).float(), picture - mean)
    tint = torch.from_numpy(rng.uniform(-60, 60, (1, 3, 1, 1))).float()
    return (moved + mean + tint).clamp(0, 255)


def blind_to_paint(folded):
    """A folded network with conv4_2 turned and stretched, and conv4_3 fitted to it."""
    pairs = [scene_and_painting(number) for number in tqdm(range(PAIRS), "drawing scenes")]
    positions, changes = moments(folded, pairs)
    turned = turn(folded, whitening(positions, changes))
    pictures = [picture for pair in pairs for picture in pair]
    return fit_next(folded, centre(turned, pictures), pictures)


def before_relu(folded, name, features_before):
    """The convolution `name` of features (B, in, h, w), without its ReLU."""
    kernel, bias = (torch.as_tensor(array) for array in folded[name])
    return functional.conv2d(features_before, kernel.permute(3, 2, 0, 1), bias, padding=1)


def content_before_relu(folded, picture):
    """z of a picture: (1, C, h, w)."""
    with torch.no_grad():
        found = features(folded, picture, last="conv4_1")
        return before_relu(folded, "conv4_2", found["relu4_1"])


def moments(folded, pairs):
    """S and D, float64 (C, C), means over the pairs (scene, painting)."""
    rng, positions, changes = np.random.default_rng(SEED), 0, 0
    for scene, painting in tqdm(pairs, "measuring relu4_2"):
        z = content_before_relu(folded, scene)
        positions += second_moment(z - inner(z).mean((2, 3), keepdim=True)) / len(pairs)
        changes += second_moment(content_before_relu(folded, painting) - z) / len(pairs)
        for _ in range(RECOLOURED):
            change = content_before_relu(folded, recoloured(rng, scene)) - z
            changes += second_moment(change) / len(pairs) / RECOLOURED
    return positions, changes


def inner(z):
    """z without its border."""
    return z[:, :, BORDER:-BORDER, BORDER:-BORDER]


def second_moment(z):
    """Mean of z zᵀ over the inner positions of (1, C, h, w): float64 (C, C)."""
    rows = inner(z).flatten(2)[0].double()
    return rows @ rows.T / rows.shape[1]


def whitening(positions, changes):
    """W, float32 (C, C); scaled so that the spread of z over positions stays what it was."""
    spread, vectors = torch.linalg.eigh(changes + RIDGE * positions)
    inverse_root = vectors @ torch.diag(spread.clamp(min=spread.max() * 1e-6) ** -0.5) @ vectors.T
    after = torch.trace(inverse_root @ positions @ inverse_root)
    return (inverse_root * torch.sqrt(torch.trace(positions) / after)).float().numpy()


def turn(folded, matrix):
    """The network with z' = W z for z."""
    kernel, bias = folded["conv4_2"]
    return {**folded, "conv4_2": (kernel @ matrix.T, matrix @ bias)}


def centre(folded, pictures):
    """The network with a bias of conv4_2 that lets most of z' through ReLU, as batch norm would."""
    found = [content_before_relu(folded, picture).flatten(2)[0] for picture in pictures]
    z = torch.cat(found, 1)
    kernel, bias = folded["conv4_2"]
    shift = (OPEN * z.std(1) - z.mean(1)).numpy()
    return {**folded, "conv4_2": (kernel, bias + shift)}


def fit_next(before, after, pictures):
    """The network `after` with the conv4_3 that comes nearest to what `before` has there."""
    squares, products = 0, 0
    for picture in tqdm(pictures, "fitting conv4_3"):
        with torch.no_grad():
            had = features(before, picture, last="conv4_2")["relu4_2"]
            has = features(after, picture, last="conv4_2")["relu4_2"]
        wanted = before_relu(before, "conv4_3", had).flatten(2)[0].double()
        patches = functional.unfold(has, 3, padding=1)[0].double()
        patches = torch.cat([patches, torch.ones(1, patches.shape[1], dtype=torch.float64)])
        squares += patches @ patches.T
        products += patches @ wanted.T
    squares += FIT_RIDGE * torch.diag(torch.diag(squares))
    weights = torch.linalg.solve(squares, products).float()
    kernel = weights[:-1].T.reshape(-1, has.shape[1], 3, 3)  # unfold runs over (in, 3, 3)
    return {**after, "conv4_3": (kernel.permute(2, 3, 1, 0).numpy(), weights[-1].numpy())}
