"""Starts condensenet-serve for the tests: the program in CONDENSENET_BIN, else the newest build of this checkout."""

import os
import re
import subprocess
import threading
import time
from pathlib import Path

import pytest
import requests

ROOT = Path(__file__).resolve().parents[2]
MODEL = ROOT / "models/fashion-mnist.safetensors"
SAMPLES = ROOT / "models/samples"
LABELS = {"ankle-boot": "Ankle boot", "bag": "Bag", "dress": "Dress", "sneaker": "Sneaker", "trouser": "Trouser"}


def program(name: str) -> str:
    folders = [Path(os.environ["CONDENSENET_BIN"])] if "CONDENSENET_BIN" in os.environ else [
        ROOT / ".build/release", ROOT / ".build/debug"]
    found = [folder / name for folder in folders if (folder / name).exists()]
    assert found, f"{name} has not been built"
    return str(max(found, key=lambda path: path.stat().st_mtime))


class Server:
    """A running server. Its standard error is collected, so that it never waits for a reader."""

    def __init__(self, *arguments, models=(MODEL,), ready=True, stdin=subprocess.DEVNULL):
        arguments = [str(argument) for argument in arguments]
        if "--listen" not in arguments:
            arguments += ["--listen", "127.0.0.1:0"]
        self.process = subprocess.Popen(
            [program("condensenet-serve"), *map(str, models), *arguments], stdin=stdin, stderr=subprocess.PIPE, text=True)
        self.lines = []
        threading.Thread(target=self._read, daemon=True).start()
        self.url = self.wait_for(r"listening on (http://\S+)").group(1)
        self.port = int(self.url.rsplit(":", 1)[1])
        if ready:
            self.wait_for(r"ready: ")

    def _read(self):
        for line in self.process.stderr:
            self.lines.append(line.rstrip("\n"))

    def wait_for(self, pattern, seconds=60):
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            for line in list(self.lines):
                if match := re.search(pattern, line):
                    return match
            assert self.process.poll() is None or any(re.search(pattern, line) for line in self.lines), self.lines
            time.sleep(0.01)
        raise AssertionError(f"no {pattern} in {self.lines}")

    def resident_bytes(self):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith("VmRSS:"):
                return 1024 * int(line.split()[1])
        raise AssertionError("no VmRSS")

    def end(self, signal=15, seconds=60):
        self.process.send_signal(signal)
        return self.process.wait(seconds)

    def metric(self, name):
        for line in requests.get(self.url + "/metrics", timeout=30).text.splitlines():
            if line.startswith(name + " ") or line.startswith(name + "{"):
                return float(line.rsplit(" ", 1)[1])
        raise AssertionError(f"no metric {name}")


@pytest.fixture
def start():
    """Starts servers, which end with the test."""
    servers = []

    def begin(*arguments, **options):
        servers.append(Server(*arguments, **options))
        return servers[-1]

    yield begin
    for server in servers:
        if server.process.poll() is None:
            server.process.kill()
        server.process.wait()


@pytest.fixture(scope="session")
def server():
    """One server for all tests that leave it as it was."""
    server = Server()
    yield server
    server.process.kill()
    server.process.wait()


@pytest.fixture(scope="session")
def command_line_answers():
    """What `condensenet classify --json` says of each sample."""
    import json
    answers = {}
    for name in LABELS:
        output = subprocess.run(
            [program("condensenet"), "classify", str(MODEL), str(SAMPLES / f"{name}.png"), "--json", "--top", "10"],
            check=True, capture_output=True, text=True).stdout
        answers[name] = json.loads(output)[0]["predictions"]
    return answers
