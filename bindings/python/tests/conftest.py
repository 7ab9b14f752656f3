import json
import pathlib
import subprocess
import sys
from typing import Any

import pytest

import condensenet

ROOT = pathlib.Path(__file__).resolve().parents[3]
MODEL = ROOT / "models/fashion-mnist.safetensors"
SAMPLES = sorted((ROOT / "models/samples").glob("*.png"))
PROGRAM = pathlib.Path(sys.executable).with_name("condensenet")


def program(*arguments: Any) -> "subprocess.CompletedProcess[str]":
    return subprocess.run([PROGRAM, *map(str, arguments)], capture_output=True, text=True)


def classified(*images: Any, top: int = 10) -> list[dict[str, Any]]:
    """What the command-line program says of images, an object for each."""
    result = program("classify", MODEL, *images, "--json-lines", "--top", top)
    return [json.loads(line) for line in result.stdout.splitlines()]


@pytest.fixture(scope="session")
def model() -> condensenet.Model:
    return condensenet.load(MODEL)
