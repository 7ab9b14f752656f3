"""Ray and GNU parallel give the accuracy of `evaluate` on Fashion-MNIST's 10,000 test images, and lose and double nothing where
a worker is killed. Needs what tools/install-dependencies tests installs, ray[data], GNU parallel and the package's wheel."""

import gzip
import json
import os
import pathlib
import signal
import subprocess
import sys
import time

import psutil
import pyarrow.parquet
import pytest

ROOT = pathlib.Path(__file__).resolve().parents[1]
MODEL = ROOT / "models/fashion-mnist.safetensors"
DATASET = pathlib.Path("/usr/share/datasets/fashion-mnist")
PROGRAMS = pathlib.Path(sys.executable).parent
ENVIRONMENT = {**os.environ, "PATH": f"{PROGRAMS}:{os.environ['PATH']}"}


@pytest.fixture(scope="session")
def labels():
    return gzip.open(DATASET / "t10k-labels-idx1-ubyte.gz").read()[8:]


@pytest.fixture(scope="session")
def images(tmp_path_factory):
    folder = tmp_path_factory.mktemp("images")
    pixels = gzip.open(DATASET / "t10k-images-idx3-ubyte.gz").read()[16:]
    for index in range(10_000):
        (folder / f"{index:05d}.pgm").write_bytes(b"P5 28 28 255\n" + pixels[784 * index : 784 * (index + 1)])
    return folder


@pytest.fixture(scope="session")
def correct():
    """How many images `evaluate` classifies correctly."""
    command = [PROGRAMS / "condensenet", "evaluate", MODEL, DATASET, "--json"]
    accuracy = json.loads(subprocess.run(command, capture_output=True, check=True, text=True).stdout)
    assert accuracy["images"] == 10_000
    return round(accuracy["top1"] * 10_000)


def count(answers, labels):
    """Of (path, class), one for each image, how many are correct."""
    found = {int(pathlib.Path(path).stem): index for path, index in answers}
    assert len(answers) == len(found) == 10_000
    return sum(found[index] == label for index, label in enumerate(labels))


def descendants(process, name):
    """Processes below another whose command line begins with a name."""
    try:
        return [one for one in psutil.Process(process.pid).children(recursive=True) if " ".join(one.cmdline()).startswith(name)]
    except psutil.Error:
        return []


def kill_one(process, name, begun):
    """Kills a worker once work has begun; tells whether the work still went on then."""
    deadline = time.monotonic() + 900
    while process.poll() is None and time.monotonic() < deadline:
        workers = descendants(process, name)
        if begun() and workers:
            workers[0].send_signal(signal.SIGKILL)
            return process.poll() is None
        time.sleep(0.02)
    return False


@pytest.mark.parametrize("kills", [False, True])
def test_ray(images, labels, correct, tmp_path, kills):
    output = tmp_path / "answers"
    command = [sys.executable, ROOT / "examples/ray/classify.py", MODEL, images, output, "--workers", "2", "--batch", "32"]
    process = subprocess.Popen(command, env=ENVIRONMENT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if kills:
        assert kill_one(process, "ray::MapWorker", lambda: any(output.glob("*.parquet")))
    log, _ = process.communicate(timeout=1200)
    assert process.returncode == 0, log
    rows = pyarrow.parquet.read_table(output).to_pylist()
    assert all(row["error"] == "" for row in rows)
    assert count([(row["path"], row["index"]) for row in rows], labels) == correct


@pytest.mark.parametrize("kills", [False, True])
def test_parallel(images, labels, correct, tmp_path, kills):
    names = "".join(f"{path}\n" for path in sorted(images.iterdir()))
    (tmp_path / "names").write_text(names)
    log = tmp_path / "log"
    with open(tmp_path / "names") as source, open(tmp_path / "answers", "w") as answers:
        process = subprocess.Popen(
            [ROOT / "examples/parallel/classify", MODEL, "2", log], env=ENVIRONMENT, stdin=source, stdout=answers
        )
        if kills:
            assert kill_one(process, "condensenet classify", lambda: log.exists() and log.read_text().count("\n") > 1)
        assert process.wait(1200) == 0
    lines = [json.loads(line) for line in (tmp_path / "answers").read_text().splitlines()]
    assert count([(line["image"], line["predictions"][0]["index"]) for line in lines], labels) == correct
    # Everything is done: nothing is answered again.
    again = subprocess.run(
        [ROOT / "examples/parallel/classify", MODEL, "2", log], env=ENVIRONMENT, input=names, text=True, capture_output=True
    )
    assert again.returncode == 0 and again.stdout == ""


def test_parallel_with_a_damaged_model(images, tmp_path):
    """A block without a model is no block that is done."""
    model, log, names = tmp_path / "model.safetensors", tmp_path / "log", [str(images / f"{index:05d}.pgm") for index in range(3)]

    def run():
        command = [ROOT / "examples/parallel/classify", model, "1", log]
        return subprocess.run(command, env=ENVIRONMENT, input="\n".join([*names, "/nowhere.pgm", ""]), text=True, capture_output=True)

    model.write_bytes(MODEL.read_bytes()[:-1])
    failed = run()
    assert failed.returncode != 0 and failed.stdout == "" and str(model) in failed.stderr
    model.write_bytes(MODEL.read_bytes())
    done = run()
    assert done.returncode == 0, done.stderr
    answers = [json.loads(line) for line in done.stdout.splitlines()]
    assert [answer["image"] for answer in answers] == [*names, "/nowhere.pgm"] and "error" in answers[-1]
