"""Tokens, reloading, draining, logs, events: what keeps a service up and closed."""

import json
import shutil
import signal
import subprocess
import threading
import time

import pytest
import requests
from conftest import LABELS, MODEL, ROOT, SAMPLES, program

BAG = (SAMPLES / "bag.png").read_bytes()
TOKEN = "0123456789abcdefABCDEF"


@pytest.fixture
def token_file(tmp_path):
    path = tmp_path / "token"
    path.write_text(TOKEN + "\n")
    path.chmod(0o600)
    return path


def fails(*arguments):
    """The exit code and the one line of an error; before it may stand where the server listens."""
    arguments = [str(argument) for argument in arguments]
    if "--listen" not in arguments:
        arguments += ["--listen", "127.0.0.1:0"]
    result = subprocess.run([program("condensenet-serve"), *arguments], capture_output=True, text=True, timeout=60)
    lines = [line for line in result.stderr.splitlines() if not line.startswith("listening on ")]
    assert result.stdout == "" and len(lines) == 1 and lines[0].startswith("error: "), result.stderr
    return result.returncode, lines[0]


def test_closed_by_default():
    for address in ("0.0.0.0:0", "[::]:0", "10.0.0.1:0"):
        code, message = fails(MODEL, "--listen", address)
        assert code == 64 and "--token-file or --no-authentication" in message


def test_open_when_asked(start):
    server = start("--listen", "0.0.0.0:0", "--no-authentication")
    assert requests.get(server.url + "/v2", headers={"Host": "board.local"}, timeout=5).ok


def test_token(start, token_file):
    server = start("--listen", "0.0.0.0:0", "--token-file", token_file)
    for wrong in (None, "", "Bearer", "Bearer ", "Bearer " + TOKEN[:-1], "Bearer " + TOKEN + "x", "Bearer " + TOKEN[:-1] + "x",
                  "Bearer " + TOKEN.swapcase(), "Basic " + TOKEN, TOKEN, "Bearer " + TOKEN * 2, "Bearer " + "\u00e9" * 22):
        for method, path in (("GET", "/v2"), ("POST", "/classify"), ("GET", "/metrics"), ("GET", "/events"), ("GET", "/v2/models")):
            headers = {} if wrong is None else {"Authorization": wrong.encode()}
            answer = requests.request(method, server.url + path, headers=headers, data=BAG if method == "POST" else None, timeout=5)
            assert answer.status_code == 401 and answer.headers["WWW-Authenticate"] == "Bearer", (wrong, path)
            assert TOKEN not in answer.text
    for path in ("/", "/page.css", "/page.js", "/v2/health/live", "/v2/health/ready"):
        assert requests.get(server.url + path, timeout=5).ok
    for scheme in ("Bearer ", "bearer "):
        answer = requests.post(server.url + "/classify", data=BAG, headers={"Authorization": scheme + TOKEN}, timeout=30)
        assert answer.json()[0]["predictions"][0]["label"] == "Bag"
    # A name of elsewhere is no way in, and with a token no hindrance.
    assert requests.get(server.url + "/v2", headers={"Host": "x.example", "Authorization": "Bearer " + TOKEN}, timeout=5).ok


@pytest.mark.parametrize("content", ["", "short", "a token with blanks in it", "two lines of token\nmore than one\n", "\u00e9" * 20])
def test_files_without_a_token(tmp_path, content):
    path = tmp_path / "token"
    path.write_text(content)
    assert fails(MODEL, "--token-file", path)[0] == 65


def test_a_token_that_others_may_read_is_told_of(start, token_file):
    token_file.chmod(0o644)
    start("--token-file", token_file).wait_for("warning: .*others than its owner may read the token")


def test_usage(tmp_path):
    assert fails(tmp_path / "none.safetensors")[0] == 66
    assert fails(ROOT / "models/condensenet-74-g8.json", "--listen", "127.0.0.1:0")[0] == 65
    for options in (["--listen", "x"], ["--listen", "localhost:99999"], ["--workers", "0"], ["--queue", "0"], ["--threads", "65"],
                    ["--every-frame"], ["--frames", "h264"], ["--token-file", "x", "--no-authentication"]):
        assert fails(MODEL, *options)[0] == 64, options
    copy = tmp_path / MODEL.name
    shutil.copy(MODEL, copy)
    code, message = fails(MODEL, copy)
    assert code == 64 and "names of their own" in message


def test_an_address_that_is_taken(start):
    server = start()
    code, message = fails(MODEL, "--listen", f"127.0.0.1:{server.port}")
    assert code == 74 and "Address already in use" in message


def test_several_models_and_reload(start, tmp_path):
    first, second = tmp_path / "first.safetensors", tmp_path / "second.safetensors"
    for path in (first, second):
        shutil.copy(MODEL, path)
    server = start(models=(first, second))
    assert requests.get(server.url + "/v2/models", timeout=5).json() == {"models": ["first", "second"]}
    # A file that is broken, or gone: the former model stays.
    second.write_bytes(MODEL.read_bytes()[:-1])
    server.process.send_signal(signal.SIGHUP)
    server.wait_for("first: loaded anew")
    server.wait_for("error: .*second.safetensors")
    server.wait_for("second: the model that was loaded before stays")
    for name in ("first", "second"):
        answer = requests.post(server.url + f"/classify?model={name}", data=BAG, timeout=30)
        assert answer.json()[0]["predictions"][0]["label"] == "Bag"
    assert requests.get(server.url + "/v2/health/ready", timeout=5).ok
    metrics = requests.get(server.url + "/metrics", timeout=5).text
    assert 'condensenet_model_reloads_total{result="failed"} 1' in metrics and 'model="first"' in metrics and 'generation="2"' in metrics


def test_reload_under_load(start):
    server = start()
    failures, count, stop = [], [0], threading.Event()

    def ask():
        session = requests.Session()
        while not stop.is_set():
            answer = session.post(server.url + "/classify?top=1", data=BAG, timeout=30)
            count[0] += 1
            if not answer.ok or answer.json()[0]["predictions"][0]["label"] != "Bag":
                failures.append(answer.text)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for _ in range(10):
        server.process.send_signal(signal.SIGHUP)
        time.sleep(0.2)
    stop.set()
    for thread in threads:
        thread.join()
    assert failures == [] and count[0] >= 4 and server.end() == 0


def test_ready_only_when_warm(start, tmp_path):
    models = [tmp_path / f"model-{index}.safetensors" for index in range(60)]
    for path in models:
        path.symlink_to(ROOT / "Tests/Fixtures/models/imagenet-g8.safetensors")
    server = start(models=models, ready=False)
    answer = requests.get(server.url + "/v2/health/ready", timeout=5)
    assert answer.status_code == 503 and "being loaded" in answer.json()["error"]
    assert requests.get(server.url + "/v2/health/live", timeout=5).ok
    assert requests.get(server.url + "/v2/models/model-59/ready", timeout=5).status_code == 503
    server.wait_for("ready: model-0")
    for path in ("/v2/health/ready", "/v2/models/model-59/ready"):
        assert requests.get(server.url + path, timeout=5).ok


@pytest.mark.parametrize("number, code", [(signal.SIGTERM, 0), (signal.SIGINT, 130)])
def test_draining_answers_what_has_begun(start, number, code):
    """Clients with connections that are kept, under load: every request that is sent on one that stands is answered."""
    server = start()
    lost, answered = [], [0]

    def ask():
        session = requests.Session()
        while True:
            try:
                answer = session.post(server.url + "/classify?top=1", data=BAG, timeout=30)
            except requests.exceptions.ConnectionError as error:
                if "Connection refused" not in str(error):
                    lost.append(str(error))
                return
            answered[0] += 1
            if not answer.ok:
                lost.append(answer.text)

    threads = [threading.Thread(target=ask) for _ in range(8)]
    for thread in threads:
        thread.start()
    time.sleep(1.5)
    assert server.end(number) == code
    for thread in threads:
        thread.join()
    assert lost == [] and answered[0] > 8


def test_a_second_signal_ends_at_once(start):
    import socket
    server = start()
    client = socket.create_connection(("127.0.0.1", server.port))
    client.sendall(b"POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 10\r\n\r\n")
    time.sleep(0.3)
    server.process.send_signal(signal.SIGTERM)
    server.wait_for("ending")
    time.sleep(0.5)
    assert server.end(signal.SIGTERM, 5) == 143


def test_log(start):
    server = start("--log-requests")
    requests.get(server.url + "/nothing%0Aelse", timeout=5)
    requests.post(server.url + "/classify", data=BAG, timeout=30)
    server.wait_for(r"^127\.0\.0\.1 GET /nothing\S*else 404 \d+\.\d+ ms$")
    server.wait_for(r"^127\.0\.0\.1 POST /classify 200 \d+\.\d+ ms$")


def test_metrics(server):
    requests.post(server.url + "/classify", data=BAG, timeout=30)
    requests.get(server.url + "/none", timeout=5)
    text = requests.get(server.url + "/metrics", timeout=5).text
    for line in text.splitlines():
        name = line.split("{")[0].split(" ")[0]
        assert line.startswith("# ") or name.startswith(("condensenet_", "process_")) and float(line.rsplit(" ", 1)[1]) >= 0
    assert 'condensenet_requests_total{endpoint="classify",status="200"}' in text
    assert 'condensenet_requests_total{endpoint="none",status="404"}' in text
    assert 'condensenet_inference_duration_seconds_bucket{model="fashion-mnist",le="+Inf"}' in text
    assert text.count("# TYPE") == len(set(line for line in text.splitlines() if line.startswith("# TYPE")))


def listen(server, count, ready=None):
    """The data of the first events."""
    answer = requests.get(server.url + "/events", stream=True, timeout=60)
    assert answer.headers["Content-Type"] == "text/event-stream"
    if ready:
        ready()
    events = []
    for line in answer.iter_lines(chunk_size=1):
        if line.startswith(b"data: "):
            events.append(json.loads(line[6:]))
        if len(events) == count:
            answer.close()
            return events


def test_events_of_a_watched_folder(start, tmp_path):
    folder = tmp_path / "photos"
    folder.mkdir()
    server = start("--watch", folder)

    def drop():
        for name in ("bag", "dress"):
            shutil.copy(SAMPLES / f"{name}.png", tmp_path / "photo.png")
            (tmp_path / "photo.png").rename(folder / f"{name}.png")

    events = listen(server, 2, drop)
    assert [event["predictions"][0]["label"] for event in events] == ["Bag", "Dress"]
    assert server.end() == 0


def test_events_of_a_stream(start):
    from PIL import Image
    import io
    server = start("--frames", "mjpeg", "--every-frame", stdin=subprocess.PIPE)
    frames = []
    for name in ("bag", "trouser"):
        file = io.BytesIO()
        Image.open(SAMPLES / f"{name}.png").convert("RGB").save(file, "JPEG", quality=95)
        frames.append(file.getvalue())

    def feed():
        for frame in (frames[0], frames[0][:-40], frames[1], frames[1]):
            server.process.stdin.buffer.write(frame)
            server.process.stdin.flush()

    events = listen(server, 4, feed)
    assert [event["frame"] for event in events] == [1, 2, 3, 4]
    assert "another image begins" in events[1]["error"]
    assert [event["predictions"][0]["label"] for event in events if "predictions" in event] == ["Bag", "Trouser", "Trouser"]
    # Requests are answered meanwhile, and after the stream's end.
    server.process.stdin.close()
    server.wait_for("has ended")
    assert requests.post(server.url + "/classify", data=BAG, timeout=30).ok


def test_too_many_listeners(start):
    server = start()
    answers = [requests.get(server.url + "/events", stream=True, timeout=30) for _ in range(33)]
    assert [answer.status_code for answer in answers] == [200] * 32 + [503]
