"""Classifies a folder of images to CSV on standard output:  python folder_to_csv.py MODEL FOLDER [JOBS]"""

import csv
import pathlib
import sys

import condensenet

model = condensenet.load(sys.argv[1])
paths = sorted(path for path in pathlib.Path(sys.argv[2]).rglob("*") if path.suffix.lower() in {".jpg", ".jpeg", ".png", ".webp"})
table = csv.writer(sys.stdout)
table.writerow(["image", "label", "probability", "error"])
for path, answer in zip(paths, model.classify_batch(paths, top=1, jobs=int(sys.argv[3]) if len(sys.argv) > 3 else 1)):
    if isinstance(answer, Exception):
        table.writerow([path, "", "", answer])
    else:
        table.writerow([path, answer[0].label, f"{answer[0].probability:.4f}", ""])
