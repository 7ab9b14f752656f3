"""What hostile or broken clients send. After each of them the server answers as before."""

import socket
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests
from conftest import ROOT, SAMPLES

BAG = (SAMPLES / "bag.png").read_bytes()


def connect(server):
    return socket.create_connection(("127.0.0.1", server.port), timeout=90)


def exchange(server, data, seconds=90):
    """What comes back until the server ends the connection."""
    with connect(server) as client:
        client.settimeout(seconds)
        client.sendall(data)
        answer = b""
        while chunk := client.recv(65536):
            answer += chunk
        return answer


def status(answer):
    return int(answer.split(b" ", 2)[1]) if answer else None


@pytest.fixture
def healthy(server):
    yield server
    assert requests.post(server.url + "/classify", data=BAG, timeout=30).json()[0]["predictions"][0]["label"] == "Bag"


def get(path, *fields):
    return "\r\n".join([f"GET {path} HTTP/1.1", "Host: localhost", "Connection: close", *fields, "", ""]).encode()


HEADS = {
    "nothing but lines": (b"\r\n\r\n", 400),
    "no version": (b"GET /\r\n\r\n", 400),
    "another version": (b"GET / HTTP/2.0\r\nHost: localhost\r\n\r\n", 505),
    "no path": (b"GET  HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "an address": (get("http://localhost/"), 400),
    "no host": (b"GET / HTTP/1.1\r\n\r\n", 400),
    "two hosts": (get("/", "Host: localhost"), 400),
    "TLS": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(range(1, 200)) + b"\r\n\r\n", 400),
    "a NUL": (get("/\0"), 400),
    "no UTF-8": (b"GET /\xff HTTP/1.1\r\nHost: localhost\r\n\r\n", 400),
    "a field without a colon": (get("/", "nothing"), 400),
    "a space before the colon": (get("/", "A : b"), 400),
    "a folded field": (get("/", "A: b", " c"), 400),
    "a control character": (get("/", "A: b\x01"), 400),
    "a broken escape": (get("/%zz"), 400),
    "an escape of NUL": (get("/%00"), 400),
    "an unknown path": (get("/nothing"), 404),
    "an unknown method": (get("/v2").replace(b"GET", b"BREW"), 405),
    "a wrong method": (get("/classify"), 405),
    "a head of events": (get("/events").replace(b"GET", b"HEAD"), 405),
    "two lengths": (b"POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nx", 400),
    "a negative length": (b"POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: -1\r\n\r\n", 400),
    "a length that overflows": (b"POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 99999999999999999999\r\n\r\n", 400),
    "a length with a sign": (b"POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: +1\r\n\r\nx", 400),
    "a chunked body": (b"POST /classify HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n", 411),
    "both lengths": (b"POST /classify HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\nContent-Length: 3\r\n\r\n0\r\n\r\n", 411),
    "a compressed body": (b"POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Encoding: gzip\r\nContent-Length: 1\r\n\r\nx", 415),
    "a body over the limit": (b"POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: 33554433\r\n\r\n", 413),
    "a body of a GET": (get("/v2", "Content-Length: 1"), 413),
    "a head over the limit": (get("/", "A: " + "a" * 20000), 431),
    "a head without an end": (b"GET / HTTP/1.1\r\nA: " + b"a" * 20000, 431),
    "too many fields": (get("/", *[f"A{i}: b" for i in range(200)]), 431),
    "another page's request": (get("/v2", "Origin: http://elsewhere.example"), 403),
    "a name of elsewhere": (b"GET /v2 HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n", 403),
    "a length of the JSON beyond the body": (b"POST /v2/models/fashion-mnist/infer HTTP/1.1\r\nHost: localhost\r\nInference-Header-Content-Length: 9\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{}", 400),
    "JSON that is deep": (b"POST /v2/models/fashion-mnist/infer HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Length: 9000\r\n\r\n" + b"[" * 9000, 400),
}


@pytest.mark.parametrize("data, expected", HEADS.values(), ids=HEADS.keys())
def test_malformed_requests(healthy, data, expected):
    start = time.monotonic()
    answer = exchange(healthy, data)
    assert status(answer) == expected, answer[:300]
    # The end of the connection comes without waiting for a deadline.
    assert b'{"error":"' in answer and time.monotonic() - start < 5


@pytest.mark.parametrize("path", [
    "/../../../etc/passwd", "/%2e%2e/%2e%2e/etc/passwd", "/..%2f..%2fetc/passwd", "/page.css/../../etc/passwd", "//etc/passwd",
    "/v2/models/../../../etc/passwd", "/v2/models/..%2f..%2fetc%2fpasswd/infer", "/v2/models//ready", "/.", "/page.html", "/classify/",
])
def test_paths_lead_nowhere(healthy, path):
    answer = exchange(healthy, get(path))
    assert status(answer) in (400, 404, 405) and b"root:" not in answer and str(ROOT).encode() not in answer


def test_requests_one_after_the_other_on_one_connection(server):
    request = b"POST /classify?top=1 HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(BAG) + BAG
    answer = exchange(server, request * 3 + get("/v2"))
    assert answer.count(b"HTTP/1.1 200 OK") == 4 and answer.count(b'"Bag"') == 3


def test_a_request_byte_by_byte(server):
    with connect(server) as client:
        for byte in get("/v2/health/live"):
            client.sendall(bytes([byte]))
        assert status(client.recv(1000)) == 200


def test_expect_100_continue(server):
    with connect(server) as client:
        client.sendall(b"POST /classify HTTP/1.1\r\nHost: localhost\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n" % len(BAG))
        assert client.recv(1000) == b"HTTP/1.1 100 Continue\r\n\r\n"
        client.sendall(BAG)
        assert status(client.recv(65536)) == 200


def test_head_has_no_body(server):
    answer = exchange(server, get("/").replace(b"GET", b"HEAD"))
    head, body = answer.split(b"\r\n\r\n", 1)
    assert status(answer) == 200 and body == b"" and b"Content-Length: 0" not in head


def test_half_requests(healthy):
    """Clients that go away in the middle of a head or a body."""
    request = b"POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % len(BAG) + BAG
    for length in range(1, len(request), max(1, len(request) // 60)):
        with connect(healthy) as client:
            client.sendall(request[:length])


def test_slow_senders_are_cut_off_and_hinder_nobody(start):
    server = start()
    clients = [connect(server) for _ in range(100)]
    begin = time.monotonic()
    for client in clients:
        client.sendall(b"GET / HTTP/1.1\r\nHost: local")
    while time.monotonic() - begin < 9:
        for client in clients:
            client.sendall(b"h")
        before = time.monotonic()
        assert requests.get(server.url + "/v2/health/ready", timeout=5).ok and time.monotonic() - before < 1
        time.sleep(1)
    ended = 0
    for client in clients:
        client.settimeout(10)
        try:
            ended += client.recv(1000) == b""
        except ConnectionError:
            ended += 1
        client.close()
    assert ended == 100 and time.monotonic() - begin < 30


def test_a_thousand_idle_connections(start):
    server = start()
    before = server.resident_bytes()
    clients = [connect(server) for _ in range(1000)]
    for _ in range(20):
        assert requests.post(server.url + "/classify", data=BAG, timeout=5).ok
    assert server.resident_bytes() - before < 64 << 20
    for client in clients:
        client.close()
    assert requests.get(server.url + "/v2/health/ready", timeout=5).ok


def test_clients_that_do_not_read(start):
    server = start()
    request = get("/page.js").replace(b"Connection: close\r\n", b"")
    clients = [connect(server) for _ in range(20)]
    for client in clients:
        client.setblocking(False)
        try:
            for _ in range(10_000):
                client.send(request * 10)
        except BlockingIOError:
            pass
    before = server.resident_bytes()
    assert requests.post(server.url + "/classify", data=BAG, timeout=5).ok
    time.sleep(1)
    assert server.resident_bytes() - before < 16 << 20
    for client in clients:
        client.close()


def test_overload_is_refused_in_milliseconds(start):
    server = start("--queue", "2")
    image = (ROOT / "docs/images/bench-report.png").read_bytes()

    def ask(_):
        begin = time.monotonic()
        answer = requests.post(server.url + "/classify", data=image, timeout=60)
        return answer.status_code, answer.headers.get("Retry-After"), answer.elapsed.total_seconds(), time.monotonic() - begin

    with ThreadPoolExecutor(32) as pool:
        answers = list(pool.map(ask, range(64)))
    refused = [answer for answer in answers if answer[0] == 503]
    assert refused and all(answer[0] in (200, 503) for answer in answers)
    assert all(answer[1] == "1" for answer in refused)
    assert any(answer[0] == 200 for answer in answers)
    assert requests.post(server.url + "/classify", data=BAG, timeout=30).ok


def test_bodies_over_all_are_bounded(start):
    """Thirty clients that promise 32 MiB each hinder nobody; of those who send 31 MiB of it, the ninth is refused."""
    server = start()
    clients = [connect(server) for _ in range(30)]
    for client in clients:
        client.sendall(b"POST /classify HTTP/1.1\r\nHost: localhost\r\nContent-Length: %d\r\n\r\n" % (32 << 20))
    time.sleep(0.5)
    assert requests.post(server.url + "/classify", data=BAG, timeout=30).ok
    statuses = []
    for client in clients[:12]:
        client.sendall(bytes(31 << 20))
        client.settimeout(1)
        try:
            statuses.append(status(client.recv(1000)))
        except TimeoutError:
            statuses.append(None)
    assert statuses == [None] * 8 + [503] * 4
    for client in clients:
        client.close()
    time.sleep(0.5)
    assert requests.post(server.url + "/classify", data=BAG, timeout=30).ok


def test_no_path_in_any_answer(server):
    answer = requests.get(server.url + "/v2/models/fashion-mnist", timeout=5).text + requests.get(server.url + "/metrics", timeout=5).text
    assert str(ROOT) not in answer
