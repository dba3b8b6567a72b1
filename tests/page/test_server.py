"""Where the page is opened, and for whom."""

import socket
import sys

import pytest

import main1
from stylenet.errors import OptionError
from stylenet.page.addresses import address_of, is_loopback


def test_addresses():
    assert address_of("127.0.0.1") == ("127.0.0.1", None)
    assert address_of("0.0.0.0:17860") == ("0.0.0.0", 17860)
    assert address_of("17860") == ("127.0.0.1", 17860)
    for wrong in ("localhost:", "localhost:x", "", "[::1]:80", "http://127.0.0.1", "a:80:80"):
        with pytest.raises(OptionError, match=r"--page is .*, expected an address"):
            address_of(wrong)


def test_an_address_that_cannot_be_had_is_told_at_once():
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        for text in (f"127.0.0.1:{port}", "999.1.1.1", "127.0.0.1:70000", "no.such.host.invalid"):
            with pytest.raises(OptionError, match=f"cannot be opened at {text} "):
                address_of(text)


def test_who_can_reach_it():
    assert [is_loopback(host) for host in ("127.0.0.1", "127.0.0.2", "localhost")] == [True] * 3
    assert not is_loopback("0.0.0.0")


def test_an_empty_address_paints_nothing(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main1.main(["--page", ""]) == 2
    assert "--page is empty" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("flags", [["--width", "99"], ["--content", "a.jpg"], ["--resume"]])
def test_what_is_chosen_on_the_page_is_refused(flags, capsys):
    assert main1.main(["--page", *flags]) == 2
    assert f"and got {flags[0]}; leave that out." in capsys.readouterr().err


def test_without_gradio_it_is_said_how_to_have_it(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "stylenet.page.serving", None)
    monkeypatch.setitem(sys.modules, "gradio", None)
    assert main1.main(["--page"]) == 2
    assert "run `pip install '.[page]'`" in capsys.readouterr().err
