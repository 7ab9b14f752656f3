#!/usr/bin/env python3
"""Measures the server under load and prints a row of the tables in docs/service.md.

    load.py MODEL IMAGE [--clients 8] [--seconds 60] [--workers 1]

Every answer is compared with what `condensenet classify` says. Requests are POST /classify of the image, and inferences of a
tensor as bytes; beside them stand the times of the same work without a server: `condensenet bench`, from the image's bytes
(--end-to-end) and from the tensor.
"""

import argparse
import json
import subprocess
import tempfile
import threading
import time
from pathlib import Path

import numpy as np
import requests
from conftest import Server, program


def percentile(values, share):
    values = sorted(values)
    return 1000 * values[min(len(values) - 1, int(share * len(values)))]


def run(server, clients, seconds, ask, check):
    """The latencies of all requests, in seconds; every client sends the next one as soon as the last was answered."""
    latencies, failures = [], []
    end = time.monotonic() + seconds

    def client():
        session = requests.Session()
        while time.monotonic() < end:
            begin = time.perf_counter()
            try:
                answer = ask(session)
                latencies.append(time.perf_counter() - begin)
                if not check(answer):
                    failures.append(f"{answer.status_code} {answer.content[:200]}")
            except requests.RequestException as error:
                failures.append(str(error))

    threads = [threading.Thread(target=client) for _ in range(clients)]
    begin = time.monotonic()
    for thread in threads:
        thread.start()
    memory = []
    while any(thread.is_alive() for thread in threads):
        time.sleep(min(1, seconds / 10))
        memory.append(server.resident_bytes())
    for thread in threads:
        thread.join()
    return latencies, failures, memory, time.monotonic() - begin


def bench(model, *options):
    with tempfile.NamedTemporaryFile(suffix=".json") as file:
        subprocess.run(
            [program("condensenet"), "bench", model, "--seconds", "2", "--json", file.name, *options],
            check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        return json.loads(Path(file.name).read_text())[0]["latency_ms"]["p50"]


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("image")
    parser.add_argument("--clients", type=int, default=8)
    parser.add_argument("--seconds", type=float, default=60)
    parser.add_argument("--workers", type=int, default=1)
    options = parser.parse_args()
    image = Path(options.image).read_bytes()
    expected = json.loads(subprocess.run(
        [program("condensenet"), "classify", options.model, options.image, "--json"], check=True, capture_output=True).stdout)
    server = Server("--workers", options.workers, models=(options.model,))
    name = requests.get(server.url + "/v2/models", timeout=5).json()["models"][0]
    shape = requests.get(f"{server.url}/v2/models/{name}", timeout=5).json()["inputs"][0]["shape"]
    tensor = np.random.default_rng(1).standard_normal([1, *shape[1:]], dtype=np.float32)
    header = json.dumps({
        "inputs": [{"name": "input", "datatype": "FP32", "shape": [1, *shape[1:]], "parameters": {"binary_data_size": tensor.nbytes}}],
        "parameters": {"binary_data_output": True}}).encode()
    body = header + tensor.tobytes()
    fields = {"Inference-Header-Content-Length": str(len(header)), "Content-Type": "application/octet-stream"}
    requests_of = {
        "classify": (
            lambda session: session.post(server.url + "/classify", data=image, timeout=60),
            lambda answer: answer.ok and answer.json()[0]["predictions"] == expected[0]["predictions"]),
        "infer": (
            lambda session: session.post(f"{server.url}/v2/models/{name}/infer", data=body, headers=fields, timeout=60),
            lambda answer: answer.ok),
    }
    alone = {"classify": bench(options.model, "--end-to-end", options.image), "infer": bench(options.model)}
    for kind, (ask, check) in requests_of.items():
        single, single_failures, _, _ = run(server, 1, min(5, options.seconds), ask, check)
        latencies, failures, memory, seconds = run(server, options.clients, options.seconds, ask, check)
        assert not failures and not single_failures, (failures + single_failures)[:3]
        print(
            f"{kind} {'×'.join(map(str, shape[2:]))}, {options.workers} workers: without a server {alone[kind]:.2f} ms; "
            f"one client median {percentile(single, 0.5):.2f} ms; {options.clients} clients {len(latencies) / seconds:.0f} a second, "
            f"median {percentile(latencies, 0.5):.1f}, p99 {percentile(latencies, 0.99):.1f} ms; {len(latencies)} requests, "
            f"{len(failures)} failed; memory {memory[len(memory) // 5] >> 20} → {memory[-1] >> 20} MiB")
    assert server.end() == 0


if __name__ == "__main__":
    main()
