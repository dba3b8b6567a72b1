"""Which network is used, and a download that ends whole or leaves nothing."""

import hashlib
import socket
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from stylenet.errors import NetworkFileError
from stylenet.network import model_files
from stylenet.network.model_files import EMBEDDED, FILE_NAME, download_network, find_network
from stylenet.network.network_file import read_network

CONTENT = b"a network of some size " * 4000
SHA256 = hashlib.sha256(CONTENT).hexdigest()


class _Handler(BaseHTTPRequestHandler):
    def do_GET(self):
        kind = self.path.strip("/")
        if kind == "missing":
            self.send_error(404)
            return
        body = b"<html>please log in</html>" if kind == "html" else CONTENT
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        whole = kind in ("good", "html")
        self.wfile.write(body if whole else body[: len(body) // 2])
        self.wfile.flush()
        if kind == "stall":
            self.server.stop.wait(20)

    def log_message(self, *_):
        pass


@contextmanager
def _server():
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    server.stop = threading.Event()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.stop.set()
        server.shutdown()
        server.server_close()


def test_download_arrives_whole_and_is_not_fetched_twice(tmp_path):
    with _server() as address:
        path = download_network(f"{address}/good", SHA256, tmp_path)
        assert path == tmp_path / FILE_NAME
        assert path.read_bytes() == CONTENT
    # The server is gone now; the file that is there is only checked.
    assert download_network(f"{address}/good", SHA256, tmp_path) == path


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("truncate", "broke off"),
        ("stall", "broke off"),
        ("missing", "answered 404"),
        ("html", "SHA-256 differs"),
    ],
)
def test_failed_download_says_why_and_leaves_nothing(tmp_path, kind, words):
    with _server() as address:
        begin = time.monotonic()
        with pytest.raises(NetworkFileError, match=words) as caught:
            download_network(f"{address}/{kind}", SHA256, tmp_path, timeout=0.5)
    assert time.monotonic() - begin < 10
    assert "--network" in str(caught.value)
    assert list(tmp_path.iterdir()) == []


def test_no_server_at_all(tmp_path):
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        with pytest.raises(NetworkFileError, match="broke off"):
            download_network(f"http://127.0.0.1:{port}/x", SHA256, tmp_path, timeout=0.5)


def test_order_of_the_places(tmp_path, monkeypatch):
    cache, folder = tmp_path / "cache", tmp_path / "folder"
    cache.mkdir()
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.delenv("CNN_STYLENET_NETWORK")
    monkeypatch.setattr(model_files, "cache_folder", lambda: cache)
    assert find_network() == model_files.FoundNetwork(EMBEDDED["vgg19"], "vgg19")
    (cache / FILE_NAME).touch()
    assert find_network().path == cache / FILE_NAME
    (folder / FILE_NAME).touch()
    assert find_network().path.resolve() == folder / FILE_NAME
    monkeypatch.setenv("CNN_STYLENET_NETWORK", "of_the_environment.mat")
    assert str(find_network().path) == "of_the_environment.mat"
    assert str(find_network("given.mat").path) == "given.mat"
    assert find_network().name is None
    assert find_network("").path == Path()  # of an unset variable of the shell: no file, and told
    assert find_network("small") == model_files.FoundNetwork(EMBEDDED["small"], "small")


def test_networks_that_come_along_are_small_and_readable():
    assert EMBEDDED["vgg19"].stat().st_size <= 19_000_000
    assert EMBEDDED["small"].stat().st_size <= 6_000_000
    for path in EMBEDDED.values():
        assert len(read_network(path).kernels) == 16


def test_the_package_takes_at_most_25_megabytes():
    files = (path for path in Path(model_files.__file__).parent.rglob("*") if path.is_file())
    assert sum(file.stat().st_size for file in files if file.suffix != ".pyc") <= 25_000_000


def test_a_user_without_a_home_needs_none_to_paint(monkeypatch, tmp_path):
    def no_home(_):
        raise RuntimeError("could not determine the home directory")

    monkeypatch.undo()  # of the places that tests look for networks in
    monkeypatch.delenv("CNN_STYLENET_NETWORK", raising=False)
    monkeypatch.setattr("pooch.os_cache", no_home)
    monkeypatch.chdir(tmp_path)
    assert find_network().name == "vgg19"
    with pytest.raises(NetworkFileError, match="There is no home folder to keep the network in"):
        download_network()


def test_a_preset_names_its_network_unless_somebody_else_does(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CNN_STYLENET_NETWORK")
    Path(FILE_NAME).touch()
    assert find_network(of_preset="small").name == "small"
    assert find_network("vgg19", "small").name == "vgg19"
    monkeypatch.setenv(model_files.ENVIRONMENT_VARIABLE, "of_the_environment.mat")
    assert find_network(of_preset="small").name == "small"
