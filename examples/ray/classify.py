"""Classifies a folder of images, or the column "bytes" of Parquet files, on a Ray cluster, and writes Parquet.

    python classify.py MODEL INPUT OUTPUT [--workers N]

Each worker is a process with a model of its own, which stays loaded from batch to batch. Ray hands out the batches, and hands
those of a worker that died to another. The output has a row for each image: path, label, index, probability, and error, which
is empty where there are predictions. MODEL must be readable on every machine.
"""

import argparse
import os
import pathlib

import ray

import condensenet


class Classifier:
    def __init__(self, model: str) -> None:
        self.model = condensenet.load(model)

    def __call__(self, batch):
        answers = self.model.classify_batch(batch["bytes"], top=1)
        found = [answer[0] if isinstance(answer, list) else None for answer in answers]
        return {
            "path": batch["path"],
            "label": [one.label if one else "" for one in found],
            "index": [one.index if one else -1 for one in found],
            "probability": [one.probability if one else 0.0 for one in found],
            "error": ["" if isinstance(answer, list) else str(answer) for answer in answers],
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("model")
    parser.add_argument("input", help="a folder of images, or of Parquet files with the columns path and bytes")
    parser.add_argument("output", help="a folder for Parquet files")
    parser.add_argument("--workers", type=int, default=1)
    parser.add_argument("--batch", type=int, default=64, help="images that are handed out at once")
    options = parser.parse_args()
    model = str(pathlib.Path(options.model).resolve())
    if not ray.is_initialized():
        # Without an address this is a cluster on this machine; readers and writers need places besides the workers.
        places = None if "RAY_ADDRESS" in os.environ else options.workers + 2
        ray.init(num_cpus=places, include_dashboard=False)
    if list(pathlib.Path(options.input).glob("*.parquet")):
        images = ray.data.read_parquet(options.input, columns=["path", "bytes"])
    else:
        images = ray.data.read_binary_files(options.input, include_paths=True)
    images.map_batches(
        Classifier, fn_constructor_args=(model,), batch_size=options.batch, num_cpus=1,
        compute=ray.data.ActorPoolStrategy(size=options.workers),
    ).write_parquet(options.output)


if __name__ == "__main__":
    main()
