"""Nothing is executed, fetched, mixed up or tripped over: names, addresses, locks, downloads."""

import ast
import json
import os
import socket
import subprocess
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import numpy as np
import pooch.core
import pytest
from PIL import Image

import main1
import MLPreProcess as pictures
from stylenet.disk.claims import claimed, is_claimed
from stylenet.errors import NetworkFileError, OutputError, PictureError
from stylenet.network.model_files import FILE_NAME, download_network
from tests.conftest import FLOAT32, random_image

ROOT = Path(__file__).parents[1]
SOURCES = [*ROOT.glob("*.py"), *(ROOT / "stylenet").glob("*.py")]
NAMES = [
    "a space.png",
    'it\'s "quoted".png',
    "Ünï ☃ 絵.png",
    "-dash.png",
    "--overwrite.png",
    "100%.png",
    "50%s %d {} {:05}.png",
    "$HOME $x^2$ `id`.png",
    "#a&b;c|d>e.png",
    "two\nlines.png",
    "*?[x].png",
    "back\\slash.png",
    "~.png",
    ".hidden.png",
    os.fsdecode(b"not \xff utf-8.png"),
]


@pytest.fixture
def folder(tmp_path, monkeypatch, narrow_file):
    """The current folder, with a network and a picture of every odd name in it."""
    (tmp_path / "net%.mat").write_bytes(narrow_file.read_bytes())
    monkeypatch.chdir(tmp_path)
    for number, name in enumerate(NAMES):
        pictures.write_image(tmp_path / name, random_image(9, 11, number))
    return tmp_path


def paint(*arguments):
    return main1.main(["--network", "net%.mat", *FLOAT32, "--iterations", "1", *arguments])


# --- names ----------------------------------------------------------------------------------------


def test_odd_names_are_read_and_written(folder, capfd):
    """Read all of them, those worst for patterns, plots and printing written too."""
    assert [pictures.read_image(name).shape for name in NAMES] == [(9, 11, 3)] * len(NAMES)
    worst = [NAMES[number] for number in (1, 6, 7, 9, -1)]
    files = ["--content", *worst, "--styles", "*?[x].png"]
    assert paint(*files, "--output", "out 100%s") == 0
    results = sorted(path.name for path in Path("out 100%s").iterdir() if "_" not in path.name)
    assert results == sorted(worst)
    out, err = capfd.readouterr()
    assert "error" not in err
    assert out.count("1 steps") == len(worst)
    for name in worst:
        run = json.loads((Path("out 100%s") / f"{Path(name).stem}_run.json").read_text())
        assert run["options"]["content"] == name


def test_a_leading_dash_needs_an_equals_sign_or_a_folder(folder, capfd):
    styles = ["--styles=--overwrite.png"]
    odd = ["--initial=-dash.png", "--checkpoint-iterations", "1", "--checkpoint-output=-at%s.png"]
    assert paint("--content=-dash.png", *styles, "--output=-out 100%.png", *odd) == 0
    assert Image.open("-out 100%.png").size == (11, 9)
    assert Path("-at1.png").exists()
    capfd.readouterr()
    assert paint("--content", "-dash.png") == 2
    assert "written ./-name" in capfd.readouterr().err


@pytest.mark.parametrize("scheme", ["http", "https", "ftp", "file", "s3"])
def test_addresses_are_refused(folder, capfd, scheme):
    before = sorted(folder.rglob("*"))
    address = f"{scheme}://example.org/picture.png"
    for flag in ("--content", "--styles", "--initial", "--content-mask", "--network", "--output"):
        assert paint("--content", "./-dash.png", "--output", "x.png", flag, address) == 2
        err = capfd.readouterr().err
        assert err.count("\n") == 1
        assert f"{address} is an address, expected" in err, flag
    assert sorted(folder.rglob("*")) == before


def test_pipes_and_devices_are_refused(tmp_path):
    os.mkfifo(tmp_path / "pipe.png")
    for path in (tmp_path / "pipe.png", "/dev/zero"):
        with pytest.raises(PictureError, match="is a device or a pipe"):
            pictures.read_image(path)


def test_names_no_file_can_have(tmp_path):
    for name in ("a\0b.png", "x" * 5000, "y/" * 3000):
        with pytest.raises(PictureError):
            pictures.read_image(name)


def test_formats_that_cannot_hold_the_size_are_refused_before_the_run(folder, capfd):
    pictures.write_image("wide.png", np.zeros((3, 20_000, 3)))
    files = ["--content", "wide.png", "--styles", "wide.png"]
    assert paint(*files, "--output", "wide.webp") == 2
    assert "wide.webp cannot hold 20000 x 3 pixels" in capfd.readouterr().err
    assert not Path("wide.webp").exists()


@pytest.mark.parametrize("size", [(1, 1), (3, 20_000), (20_000, 3), (1, 50)])
def test_extreme_sizes_through_the_program(folder, size):
    pictures.write_image("odd.png", random_image(*size))
    assert paint("--content", "odd.png", "--styles", "odd.png", "--output", "out.png") == 0
    assert Image.open("out.png").size == size[::-1]
    assert Image.open("out_summary.png").width < 10_000


# --- nothing executed, nothing fetched ------------------------------------------------------------


def test_nothing_that_executes_what_it_reads_is_used():
    forbidden = {"pickle", "shelve", "marshal", "dill", "joblib", "cloudpickle", "torch", "h5py"}
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Import):
                assert not {alias.name.split(".")[0] for alias in node.names} & forbidden, path
            if isinstance(node, ast.ImportFrom):
                assert node.module.split(".")[0] not in forbidden, path
                assert not {"loadmat", "load"} & {alias.name for alias in node.names}, path
            if isinstance(node, ast.Call):
                name = getattr(node.func, "attr", getattr(node.func, "id", ""))
                assert name not in ("eval", "exec", "system", "popen", "loadmat"), path
                if ast.unparse(node.func) == "np.load":
                    words = {word.arg: ast.literal_eval(word.value) for word in node.keywords}
                    assert words.get("allow_pickle") is False, path
                assert "shell" not in {word.arg for word in node.keywords}, path


def test_a_run_opens_no_connection(folder, no_named_network, monkeypatch):
    def refuse(*_, **__):
        raise AssertionError("something asks the network")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    arguments = ["--content", "./.hidden.png", "--iterations", "1", "--output", "a.png"]
    assert main1.main(arguments) == 0  # with the embedded network


class _Sends(BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"hello")

    def log_message(self, *_):
        pass


def test_a_download_gets_its_name_after_its_checksum_was_checked(tmp_path, monkeypatch):
    """The wrong file never has the name, and one that is there stays until a right one came."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Sends)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    address = f"http://127.0.0.1:{server.server_address[1]}/"
    checked, original = [], pooch.core.hash_matches

    def look(path, *arguments, **options):
        checked.append((Path(path).name, (tmp_path / FILE_NAME).exists()))
        return original(path, *arguments, **options)

    monkeypatch.setattr(pooch.core, "hash_matches", look)
    with pytest.raises(NetworkFileError, match="SHA-256 differs"):
        download_network(address, "0" * 64, tmp_path)
    server.shutdown()
    server.server_close()
    assert [there for name, there in checked if name != FILE_NAME] == [False]
    assert list(tmp_path.iterdir()) == []


# --- two at a time --------------------------------------------------------------------------------


def test_a_name_is_one_runs_at_a_time(tmp_path):
    paths = [tmp_path / "a.png", tmp_path / "b.png"]
    with claimed([*paths, None]):
        assert is_claimed(tmp_path / "x" / ".." / "a.png")
        assert not is_claimed(tmp_path / "c.png")
        with pytest.raises(OutputError, match=r"b\.png at this moment"), claimed(paths[1:]):
            pass
    assert not is_claimed(paths[0])
    with claimed(paths):
        pass
    assert list(tmp_path.iterdir()) == []


def test_two_pictures_of_one_stem_are_not_painted_at_one_time(folder, capsys):
    """Their states, plots and run files would have the same names."""
    with claimed(["two.png", "two_state.npz"]):
        asked = ["--network", "net%.mat", "--content", "./.hidden.png", "--output", "two.jpg"]
        assert main1.main(asked) == 2
    assert "Another run is writing" in capsys.readouterr().err


def test_two_runs_into_one_folder_do_not_mix(folder):
    """Both begin at once and are given no name; each ends with files of its own run alone."""
    arguments = ["--network", "net%.mat", *FLOAT32, "--content", "./.hidden.png"]
    arguments += ["--iterations", "9"]
    command = [sys.executable, str(ROOT / "main1.py"), *arguments]
    runs = [
        subprocess.Popen([*command, "--seed", str(seed)], stderr=subprocess.PIPE, text=True)
        for seed in (1, 2)
    ]
    ends = [(run.communicate(timeout=300)[1], run.returncode) for run in runs]
    refused = [err for err, code in ends if code]
    assert all("Another run is writing" in err for err in refused), ends
    seeds = set()
    for run_file in Path("output").glob("*_run.json"):
        report = json.loads(run_file.read_text())
        picture = run_file.with_name(run_file.name.replace("_run.json", ".png"))
        again = ["--seed", str(report["seed"]), "--overwrite", "--output", "alone.png"]
        assert main1.main([*arguments, *again]) == 0
        assert Path("alone.png").read_bytes() == picture.read_bytes()
        seeds.add(report["seed"])
    assert len(seeds) == 2 - len(refused)
