"""Runs the built programs for the tests."""
import os
import pathlib
import subprocess

import numpy

ROOT = pathlib.Path(__file__).resolve().parents[2]
FOLDER = pathlib.Path(os.environ.get("CONDENSENET_BIN", ROOT / ".build/release"))


def convert(checkpoint, *options):
    """The model file that condensenet-convert makes of a checkpoint, every layer compared with the source network."""
    model = checkpoint.with_suffix(".safetensors")
    subprocess.run([FOLDER / "condensenet-convert", checkpoint, "-o", model, "--verify", *options], check=True,
                   stdout=subprocess.DEVNULL)
    return model


def logits(model, images):
    """Logits [N, classes] of images [N, 3, height, width], float32, by the runtime."""
    before, after = model.with_suffix(".input.npy"), model.with_suffix(".logits.npy")
    numpy.save(before, images)
    subprocess.run([FOLDER / "condensenet", "run", model, "--input", before, "--output", after], check=True,
                   stdout=subprocess.DEVNULL)
    return numpy.load(after)
