"""Pictures of every kind, read as a person sees them and written as they are."""

import io
import struct

import numpy as np
import pytest
from PIL import Image, ImageCms, ImageOps

import MLPreProcess as pictures
from stylenet.errors import OutputError, PictureError
from stylenet.pictures import levels, reading, writing
from tests.conftest import random_image


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (5, 7, 3), np.uint8)


def _saved(tmp_path, image, name="picture.png", **options):
    path = tmp_path / name
    image.save(path, **options)
    return path


def test_rgb_is_read_as_it_is(tmp_path, pixels):
    image = pictures.read_image(_saved(tmp_path, Image.fromarray(pixels)))
    assert image.dtype == np.float32
    np.testing.assert_array_equal(image, pixels)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_exif_orientation(tmp_path, pixels, orientation):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = _saved(tmp_path, Image.fromarray(pixels), exif=exif)
    expected = ImageOps.exif_transpose(Image.open(path))
    np.testing.assert_array_equal(pictures.read_image(path), np.asarray(expected))


def test_exif_orientation_of_a_jpeg(tmp_path):
    exif = Image.Exif()
    exif[0x0112] = 6
    picture = Image.fromarray(pictures.to_bytes(random_image(24, 40)))
    path = _saved(tmp_path, picture, "phone.jpg", exif=exif)
    assert pictures.read_image(path).shape == (40, 24, 3)


def test_transparency_is_laid_on_white(tmp_path):
    rgba = np.array([[[200, 100, 0, 0], [200, 100, 0, 255], [200, 100, 0, 51]]], np.uint8)
    image = pictures.read_image(_saved(tmp_path, Image.fromarray(rgba)))
    expected = [[[255, 255, 255], [200, 100, 0], [244, 224, 204]]]
    np.testing.assert_allclose(image, expected, atol=1e-4)


def test_palette_with_a_transparent_colour(tmp_path):
    picture = Image.new("P", (2, 1))
    picture.putpalette([10, 20, 30, 40, 50, 60])
    picture.putpixel((1, 0), 1)
    path = _saved(tmp_path, picture, transparency=1)
    np.testing.assert_array_equal(pictures.read_image(path), [[[10, 20, 30], [255, 255, 255]]])


@pytest.mark.parametrize("mode", ["L", "1", "LA"])
def test_grey_becomes_three_equal_channels(tmp_path, pixels, mode):
    picture = Image.fromarray(pixels).convert(mode)
    image = pictures.read_image(_saved(tmp_path, picture))
    expected = np.asarray(picture.convert("L"))
    np.testing.assert_array_equal(image, np.repeat(expected[..., None], 3, axis=2))


@pytest.mark.parametrize("name", ["deep.png", "deep.tif"])
def test_sixteen_bits_keep_their_depth(tmp_path, name):
    levels = np.array([[0, 1000, 65535]], np.uint16)
    image = pictures.read_image(_saved(tmp_path, Image.fromarray(levels), name))
    expected = np.array([0, 1000 / 257, 255])
    np.testing.assert_allclose(image[0], np.repeat(expected[:, None], 3, axis=1), rtol=1e-5)


@pytest.mark.parametrize("white", [1.0, 255.0])
def test_float_tiff_of_either_range(tmp_path, white):
    levels = np.array([[0, 0.5 * white, white]], np.float32)
    image = pictures.read_image(_saved(tmp_path, Image.fromarray(levels), "float.tif"))
    np.testing.assert_allclose(image[0, :, 0], [0, 127.5, 255], atol=1e-3)


def test_cmyk(tmp_path):
    picture = Image.new("CMYK", (8, 8), (0, 255, 255, 0))
    image = pictures.read_image(_saved(tmp_path, picture, "print.tif"))
    np.testing.assert_array_equal(image[0, 0], [255, 0, 0])


def test_first_of_several_frames(tmp_path):
    frames = [Image.new("RGB", (4, 3), colour) for colour in ("red", "blue")]
    path = _saved(tmp_path, frames[0], "film.gif", save_all=True, append_images=frames[1:])
    np.testing.assert_array_equal(pictures.read_image(path)[0, 0], [255, 0, 0])


@pytest.mark.parametrize("data", [b"", b"<html></html>", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture(tmp_path, data):
    path = tmp_path / "broken.png"
    path.write_bytes(data)
    with pytest.raises(PictureError, match="no picture that can be read") as caught:
        pictures.read_image(path)
    assert "broken.png" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_truncated_picture(tmp_path):
    path = _saved(tmp_path, Image.fromarray(pictures.to_bytes(random_image(40, 60))))
    path.write_bytes(path.read_bytes()[:2000])
    with pytest.raises(PictureError, match="truncated"):
        pictures.read_image(path)


def test_missing_picture_folder_and_address(tmp_path):
    with pytest.raises(PictureError, match="There is no picture"):
        pictures.read_image(tmp_path / "nothing.jpg")
    with pytest.raises(PictureError, match="is a folder"):
        pictures.read_image(tmp_path)
    with pytest.raises(PictureError, match=r"https://example\.org/picture\.jpg is an address"):
        pictures.read_image("https://example.org/picture.jpg")


def test_arrays_are_checked_and_copied(pixels):
    image = pictures.as_image(pixels)
    assert image.dtype == np.float32
    own = pixels.astype(np.float32)
    assert pictures.as_image(own) is not own
    for wrong in (pixels[..., 0], pixels[..., :2], pixels[:0], pixels > 9, b"text"):
        with pytest.raises(PictureError, match="expected numbers of shape"):
            pictures.as_image(wrong)
    own[0, 0, 0] = np.nan
    with pytest.raises(PictureError, match="NaN"):
        pictures.as_image(own)


def test_resizing_is_antialiased_and_not_rounded():
    """Single-pixel stripes shrunk by four become even grey; picking pixels would not."""
    stripes = np.zeros((32, 64, 3), np.float32)
    stripes[:, ::2] = 201
    small = pictures.resize_image(stripes, 8, 16)
    assert small.shape == (8, 16, 3)
    np.testing.assert_allclose(small[:, 2:-2], 100.5, atol=1.5)
    assert np.any(small != np.rint(small))


def test_resizing_keeps_a_constant_and_the_range():
    step = np.zeros((20, 30, 3), np.float32)
    step[:, 15:] = 255
    large = pictures.resize_image(step, 47, 71)
    assert large.min() >= 0
    assert large.max() <= 255
    flat = np.full((9, 14, 3), 77.5, np.float32)
    np.testing.assert_allclose(pictures.resize_image(flat, 23, 5), 77.5, rtol=1e-5)


def test_height_follows_width():
    assert pictures.resize_to_width(random_image(60, 90), 45).shape == (30, 45, 3)
    assert pictures.resize_to_width(random_image(2, 90), 9).shape == (1, 9, 3)


def test_network_space():
    image, mean = random_image(6, 9), np.array([10, 20, 30], np.float32)
    batch = pictures.preprocess(image, mean)
    assert batch.shape == (1, 6, 9, 3)
    np.testing.assert_allclose(batch[0, 0, 0], image[0, 0] - [10, 20, 30], rtol=1e-6)


def test_writing_clips_and_rounds_and_never_rescales(tmp_path):
    image = np.array([[[-20.0, 0.4, 0.6], [254.6, 300.0, 99.5]]])
    pictures.write_image(tmp_path / "out.png", image)
    read = np.asarray(Image.open(tmp_path / "out.png"))
    np.testing.assert_array_equal(read, [[[0, 0, 1], [255, 255, 100]]])


@pytest.mark.parametrize("suffix", writing.WRITE_OPTIONS)
def test_every_format_is_written_and_read_back(tmp_path, suffix):
    image = pictures.resize_image(random_image(8, 12), 48, 72)
    path = tmp_path / f"out{suffix.upper()}"
    pictures.write_image(path, image)
    assert np.abs(pictures.read_image(path) - image).mean() < 2
    assert [p.name for p in tmp_path.iterdir()] == [path.name]


def test_unknown_suffix_and_folder_that_is_a_file(tmp_path):
    image = random_image(4, 5)
    with pytest.raises(PictureError, match=r"ends in \.pgn, expected one of \.png"):
        pictures.write_image(tmp_path / "out.pgn", image)
    (tmp_path / "file").touch()
    with pytest.raises(OutputError, match="cannot be written"):
        pictures.write_image(tmp_path / "file" / "out.png", image)


def test_gif_has_every_frame(tmp_path):
    frames = [np.full((6, 9, 3), level, np.float32) for level in (0, 100, 250)]
    pictures.write_gif(tmp_path / "film.gif", frames)
    film = Image.open(tmp_path / "film.gif")
    assert film.n_frames == 3
    film.seek(2)
    assert film.convert("RGB").getpixel((0, 0)) == (250, 250, 250)


def test_guard_against_files_that_unpack_beyond_memory(tmp_path):
    path = tmp_path / "large.png"
    Image.new("1", (2000, 1001)).save(path)
    limit = Image.MAX_IMAGE_PIXELS
    for read in (pictures.read_image, pictures.picture_size, pictures.as_image):
        with pytest.raises(PictureError, match=r"2000 x 1001 pixels.* --max-megapixels 3\."):
            read(path, megapixels=2)
        read(path, megapixels=3)
    assert pictures.picture_size(path) == (1001, 2000)
    assert limit == Image.MAX_IMAGE_PIXELS


def test_bands_of_rows_give_what_the_whole_gives(tmp_path, monkeypatch):
    generator = np.random.default_rng(0)
    rgba = generator.integers(0, 256, (37, 23, 4), np.uint8)
    path = _saved(tmp_path, Image.fromarray(rgba))
    for module in (reading, levels):
        monkeypatch.setattr(module, "bands", lambda h, w: [slice(0, 5), slice(5, h)])
    opacity = rgba[..., 3:] / 255
    expected = rgba[..., :3] * opacity + 255 * (1 - opacity)
    np.testing.assert_allclose(pictures.read_image(path), expected, rtol=1e-5, atol=1e-3)
    values = generator.normal(127, 200, (37, 23, 3))
    expected = np.rint(np.clip(values, 0, 255)).astype(np.uint8)
    np.testing.assert_array_equal(pictures.to_bytes(values), expected)


# Columns: what red, green and blue are in XYZ under D50 light (IEC 61966-2-1; Adobe RGB (1998)).
SRGB = np.array([[0.4361, 0.3851, 0.1431], [0.2225, 0.7169, 0.0606], [0.0139, 0.0971, 0.7142]])
ADOBE = np.array([[0.6097, 0.2053, 0.1492], [0.3111, 0.6257, 0.0632], [0.0195, 0.0609, 0.7446]])


def _adobe_profile():
    """A profile of Adobe RGB's colours, gamma 2.2, as the ICC's specification 2.1 lays it out."""

    def number(x):
        return struct.pack(">i", round(x * 65536))

    def xyz(values):
        return b"XYZ " + bytes(4) + b"".join(map(number, values))

    text = b"desc" + bytes(4) + struct.pack(">I", 5) + b"wide\0" + bytes(78)
    curve = b"curv" + bytes(4) + struct.pack(">IH", 1, round(2.2 * 256))
    tags = {b"desc": text, b"cprt": b"text" + bytes(4) + b"none\0"}
    tags |= {b"wtpt": xyz([0.9642, 1, 0.8249])}
    for name, column in zip((b"r", b"g", b"b"), ADOBE.T, strict=True):
        tags |= {name + b"XYZ": xyz(column), name + b"TRC": curve}
    table, body = struct.pack(">I", len(tags)), b""
    for name, data in tags.items():
        at = 128 + 4 + 12 * len(tags) + len(body)
        table += name + struct.pack(">II", at, len(data))
        body += data + bytes(-len(data) % 4)
    head = bytes(4) + bytes(4) + struct.pack(">I", 0x02100000) + b"mntrRGB XYZ " + bytes(12)
    head += b"acsp" + bytes(28) + b"".join(map(number, (0.9642, 1, 0.8249))) + bytes(48)
    whole = head + table + body
    return struct.pack(">I", len(whole)) + whole[4:]


def test_arrays_are_taken_by_their_type(pixels):
    expected = pixels.astype(np.float32)
    np.testing.assert_array_equal(pictures.as_image(pixels), expected)
    np.testing.assert_array_equal(pictures.as_image(pixels.astype(np.int64)), expected)
    np.testing.assert_array_equal(pictures.as_image(pixels.astype(float)), expected)
    np.testing.assert_allclose(pictures.as_image(pixels.astype(np.uint16) * 257), expected)
    with pytest.warns(UserWarning, match="floats from 0 to 1"):
        np.testing.assert_allclose(pictures.as_image(pixels / 255), expected, atol=1e-4)
    with pytest.raises(PictureError, match="neither 0-1 nor 0-255"):
        pictures.as_image(pixels / pixels.max() * 1.001)
    deep = [Image.fromarray(pixels[..., 0].astype(kind)) for kind in (np.uint8, np.int32)]
    np.testing.assert_array_equal(*map(pictures.as_image, deep))


@pytest.mark.parametrize("change", [lambda x: x / 127.5 - 1, lambda x: x * 3, lambda x: x - 128.0])
def test_arrays_of_other_values_are_refused_by_name(pixels, change):
    array = change(pixels.astype(float) * 200 / pixels.max())
    with pytest.raises(PictureError, match=r"has values from .* expected 0-255, or floats from 0"):
        pictures.as_image(array)


@pytest.mark.parametrize("mode", ["L", "P", "RGBA", "CMYK", "HSV", "1", "LA"])
def test_a_picture_of_pillow_is_read_as_its_rgb(pixels, mode):
    picture = Image.fromarray(pixels).convert("RGB").convert(mode)
    expected = np.asarray(picture.convert("RGB"), np.float32)
    np.testing.assert_array_equal(pictures.as_image(picture), expected)


def test_a_picture_of_pillow_is_turned_upright_and_stays_as_it_is(tmp_path, pixels):
    exif = Image.Exif()
    exif[0x0112] = 6
    path = _saved(tmp_path, Image.fromarray(pixels), exif=exif)
    with Image.open(path) as picture:
        np.testing.assert_array_equal(pictures.as_image(picture), pictures.read_image(path))
        assert picture.size == (7, 5)


@pytest.mark.parametrize(
    "mask",
    [
        np.array([[True, False]]),
        np.array([[1, 0]]),
        np.array([[1.0, 0.0]]),
        np.array([[255, 0]], np.uint8),
        np.array([[65535, 0]], np.uint16),
        np.array([[[True], [False]]]),
        np.array([[[255.0] * 3, [0.0] * 3]]),
        Image.fromarray(np.array([[255, 0]], np.uint8)),
    ],
    ids=lambda mask: f"{getattr(mask, 'dtype', 'pillow')}{np.shape(mask)}",
)
def test_masks_of_every_kind(mask):
    np.testing.assert_allclose(pictures.as_mask(mask, 1, 2)[..., 0], [[1, 0]], atol=1e-6)


def test_a_mask_in_a_file_is_as_dark_as_it_is(tmp_path):
    path = _saved(tmp_path, Image.new("L", (3, 2), 1))
    np.testing.assert_allclose(pictures.as_mask(path, 2, 3), np.full((2, 3, 1), 1 / 255))


@pytest.mark.parametrize("orientation", [1, 6, 9])
@pytest.mark.parametrize("suffix", ["tif", "jpg"])
def test_sizes_are_those_of_the_picture_that_is_read(tmp_path, orientation, suffix):
    exif = Image.Exif()
    exif[0x0112] = orientation
    path = _saved(tmp_path, Image.new("RGB", (20, 40)), f"a.{suffix}", exif=exif)
    assert pictures.picture_size(path) == pictures.read_image(path).shape[:2]


def test_a_tiff_of_32_bits_with_levels_of_8(tmp_path):
    levels = np.array([[0, 100, 255]], np.int32)
    path = _saved(tmp_path, Image.fromarray(levels), "deep.tif")
    np.testing.assert_allclose(pictures.read_image(path)[0, :, 0], [0, 100, 255])


def test_colours_are_converted_by_the_profile(tmp_path):
    """Against the matrices and curves of the two spaces, in NumPy."""
    wanted = np.array([40, 180, 90])
    light = ((wanted / 255 + 0.055) / 1.055) ** 2.4  # sRGB's curve, above its straight part
    stored = 255 * (np.linalg.inv(ADOBE) @ SRGB @ light) ** (1 / 2.2)
    assert np.abs(stored - wanted).max() > 30
    picture = Image.new("RGB", (4, 3), tuple(map(round, stored)))
    path = _saved(tmp_path, picture, icc_profile=_adobe_profile())
    np.testing.assert_allclose(pictures.read_image(path), np.tile(wanted, (3, 4, 1)), atol=2)
    rgba = picture.convert("RGBA")
    rgba.putalpha(0)
    path = _saved(tmp_path, rgba, "clear.png", icc_profile=_adobe_profile())
    np.testing.assert_array_equal(pictures.read_image(path), np.full((3, 4, 3), 255))


def test_a_broken_profile_is_told_and_passed_over(tmp_path, pixels, caplog):
    path = _saved(tmp_path, Image.fromarray(pixels), icc_profile=b"no profile")
    np.testing.assert_array_equal(pictures.read_image(path), pixels)
    assert "has a colour profile that cannot be used" in caplog.text


@pytest.mark.parametrize("suffix", writing.WRITE_OPTIONS)
def test_what_is_written_says_that_it_is_srgb(tmp_path, suffix):
    path = tmp_path / f"out{suffix}"
    pictures.write_image(path, random_image(6, 9))
    with Image.open(path) as picture:
        profile = ImageCms.ImageCmsProfile(io.BytesIO(picture.info["icc_profile"]))
    assert "sRGB" in ImageCms.getProfileDescription(profile)
