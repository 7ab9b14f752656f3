import gc
import io
import multiprocessing
import os
import pathlib
import resource
import subprocess
import sys
import threading
import time

import numpy as np
import PIL.Image
import pytest
from conftest import MODEL, ROOT, SAMPLES, classified, program

import condensenet


def numbers(predictions):
    return [(one.label, one.index, np.float32(one.probability)) for one in predictions]


def test_what_a_model_says_of_itself(model):
    assert model.classes == 10 and len(model.labels) == 10 and model.labels[9] == "Ankle boot"
    assert model.input_shape[0] == 3 and model.precision == "f32" and model.name
    assert condensenet.__version__ in program("--version").stdout
    assert f"chosen: {condensenet.kernel_set()}" in program("--version").stdout
    assert repr(model).startswith("<condensenet.Model '")


def test_answers_are_those_of_the_program_bit_for_bit(model):
    for found, image in zip(classified(*SAMPLES), SAMPLES):
        expected = [(one["label"], one["index"], np.float32(one["probability"])) for one in found["predictions"]]
        assert numbers(model.classify(str(image), top=10)) == expected
        assert numbers(condensenet.load(MODEL, threads=2).classify(image, top=10)) == expected


def test_logits_are_those_of_the_program_bit_for_bit(model, tmp_path):
    source = ROOT / "Tests/Fixtures/fashion-mnist/input.npy"
    assert program("run", MODEL, "--input", source, "--output", tmp_path / "y.npy").returncode == 0
    x = np.load(source)
    found = model.logits(x)
    assert found.dtype == np.float32 and found.tobytes() == np.load(tmp_path / "y.npy").tobytes()
    # Other types, orders and strides are brought to what the library reads.
    assert model.logits(np.asfortranarray(x.astype(np.float64))).tobytes() == found.tobytes()
    assert model.logits(x[:0]).shape == (0, 10)


def test_every_way_to_give_an_image(model):
    for path in SAMPLES:
        expected = model.classify(path)
        content = path.read_bytes()
        picture = PIL.Image.open(path)
        pixels = np.asarray(picture.convert("RGB"))
        transparent = np.dstack([pixels, np.zeros(pixels.shape[:2], np.uint8)])
        padded = np.zeros((pixels.shape[0], pixels.shape[1] + 3, 3), np.uint8)
        padded[:, :-3] = pixels
        for image in [str(path), content, bytearray(content), memoryview(content), picture, pixels, transparent,
                      padded[:, :-3], np.asfortranarray(pixels), pixels[::-1][::-1], pixels[..., 0]]:
            assert model.classify(image) == expected
    assert len(model.classify(SAMPLES[0], top=3)) == 3 and model.classify(SAMPLES[0], top=0) == []
    assert len(model.classify(SAMPLES[0], top=99)) == 10


def test_exceptions_say_what_is_wrong(model, tmp_path):
    with pytest.raises(FileNotFoundError):
        condensenet.load("/nowhere")
    with pytest.raises(FileNotFoundError):
        model.classify("/nowhere.png")
    with pytest.raises(condensenet.ModelError, match="expected a CondenseNet model file"):
        condensenet.load(SAMPLES[0])
    damaged = tmp_path / "damaged.safetensors"
    damaged.write_bytes(MODEL.read_bytes()[:-1])
    with pytest.raises(condensenet.ModelError):
        condensenet.load(damaged)
    with pytest.raises(condensenet.ImageError, match="expected a JPEG, PNG"):
        model.classify(MODEL)
    with pytest.raises(condensenet.ImageError):
        model.classify(b"")
    with pytest.raises(condensenet.ImageError):
        model.classify(SAMPLES[0].read_bytes()[:200])
    for threads in [0, -1, 65, 2**31 - 1, 2**32 + 1]:
        with pytest.raises(ValueError, match="1 to 64 threads"):
            condensenet.load(MODEL, threads=threads)
    for array in [np.zeros((4, 4, 2), np.uint8), np.zeros((4, 4, 3), np.float32), np.zeros((0, 4, 3), np.uint8),
                  np.zeros(4, np.uint8), np.zeros((1, 4, 4, 3), np.uint8)]:
        with pytest.raises(ValueError):
            model.classify(array)
    with pytest.raises((ValueError, condensenet.ImageError)):
        model.classify(np.broadcast_to(np.zeros((1, 1, 3), np.uint8), (20000, 1, 3)))
    for image in [None, 3, object()]:
        with pytest.raises(TypeError):
            model.classify(image)
    for x in [np.zeros((3, 32, 32)), np.zeros((1, 1, 32, 32)), np.zeros(3)]:
        with pytest.raises(ValueError, match="expected shape"):
            model.logits(x)
    with pytest.raises(ValueError, match="null byte"):
        model.classify("a\0b")
    with pytest.raises(ValueError):
        model.classify(SAMPLES[0], top=-1)
    assert model.classify(SAMPLES[0])[0].label == "Ankle boot"


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read every file")
def test_a_file_that_may_not_be_read(model, tmp_path):
    closed = tmp_path / "closed.png"
    closed.write_bytes(SAMPLES[0].read_bytes())
    closed.chmod(0)
    with pytest.raises(PermissionError):
        model.classify(closed)


def test_a_batch_answers_in_order(model):
    paths = [SAMPLES[index % len(SAMPLES)] for index in range(60)]
    expected = [model.classify(path, top=2) for path in paths]
    paths[7] = pathlib.Path("/nowhere.png")
    for jobs in [1, 2, 5]:
        answers = model.classify_batch(paths, top=2, jobs=jobs)
        assert isinstance(answers[7], FileNotFoundError)
        assert answers[:7] == expected[:7] and answers[8:] == expected[8:]
    assert model.classify_batch([]) == []
    with pytest.raises(ValueError):
        model.classify_batch(paths, jobs=0)


def test_threads_share_a_model_and_run_side_by_side(model):
    expected = [model.classify(path) for path in SAMPLES]
    problems = []

    def work():
        for _ in range(30):
            for path, answer in zip(SAMPLES, expected):
                if model.classify(path) != answer:
                    problems.append("answer")
            try:
                model.classify(f"/nowhere/{threading.get_ident()}")
            except FileNotFoundError as error:
                if str(threading.get_ident()) not in str(error):
                    problems.append(str(error))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert problems == []


def test_the_interpreter_goes_on_meanwhile(model):
    """While the library computes, another thread of Python counts."""
    ticks = 0
    x = np.zeros((4000, *model.input_shape), np.float32)
    worker = threading.Thread(target=model.logits, args=(x,))
    switch = sys.getswitchinterval()
    sys.setswitchinterval(1e-4)
    worker.start()
    while worker.is_alive():
        ticks += 1
        time.sleep(1e-4)
    sys.setswitchinterval(switch)
    assert ticks > 20


def _child(model, threads_expected, answers):
    answers.put(model.classify(SAMPLES[0]))


@pytest.mark.parametrize("threads", [1, 3])
def test_after_a_fork_the_child_goes_on(threads):
    model = condensenet.load(MODEL, threads=threads)
    expected = model.classify(SAMPLES[0])
    context = multiprocessing.get_context("fork")
    answers = context.Queue()
    children = [context.Process(target=_child, args=(model, threads, answers)) for _ in range(3)]
    for child in children:
        child.start()
    assert [answers.get(timeout=60) for _ in children] == [expected] * 3
    for child in children:
        child.join(60)
        assert child.exitcode == 0
    assert model.classify(SAMPLES[0]) == expected


def test_a_hundred_thousand_calls_leave_memory_flat(model):
    pixels = np.asarray(PIL.Image.open(SAMPLES[0]).convert("RGB"))
    content = SAMPLES[0].read_bytes()
    x = np.zeros((1, *model.input_shape), np.float32)

    def calls(count):
        for index in range(count):
            kind = index % 20
            if kind == 0:
                model.classify(content, top=3)
            elif kind == 1:
                model.logits(x)
            elif kind == 2:
                try:
                    model.classify(b"none")
                except condensenet.ImageError:
                    pass
            else:
                model.classify(pixels, top=3)

    calls(5_000)
    gc.collect()
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    calls(100_000)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2_048


def test_models_give_their_memory_back():
    def resident():
        gc.collect()
        return int(pathlib.Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()

    for _ in range(20):
        condensenet.load(MODEL, threads=2).classify(SAMPLES[0])
    before, threads = resident(), len(os.listdir("/proc/self/task"))
    for _ in range(200):
        condensenet.load(MODEL, threads=2).classify(SAMPLES[0])
    assert resident() - before < 4 << 20
    assert len(os.listdir("/proc/self/task")) == threads


def test_the_program_comes_along():
    result = program("classify", MODEL, *SAMPLES[:1], "--top", 1)
    assert result.returncode == 0 and "Ankle boot" in result.stdout
    assert program("classify", "/nowhere", "/nowhere").returncode == 66


def test_kernels_that_cannot_run_are_an_error():
    script = "import condensenet\ntry: condensenet.kernel_set()\nexcept ValueError as error: print(error)"
    environment = {**os.environ, "CONDENSENET_KERNELS": "none"}
    found = subprocess.run([sys.executable, "-c", script], env=environment, capture_output=True, text=True)
    assert "no kernels named none" in found.stdout, found.stderr


def test_pillow_images_of_every_mode(model):
    picture = PIL.Image.open(SAMPLES[0])
    for mode in ["L", "RGB", "RGBA", "P"]:
        copy = io.BytesIO()
        picture.convert(mode).save(copy, "png")
        assert model.classify(picture.convert(mode))[0].index == model.classify(copy.getvalue())[0].index
