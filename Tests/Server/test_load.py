"""Eight clients at once for CONDENSENET_LOAD_SECONDS, 10 by default."""

import os

import requests
from conftest import SAMPLES
from load import run

SECONDS = float(os.environ.get("CONDENSENET_LOAD_SECONDS", "10"))


def test_eight_clients(start, command_line_answers):
    server = start("--workers", "2")
    names = list(command_line_answers)
    images = {name: (SAMPLES / f"{name}.png").read_bytes() for name in names}
    turns = iter(range(10**9))

    def ask(session):
        name = names[next(turns) % len(names)]
        answer = session.post(server.url + "/classify?top=10", data=images[name], timeout=60)
        answer.sample = name
        return answer

    # To the last bit what `condensenet classify` says, whoever asks beside.
    def check(answer):
        return answer.ok and answer.json()[0]["predictions"] == command_line_answers[answer.sample]

    latencies, failures, memory, _ = run(server, 8, SECONDS, ask, check)
    assert failures == [] and len(latencies) > 100
    assert memory[-1] - memory[len(memory) // 4] < 8 << 20, memory
    assert requests.get(server.url + "/v2/health/ready", timeout=5).ok and server.end() == 0
