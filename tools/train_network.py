"""Trains the embedded network from nothing and writes it in VGG-19's file structure.

    python -m tools.train_network --out stylenet/models/NAME.mat

Pictures are drawn first (minutes), then the training runs (hours on two cores) and keeps a
checkpoint in the cache folder: start it again and it goes on where it was. On a machine shared with
other work set OMP_WAIT_POLICY=PASSIVE, or the two threads wait for each other at full speed.
"""

import argparse
import time
from pathlib import Path

import numpy as np
import torch
from PIL import Image
from torch.nn import functional
from tqdm.auto import tqdm

from tools.network_file import write_network
from tools.textures.cache import training_pictures
from tools.training.content import blind_to_paint
from tools.training.crops import Crops
from tools.training.heads import Heads, Redraw
from tools.training.network import MEAN_PIXEL, NarrowVGG, fold
from tools.training.painting import balance

SEED = 1
PICTURES = 900
# Steps, crop size in pixels, crops in a batch: larger crops at last, so that the deep layers' Gram
# matrices are means over many positions.
PHASES = ((1600, 64, 64), (500, 96, 28))
STEPS = sum(steps for steps, _, _ in PHASES)
RATE, WARM_UP = 2e-3, 200  # highest learning rate, and the steps in which it rises to it
WEIGHT_DECAY = 0.02
REDRAW_WEIGHT = 1.0  # of drawing the crop from relu4_2, beside telling pictures apart
SMOOTHING = 0.05  # of the labels
CHECKPOINT_SECONDS = 180
CALIBRATION_BATCHES, CALIBRATION_CROP = 40, 128
BALANCED_ON = ("content_harbour.jpg", "style_swirls.jpg")


def crop_size(step):
    """Crop size in pixels and crops in the batch of a step."""
    for steps, size, count in PHASES:
        if step < steps:
            return size, count
        step -= steps
    raise ValueError("the training is over")


def learning_rate(step):
    """Linear warm-up, then half a cosine to nothing."""
    if step < WARM_UP:
        return RATE * (step + 1) / WARM_UP
    return RATE * 0.5 * (1 + np.cos(np.pi * (step - WARM_UP) / (STEPS - WARM_UP)))


def loss_of(network, heads, redraw, batch):
    """Mean cross-entropy of the heads and the redrawing; the loss, what the progress bar shows."""
    crops, labels = batch
    found, last = network(crops)
    answers = heads(found, last)
    known = [functional.cross_entropy(x, labels, label_smoothing=SMOOTHING) for x in answers]
    error = redraw(found, crops)
    shown = [(x.argmax(1) == labels).float().mean().item() for x in answers]
    return sum(known) / len(known) + REDRAW_WEIGHT * error, [*shown, error.item()]


def save(path, content):
    """Write a checkpoint beside the old one, then put it in its place."""
    partial = path.with_suffix(".partial")
    torch.save(content, partial)
    partial.replace(path)


def train(cache, threads=2):
    """Train to the end of STEPS, from the checkpoint if there is one; returns network, crops."""
    torch.set_num_threads(threads)
    torch.manual_seed(SEED)
    crops = Crops(training_pictures(cache, PICTURES), SEED)
    network, heads, redraw = NarrowVGG(), Heads(crops.classes), Redraw()
    network.to(memory_format=torch.channels_last)
    weights = [*network.parameters(), *heads.parameters(), *redraw.parameters()]
    optimizer = torch.optim.AdamW(weights, RATE, weight_decay=WEIGHT_DECAY)
    parts = {"network": network, "heads": heads, "redraw": redraw, "optimizer": optimizer}
    path, first = Path(cache) / "checkpoint.pt", 0
    if path.exists():
        state = torch.load(path, weights_only=True)
        first = state["step"]
        for name, part in parts.items():
            part.load_state_dict(state[name])

    def keep(step):
        states = {name: part.state_dict() for name, part in parts.items()}
        save(path, {"step": step} | states)

    run((network, heads, redraw), optimizer, crops, first, keep)
    return network, crops


def run(asked, optimizer, crops, first, keep):
    """The training loop over the modules asked; keep(step) writes a checkpoint."""
    kept = time.monotonic()
    bar = tqdm(range(first, STEPS), initial=first, total=STEPS, mininterval=10)
    for step in bar:
        for group in optimizer.param_groups:
            group["lr"] = float(learning_rate(step))
        loss, shown = loss_of(*asked, crops.batch(step, *crop_size(step)))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        bar.set_postfix_str(f"loss {loss.item():.2f} " + " ".join(f"{x:.2f}" for x in shown))
        if time.monotonic() - kept > CHECKPOINT_SECONDS:
            keep(step + 1)
            kept = time.monotonic()
    keep(STEPS)


def recalibrate(network, crops):
    """Measure the means and variances of batch normalisation anew, on larger crops."""
    for norm in network.norms.values():
        norm.reset_running_stats()
        norm.momentum = None  # the plain mean over the batches
    network.train()
    with torch.no_grad():
        for number in tqdm(range(CALIBRATION_BATCHES), "measuring means"):
            network(crops.batch(STEPS + number, CALIBRATION_CROP, 24)[0])


def export(network, crops, path, images):
    """Fold, make the content layer blind to paint, set the layers' scales and write the file."""
    recalibrate(network, crops)
    content, style = (picture(Path(images) / name) for name in BALANCED_ON)
    folded = balance(blind_to_paint(fold(network)), content, style)
    kernels = {name: kernel for name, (kernel, _) in folded.items()}
    biases = {name: bias for name, (_, bias) in folded.items()}
    write_network(path, kernels, biases, MEAN_PIXEL)


def picture(path, width=256):
    """A picture file as uint8 (H, W, 3) of that width."""
    image = Image.open(path).convert("RGB")
    return np.asarray(image.resize((width, round(image.height * width / image.width))))


def main():
    """The command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--out", required=True, help="the .mat file to write")
    parser.add_argument("--cache", default=".cache", help="folder of pictures and checkpoint")
    parser.add_argument("--images", default="images", help="folder of the sample pictures")
    parser.add_argument("--threads", type=int, default=2)
    arguments = parser.parse_args()
    network, crops = train(arguments.cache, arguments.threads)
    export(network, crops, arguments.out, arguments.images)


if __name__ == "__main__":
    main()
