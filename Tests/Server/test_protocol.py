"""The Open Inference Protocol, as Triton's own client speaks it."""

import subprocess

import numpy as np
import pytest
import requests
import tritonclient.http as triton
from conftest import LABELS, MODEL, ROOT, SAMPLES, program
from tritonclient.utils import InferenceServerException

NAME = "fashion-mnist"
FIXTURE = ROOT / "Tests/Fixtures/fashion-mnist/input.npy"


@pytest.fixture
def client(server):
    with triton.InferenceServerClient(server.url.removeprefix("http://")) as client:
        yield client


@pytest.fixture(scope="session")
def tensor(tmp_path_factory):
    """Images and the logits that `condensenet run` gives for them."""
    logits = tmp_path_factory.mktemp("run") / "logits.npy"
    subprocess.run(
        [program("condensenet"), "run", str(MODEL), "--input", str(FIXTURE), "--output", str(logits)], check=True)
    return np.load(FIXTURE), np.load(logits)


def ask(client, images, binary_in, binary_out):
    tensor = triton.InferInput("input", images.shape, "FP32")
    tensor.set_data_from_numpy(images, binary_data=binary_in)
    output = triton.InferRequestedOutput("logits", binary_data=binary_out)
    return client.infer(NAME, [tensor], outputs=[output], request_id="an id")


def test_health_and_metadata(client):
    assert client.is_server_live() and client.is_server_ready() and client.is_model_ready(NAME)
    assert client.is_model_ready(NAME, "1") and not client.is_model_ready("other")
    assert client.get_server_metadata()["extensions"] == ["binary_tensor_data"]
    metadata = client.get_model_metadata(NAME)
    assert metadata["inputs"] == [{"name": "input", "datatype": "FP32", "shape": [-1, 3, 28, 28]}] or metadata["inputs"][0]["shape"][0] == -1
    assert metadata["outputs"] == [{"name": "logits", "datatype": "FP32", "shape": [-1, 10]}]


@pytest.mark.parametrize("binary_in", [True, False])
@pytest.mark.parametrize("binary_out", [True, False])
def test_logits_are_those_of_the_command_line(client, tensor, binary_in, binary_out):
    images, logits = tensor
    for batch in (1, len(images)):
        result = ask(client, images[:batch], binary_in, binary_out)
        assert result.get_response()["id"] == "an id" and result.get_response()["model_name"] == NAME
        # To the last bit: JSON numbers are the shortest that read back as the same float.
        assert np.array_equal(result.as_numpy("logits"), logits[:batch])


def test_no_outputs_named_means_all(client, tensor):
    images, logits = tensor
    tensor = triton.InferInput("input", images[:1].shape, "FP32")
    tensor.set_data_from_numpy(images[:1])
    assert np.array_equal(client.infer(NAME, [tensor]).as_numpy("logits"), logits[:1])


def test_refusals_reach_the_client(client, tensor):
    images, _ = tensor
    with pytest.raises(InferenceServerException, match="expected the shape"):
        ask(client, images[:, :, :-1, :], True, True)
    with pytest.raises(InferenceServerException, match="finite"):
        ask(client, np.full_like(images[:1], np.nan), True, True)
    with pytest.raises(InferenceServerException, match="expected one of the models fashion-mnist"):
        client.get_model_metadata("other")
    other = triton.InferInput("other", images[:1].shape, "FP32")
    other.set_data_from_numpy(images[:1])
    with pytest.raises(InferenceServerException, match="expected input, found other"):
        client.infer(NAME, [other])


def good(shape=(1, 3, 28, 28)):
    return {"name": "input", "datatype": "FP32", "shape": list(shape), "data": [0.5] * int(np.prod(shape))}


BAD = {
    "no inputs": {},
    "two inputs": {"inputs": [good(), good()]},
    "a text": "inputs",
    "another type": {"inputs": [good() | {"datatype": "FP16"}]},
    "too few numbers": {"inputs": [good() | {"data": [0.5]}]},
    "too many numbers": {"inputs": [good() | {"data": [0.5] * 4000}]},
    "texts": {"inputs": [good() | {"data": ["a"] * 2352}]},
    "no number": {"inputs": [good() | {"data": [None] * 2352}]},
    "a huge batch": {"inputs": [good() | {"shape": [2**62, 3, 28, 28]}]},
    "a batch that overflows": {"inputs": [good() | {"shape": [2**53, 3, 28, 28]}]},
    "no batch": {"inputs": [good() | {"shape": [0, 3, 28, 28]}]},
    "a negative batch": {"inputs": [good() | {"shape": [-1, 3, 28, 28]}]},
    "three dimensions": {"inputs": [good() | {"shape": [3, 28, 28]}]},
    "binary without bytes": {"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 3, 28, 28], "parameters": {"binary_data_size": 9408}}]},
    "a negative size": {"inputs": [{"name": "input", "datatype": "FP32", "shape": [1, 3, 28, 28], "parameters": {"binary_data_size": -1}}]},
    "shared memory": {"inputs": [good() | {"parameters": {"shared_memory_region": "x"}}]},
    "another output": {"inputs": [good()], "outputs": [{"name": "other"}]},
    "classification": {"inputs": [good()], "outputs": [{"name": "logits", "parameters": {"classification": 3}}]},
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
def test_what_is_refused_with_a_reason(server, body):
    answer = requests.post(f"{server.url}/v2/models/{NAME}/infer", json=body, timeout=30)
    assert answer.status_code == 400 or answer.status_code == 413, answer.text
    assert set(answer.json()) == {"error"} and str(ROOT) not in answer.text and "swift" not in answer.text.lower()


def test_nested_data(server, tensor):
    images, logits = tensor
    body = {"inputs": [{"name": "input", "datatype": "FP32", "shape": list(images[:2].shape), "data": images[:2].tolist()}]}
    answer = requests.post(f"{server.url}/v2/models/{NAME}/infer", json=body, timeout=30).json()
    found = np.array(answer["outputs"][0]["data"], dtype=np.float32).reshape(answer["outputs"][0]["shape"])
    assert np.array_equal(found, logits[:2])


def test_json_of_too_many_values_is_refused_before_it_is_read(start):
    server = start()
    before = server.resident_bytes()
    answer = requests.post(f"{server.url}/v2/models/{NAME}/infer", data=b"[" + b"0," * (15 << 20) + b"0]", timeout=60)
    assert answer.status_code == 413
    assert server.resident_bytes() - before < 160 << 20


def test_classify_as_the_command_line_does(server, command_line_answers):
    for name, label in LABELS.items():
        image = (SAMPLES / f"{name}.png").read_bytes()
        answers = requests.post(f"{server.url}/classify?top=10", data=image, timeout=30).json()
        assert len(answers) == 1 and set(answers[0]) == {"image", "predictions", "milliseconds"}
        assert answers[0]["predictions"] == command_line_answers[name] and answers[0]["predictions"][0]["label"] == label


def test_classify_refuses(server):
    image = (SAMPLES / "bag.png").read_bytes()
    for query, body, status, reason in [
        ("", b"", 400, "an image"), ("", b"no image", 400, "expected a JPEG"), ("", image[:100], 400, "malformed PNG"),
        ("?top=0", image, 400, "top"), ("?top=x", image, 400, "top"), ("?model=x", image, 404, "fashion-mnist"),
        ("?topp=1", image, 400, "topp"), ("?top=1&top=2", image, 400, "twice"),
    ]:
        answer = requests.post(f"{server.url}/classify{query}", data=body, timeout=30)
        assert answer.status_code == status and reason in answer.json()["error"], (query, answer.text)
