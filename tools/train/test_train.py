"""Training stops, goes on, drops what it should, and what it saves converts to the same network."""
import gzip
import os
import pathlib
import struct
import subprocess
import sys
import time

import numpy
import pytest
import torch

from condensenet import CondenseNet, Shape
from images import Images
from programs import convert, logits
from train import load

DATASET = pathlib.Path("/usr/share/datasets/fashion-mnist")
SHAPE = ["--stages", "2-2-2", "--growth", "8-8-16", "--batch", "32", "--epochs", "4"]


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The first images of both parts of Fashion-MNIST."""
    folder = tmp_path_factory.mktemp("images")
    for part, count in (("train", 256), ("t10k", 64)):
        for kind, header, size in (("images-idx3", struct.pack(">4I", 0x803, count, 28, 28), 784), ("labels-idx1", struct.pack(">2I", 0x801, count), 1)):
            name = f"{part}-{kind}-ubyte.gz"
            data = gzip.open(DATASET / name).read()
            gzip.open(folder / name, "wb").write(header + data[len(header):len(header) + count * size])
    return folder


def command(folder, checkpoint, *options):
    return [sys.executable, pathlib.Path(__file__).with_name("train.py"), "fashion-mnist", folder, checkpoint, *SHAPE, *options]


def run(*arguments):
    # One thread sums in one order.
    return subprocess.run(command(*arguments), env={**os.environ, "OMP_NUM_THREADS": "1"}, capture_output=True, text=True)


def trained(folder, checkpoint, *options):
    result = run(folder, checkpoint, *options)
    assert result.returncode == 0, result.stderr
    assert not checkpoint.with_name(checkpoint.name + ".state").exists()
    return load(checkpoint)


@pytest.mark.parametrize("version, options", [(1, ["--cutout", "8"]), (2, ["--lasso", "1e-4"])])
def test_what_is_saved_converts_to_the_same_network(folder, tmp_path, version, options):
    saved = trained(folder, tmp_path / "network.pth", "--version", str(version), *options)
    network = CondenseNet(Shape(version, [2, 2, 2], [8, 8, 16], 4, 4, 10))
    network.load_state_dict(saved["state_dict"])
    network.eval()
    for module in network.condensing():
        for group in range(module.groups):
            kept = module.channels(module._mask[:, :, 0, 0], group)
            assert kept.sum(0).eq(len(kept) // 4).all(), "each group keeps one channel in four, the same for all"
    if version == 1:
        assert (network.classifier.weight == 0).all(0).sum() == network.classifier.in_features // 2
    [(images, labels)] = Images("fashion-mnist", folder, False, torch.device("cpu")).batches(64)
    with torch.no_grad():
        expected = network(images).numpy()
    assert saved["best_prec1"] == 100 * (expected.argmax(1) == labels.numpy()).mean()
    found = logits(convert(tmp_path / "network.pth", "--dataset", "fashion-mnist"), images.numpy())
    assert numpy.abs(found - expected).max() <= 1e-5 * numpy.abs(expected).max()


def test_a_training_that_was_stopped_ends_as_one_that_was_not(folder, tmp_path):
    whole = trained(folder, tmp_path / "whole.pth")["state_dict"]
    state = tmp_path / "stopped.pth.state"
    process = subprocess.Popen(command(folder, tmp_path / "stopped.pth"), env={**os.environ, "OMP_NUM_THREADS": "1"}, stdout=subprocess.DEVNULL)
    while not state.exists():
        assert process.poll() is None
        time.sleep(0.01)
    process.kill()
    process.wait()
    assert 1 <= load(state)["epoch"] < 4
    result = run(folder, tmp_path / "stopped.pth", "--cutout", "8")
    assert result.returncode == 1 and "was written with other options" in result.stderr
    stopped = trained(folder, tmp_path / "stopped.pth")["state_dict"]
    assert stopped.keys() == whole.keys() and all(torch.equal(stopped[name], whole[name]) for name in whole)


@pytest.mark.parametrize("options, reason", [
    (["--stages", "2-2"], "need three blocks"), (["--groups", "0"], "--groups needs numbers of 1 or more"), (["--batch", "257"], "at most the 256 images"),
    (["--growth", "8-6-16"], "growth 6, not divisible by 4"),
    (["--groups", "3"], "inputs 16, not divisible by 3"),
])
def test_a_network_that_cannot_be_is_refused(folder, tmp_path, options, reason):
    result = run(folder, tmp_path / "network.pth", *options)
    assert result.returncode == 1 and reason in result.stderr and "Traceback" not in result.stderr
    assert list(tmp_path.iterdir()) == []


def test_files_that_are_no_data_set_are_refused(folder, tmp_path):
    for name in ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"):
        (tmp_path / name).write_bytes((folder / name).read_bytes()[:100] if "images" in name else (folder / name).read_bytes())
    result = run(tmp_path, tmp_path / "network.pth")
    assert result.returncode == 1 and "Traceback" not in result.stderr
    result = run(tmp_path / "nowhere", tmp_path / "network.pth")
    assert result.returncode == 1 and "No such file" in result.stderr
