"""Where the page is opened, and for whom."""

import sys

import pytest

import main1
from stylenet.errors import OptionError
from stylenet.page.server import address_of


def test_addresses():
    assert address_of("127.0.0.1") == ("127.0.0.1", None)
    assert address_of("0.0.0.0:80") == ("0.0.0.0", 80)
    for wrong in (":80", "localhost:", "localhost:x", "localhost:70000", ""):
        with pytest.raises(OptionError, match="--page is"):
            address_of(wrong)


@pytest.mark.parametrize("flags", [["--width", "99"], ["--content", "a.jpg"], ["--resume"]])
def test_what_is_chosen_on_the_page_is_refused(flags, capsys):
    assert main1.main(["--page", *flags]) == 2
    assert f"and got {flags[0]}; leave that out." in capsys.readouterr().err


def test_without_gradio_it_is_said_how_to_have_it(monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "stylenet.page.serving", None)
    monkeypatch.setitem(sys.modules, "gradio", None)
    assert main1.main(["--page"]) == 2
    assert "run `pip install '.[page]'`" in capsys.readouterr().err
