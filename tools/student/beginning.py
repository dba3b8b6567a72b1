"""Where the student begins: the teacher's strongest filters, each layer fitted to the last.

A layer's channels are those of the teacher from which least squares gives the others best, chosen
one by one; what is left of the covariance after each is its Schur complement, as in a pivoted
Cholesky decomposition. Its kernels are fitted so that it answers as they do, given what the
student's own layer before answers, and its map so that it gives all of the teacher's channels.
"""

import torch
from torch.nn import functional
from tqdm.auto import tqdm

from stylenet.network.layers import CONVOLUTION_NAMES
from tools.student.network import POOLED, bordered, features
from tools.student.scales import relu_name

RIDGE = 1e-3  # of the mean square, so that channels which hardly differ do no harm
POSITIONS = 60_000  # of a layer, drawn at random, that are fitted to
FLOOR = 1e-9  # of the largest variance: less is rounding


def root_mean_squares(weights, batches):
    """Relu name -> root mean square of a network's answers over batches of pictures."""
    sums = {}
    with torch.no_grad():
        for batch in batches:
            for name, answers in features(weights, batch).items():
                sums[name] = sums.get(name, 0) + (answers**2).mean() / len(batches)
    return {name: float(value**0.5) for name, value in sums.items()}


@torch.no_grad()
def beginning(teacher, widths, batches):
    """Weights and maps of a student, see `Student`.

    Args:
        teacher: its weights, rescaled.
        widths: convolution name -> channels of the student.
        batches: list of batches of pictures.
    """
    mine, theirs, weights, maps = batches, batches, {}, {}
    for name in tqdm(CONVOLUTION_NAMES, "fitting layers"):
        wanted = [functional.conv2d(bordered(batch), *teacher[name]) for batch in theirs]
        theirs = [functional.relu(batch) for batch in wanted]
        taken = strongest(sum(rows(batch).T @ rows(batch) for batch in theirs), widths[name])
        seen = drawn(wanted)
        weights[name] = fitted_kernel(mine, [batch[:, taken] for batch in wanted], seen)
        mine = [functional.relu(functional.conv2d(bordered(b), *weights[name])) for b in mine]
        maps[relu_name(name)] = least_squares(some(mine, rows, seen), some(theirs, rows, seen)).T
        if name in POOLED:
            mine, theirs = ([functional.max_pool2d(b, 2) for b in side] for side in (mine, theirs))
    return weights, {name: to_teacher.contiguous() for name, to_teacher in maps.items()}


def strongest(second_moment, count):
    """The channels that explain most of all of them, by greedy choice: sorted indices.

    Args:
        second_moment: (C, C), mean of f f^T.
        count: how many.
    """
    left, chosen = second_moment.double().clone(), []
    floor = left.diagonal().max() * FLOOR
    for _ in range(count):
        variances = left.diagonal().clamp(min=floor)
        gains = (left**2).sum(0) / variances
        gains[chosen] = -1
        best = int(gains.argmax())
        left -= torch.outer(left[:, best], left[best]) / variances[best]
        chosen.append(best)
    return sorted(chosen)


def fitted_kernel(inputs, outputs, seen):
    """(kernel (out, in, 3, 3), bias (out,)) that makes outputs of inputs, batches (B, C, h, w)."""
    solution = least_squares(some(inputs, patches, seen), some(outputs, rows, seen)).T
    kernel, bias = solution[:, :-1], solution[:, -1]
    return kernel.reshape(len(kernel), -1, 3, 3).contiguous(), bias.clone()


def least_squares(inputs, outputs):
    """W (in, out) with inputs W nearest to outputs; both (N, ...), summed in float64."""
    inputs, outputs = inputs.double(), outputs.double()
    squares, products = inputs.T @ inputs, inputs.T @ outputs
    squares.diagonal().add_(RIDGE * squares.diagonal().mean())
    return torch.linalg.solve(squares, products).float()


def drawn(batches):
    """Which positions are fitted to: a mask (N,) for each batch (B, C, h, w)."""
    counts = [batch[:, 0].numel() for batch in batches]
    generator = torch.Generator().manual_seed(0)
    share = min(1.0, POSITIONS / sum(counts))
    device = batches[0].device
    return [(torch.rand(count, generator=generator) < share).to(device) for count in counts]


def some(batches, arranged, masks):
    """The drawn rows of batches: (N, ...)."""
    pairs = zip(batches, masks, strict=True)
    return torch.cat([arranged(batch)[mask] for batch, mask in pairs])


def rows(answers):
    """(B, C, h, w) -> (N, C)."""
    return answers.permute(0, 2, 3, 1).flatten(0, 2)


def patches(answers):
    """Each position's 3 x 3 neighbourhood and a 1 behind it: (B, C, h, w) -> (N, 9 C + 1)."""
    found = functional.unfold(bordered(answers), 3).transpose(1, 2).flatten(0, 1)
    return torch.cat([found, torch.ones_like(found[:, :1])], 1)
