"""HEIC and AVIF: read where their readers are installed, else told what to install."""

import numpy as np
import pillow_heif
import pytest
from PIL import Image

import main1
from stylenet.errors import PictureError
from stylenet.pictures import reading
from stylenet.pictures.formats import ALWAYS
from stylenet.pictures.reading import is_picture, picture_size, read_image

SMOOTH = np.stack(np.broadcast_arrays(*np.ogrid[50:210:5, 90:250:4], 120), axis=-1).astype(np.uint8)


@pytest.fixture
def heic(tmp_path):
    path = tmp_path / "phone.heic"
    pillow_heif.from_pillow(Image.fromarray(SMOOTH)).save(path, quality=95)
    return path


def test_heic_is_read_where_its_reader_is_installed(heic):
    assert picture_size(heic) == SMOOTH.shape[:2]
    assert np.abs(read_image(heic) - SMOOTH).mean() < 4


def test_without_its_reader_heic_is_told_from_a_damaged_file(heic, monkeypatch, capsys):
    monkeypatch.setattr(reading, "formats", lambda: ALWAYS)
    assert not is_picture(heic)
    with pytest.raises(PictureError, match="looks like HEIC: `pip install pillow-heif` makes"):
        read_image(heic)
    assert main1.main(["--content", str(heic), "--output", str(heic.with_name("o.png"))]) == 2
    assert capsys.readouterr().err.count("\n") == 1
    assert not heic.with_name("o.png").exists()


def test_a_cut_avif_is_told_as_such(tmp_path):
    path = tmp_path / "cut.avif"
    path.write_bytes(b"\0\0\0\x1cftypavif\0\0\0\0")
    with pytest.raises(PictureError, match="looks like AVIF: `pip install --upgrade pillow`"):
        read_image(path)
