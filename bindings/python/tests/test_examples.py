import csv
import io
import subprocess
import sys

import nbclient
import nbformat
from conftest import MODEL, ROOT, SAMPLES


def test_a_folder_becomes_csv(tmp_path):
    for sample in SAMPLES:
        (tmp_path / sample.name).write_bytes(sample.read_bytes())
    (tmp_path / "broken.png").write_bytes(b"none")
    script = ROOT / "examples/python/folder_to_csv.py"
    result = subprocess.run([sys.executable, script, MODEL, tmp_path, "2"], capture_output=True, text=True, check=True)
    rows = {row["image"].rsplit("/", 1)[1]: row for row in csv.DictReader(io.StringIO(result.stdout))}
    assert len(rows) == len(SAMPLES) + 1 and rows["ankle-boot.png"]["label"] == "Ankle boot"
    assert "expected a JPEG" in rows["broken.png"]["error"] and rows["broken.png"]["label"] == ""


def test_the_notebook_runs():
    folder = ROOT / "examples/python"
    notebook = nbformat.read(folder / "classify.ipynb", as_version=4)
    nbclient.NotebookClient(notebook, timeout=120, resources={"metadata": {"path": folder}}).execute()
    output = "".join(str(output) for cell in notebook.cells if cell.cell_type == "code" for output in cell.outputs)
    for text in ["Ankle boot", "trouser -> Trouser", "No such file"]:
        assert text in output
