"""The class: its steps, its state, its promises."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf
from PIL import Image

import MLPreProcess as pictures
from CNNStyleNet import CNNStyleNet
from stylenet.errors import (
    FeedShapeError,
    MissingStepError,
    NotFiniteError,
    OptionError,
    OutputError,
    PictureError,
    StateError,
    StyleNetError,
)
from stylenet.network.feeds import checked_feed
from stylenet.network.network_file import read_network
from stylenet.network.sessions import make_session
from stylenet.results.figures import save_figure
from tests import reference
from tests.conftest import MEAN_PIXEL, Seen, random_image

STYLE_LAYERS = ["relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1"]


def test_step_by_step_as_in_a_notebook(net, tmp_path, monkeypatch):
    monkeypatch.setitem(save_figure.__kwdefaults__, "dpi", 150)  # as outside the tests
    made = net()
    made.model()
    made.loss()
    made.optimizer()
    assert made.fit() is made
    made.save_output_image(tmp_path / "out.png")
    made.plot_losses(tmp_path / "losses.png")
    made.save_output_image_gif(tmp_path / "out.gif")
    assert Image.open(tmp_path / "out.png").size == (53, 37)
    assert Image.open(tmp_path / "losses.png").size == (1200, 750)
    assert Image.open(tmp_path / "out.gif").n_frames > 2
    for losses in (
        made._losses_train,
        made._losses_content_train,
        made._losses_style_train,
        made._losses_total_var_train,
    ):
        assert len(losses) == 6  # the start and five steps
    assert made._losses_train[-1] < made._losses_train[0]


def test_fit_alone_runs_every_step_before_it(fitted_net):
    assert len(fitted_net._losses_train) == 6


def test_paths_and_arrays_give_the_same(net, content, style, tmp_path):
    paths = [tmp_path / "content.png", tmp_path / "style.png"]
    for path, image in zip(paths, (content, style), strict=True):
        pictures.write_image(path, image)
    rounded = [pictures.read_image(path) for path in paths]
    made = net(*map(str, paths))
    result = made.fit([]).result.record.image
    made.sources, made.pictures = replace(made.sources, styles=[rounded[1]]), None
    made.load_image_content_style(rounded[0]).fit([])
    np.testing.assert_array_equal(made.result.record.image, result)


@pytest.mark.parametrize("styles", [1, 3])
def test_losses_equal_the_formulas_in_numpy(net, content, narrow_weights, styles):
    """Every term at the start of a run from the content, weights of the README's formulas."""
    style_images = [random_image(41 + i, 30 + 3 * i, seed=i) for i in range(styles)]
    made = net(style=style_images, initial="content", seed=1, width=45).fit([])
    image = pictures.resize_to_width(content, 45)
    ours = reference.vgg19(image - MEAN_PIXEL, *narrow_weights)
    expected = 0
    for style_image in style_images:
        resized = pictures.resize_to_width(style_image, 45)
        theirs = reference.vgg19(resized - MEAN_PIXEL, *narrow_weights)
        for layer in STYLE_LAYERS:
            difference = reference.gram(ours[layer]) - reference.gram(theirs[layer])
            expected += 500 * np.mean(difference**2) / 5 / styles
    assert made._losses_style_train[0] == pytest.approx(expected, rel=1e-4)
    assert made._losses_content_train[0] == pytest.approx(0, abs=1e-3)
    tv = 100 * reference.total_variation(image.astype(float))
    assert made._losses_total_var_train[0] == pytest.approx(tv, rel=1e-4)
    total = made._losses_style_train[0] + made._losses_content_train[0] + tv
    assert made._losses_train[0] == pytest.approx(total, rel=1e-4)


def test_content_loss_equals_numpy_from_another_picture(net, content, narrow_weights, tmp_path):
    start = random_image(50, 50, seed=9)
    pictures.write_image(tmp_path / "start.png", start)
    made = net(initial=str(tmp_path / "start.png")).fit([])
    image = pictures.resize_image(pictures.read_image(tmp_path / "start.png"), 37, 53)
    features = [
        reference.vgg19(x - MEAN_PIXEL, *narrow_weights)["relu4_2"] for x in (image, content)
    ]
    expected = 5 * np.mean((features[0] - features[1]) ** 2)
    assert made._losses_content_train[0] == pytest.approx(expected, rel=1e-4)


def test_one_step_is_adams_first_step(net):
    """Adam's first step moves every pixel by the rate, against the sign of its gradient."""
    seen = Seen()
    net(initial="content", epochs=1, learning_rate=3.0, learning_rate_end=3.0).fit([seen])
    moved = np.abs(seen.pictures[1] - seen.pictures[0])
    assert np.median(moved) == pytest.approx(3, rel=1e-3)
    assert moved.max() <= 3.001


def test_features_come_through_their_placeholders(fitted_net, narrow_weights, content, style):
    found = fitted_net.extract_content_features()
    expected = reference.vgg19(content - MEAN_PIXEL, *narrow_weights)["relu4_2"]
    np.testing.assert_allclose(found["relu4_2"][0], expected, rtol=1e-3, atol=1e-3)
    grams = fitted_net.extract_style_features()
    assert list(grams) == STYLE_LAYERS
    resized = pictures.resize_to_width(style, content.shape[1])
    expected = reference.vgg19(resized - MEAN_PIXEL, *narrow_weights)
    for layer in STYLE_LAYERS:
        assert len(grams[layer]) == 1
        np.testing.assert_allclose(grams[layer][0], reference.gram(expected[layer]), rtol=1e-3)
    # The other placeholder does not reach them.
    with pytest.raises(tf.errors.InvalidArgumentError, match="image_content_holder"):
        batch = pictures.preprocess(content, MEAN_PIXEL)
        feed = {fitted_net._image_style_holder: batch}
        fitted_net._session.run(fitted_net.graph.content_layers["relu4_2"], feed)


@pytest.mark.parametrize("shape", [(37, 53, 3), (1, 37, 53, 4), (2, 37, 53, 3), (1, 0, 53, 3)])
def test_feeding_the_wrong_shape_names_placeholder_and_shapes(fitted_net, shape):
    with pytest.raises(FeedShapeError) as caught:
        checked_feed(fitted_net._image_style_holder, np.zeros(shape, np.float32))
    assert "image_style_holder" in str(caught.value)
    assert str(shape) in str(caught.value)
    assert "(1, any, any, 3)" in str(caught.value)


@pytest.mark.parametrize(
    ("method", "missing"),
    [
        ("extract_content_features", "model"),
        ("extract_style_features", "model"),
        ("loss", "model"),
        ("optimizer", "model"),
        ("show_output_image", "fit"),
        ("plot_losses", "fit"),
    ],
)
def test_a_step_too_early_names_the_missing_call(net, method, missing):
    with pytest.raises(MissingStepError, match=rf"{method}\(\) .* call {missing}\(\) first"):
        getattr(net(), method)()


def test_saving_too_early_names_the_missing_call(net, tmp_path):
    for method in ("save_output_image", "save_output_image_gif"):
        with pytest.raises(MissingStepError, match=r"call fit\(\) first"):
            getattr(net(), method)(tmp_path / "out.png")
    with pytest.raises(MissingStepError, match=r"call model\(\) first"):
        net().write_tensorboard_graph(tmp_path)
    with pytest.raises(MissingStepError, match=r"call loss\(\) first"):
        net().model().optimizer()
    assert list(tmp_path.iterdir()) == []


def test_same_seed_same_picture_and_other_seed_another(net, fitted_net):
    again, other = (net(seed=seed).fit([]).result.record.image for seed in (0, 5))
    first = fitted_net.result.record.image
    np.testing.assert_array_equal(first, again)
    assert np.abs(first - other).max() > 0


def test_a_second_fit_forgets_the_first_and_a_new_model_both(net):
    made = net().fit([])
    first = made.result.record.image
    made.fit([])
    np.testing.assert_array_equal(made.result.record.image, first)
    assert len(made._losses_train) == 6
    made.model()
    with pytest.raises(MissingStepError):
        made.plot_losses()
    np.testing.assert_array_equal(made.fit([]).result.record.image, first)


def test_weights_enter_the_graph_once_and_not_as_constants(fitted_net):
    definition = fitted_net._session.graph.as_graph_def()
    kernels = [n.name for n in definition.node if n.op == "VarHandleOp" and "kernel" in n.name]
    assert len(kernels) == 16
    sizes = [node.attr["value"].tensor.ByteSize() for node in definition.node if node.op == "Const"]
    assert max(sizes) < 200


def test_two_objects_do_not_meet(net, fitted_net):
    first = net().model().loss()
    second = net(seed=8, initial="content").model().loss()
    assert first._session.graph is not second._session.graph
    second.fit([])
    first.fit([])
    alone = fitted_net.result.record.image
    np.testing.assert_array_equal(first.result.record.image, alone)


def test_tensorflow_2_goes_on_working_beside_it(fitted_net):
    assert tf.executing_eagerly()
    assert float(tf.function(lambda x: 2 * x)(tf.constant(3.0))) == 6


def test_a_session_that_was_given_stays_open_and_gives_the_same(net, fitted_net):
    expected = fitted_net.result.record.image
    with make_session(tf.Graph()) as session, net(session=session) as made:
        np.testing.assert_array_equal(made.fit([]).result.record.image, expected)
    with tf.compat.v1.Session(graph=tf.Graph()) as session:  # whose graph is rewritten
        with net(session=session) as made:
            np.testing.assert_allclose(made.fit([]).result.record.image, expected, atol=1e-2)
        with session.graph.as_default():
            assert session.run(tf.constant(3)) == 3


def test_own_session_is_closed(net):
    with net().model() as made:
        session = made._session
    with pytest.raises(RuntimeError, match="closed"):
        session.run(made._y_out_op)


def test_style_layers_by_name_and_weight(net):
    made = net().model().set_style_layers({"relu1_1": 1, "relu3_1": 3})
    assert made._style_layers == {"relu1_1": 0.25, "relu3_1": 0.75}
    made.fit([])
    assert list(made._features_style) == ["relu1_1", "relu3_1"]
    for wrong in (["relu9_1"], {"relu1_1": -1, "relu2_1": 2}, {"relu1_1": 0}, []):
        with pytest.raises(OptionError):
            made.set_style_layers(wrong)


def test_no_style_at_all(net):
    with pytest.raises(OptionError, match="no style picture"):
        net(style=[]).model()


def test_state_as_a_table(net, capsys):
    made = net()
    made.print("before anything")
    before = capsys.readouterr().out
    assert "_image_content           not yet, call load_image_content_style()" in before
    made.model().print("after model()")
    after = capsys.readouterr().out
    assert after.startswith("after model()\n")
    assert "float32 (37, 53, 3)" in after
    assert "_loss_op                 not yet, call loss()" in after
    made.fit([]).print("after fit()")
    assert "not yet" not in capsys.readouterr().out


def test_graph_for_tensorboard_names_the_terms(fitted_net, tmp_path):
    fitted_net.write_tensorboard_graph(tmp_path)
    (file,) = tmp_path.iterdir()
    names = set()
    for event in tf.compat.v1.train.summary_iterator(str(file)):
        if event.graph_def:
            graph = tf.compat.v1.GraphDef.FromString(event.graph_def)
            names.update(node.name.split("/")[0] for node in graph.node)
    assert {"content_loss", "style_loss", "total_variation_loss", "vgg19_image"} <= names


def test_interrupt_keeps_the_picture_so_far(net, tmp_path):
    def press_ctrl_c(record):
        if record.iteration == 3:
            raise KeyboardInterrupt

    made = net()
    with pytest.raises(KeyboardInterrupt):
        made.fit([press_ctrl_c])
    assert made.result.record.iteration == 3
    made.save_output_image(tmp_path / "so_far.png")
    assert (tmp_path / "so_far.png").exists()


def test_loss_that_is_not_finite_stops_with_advice_and_keeps_the_last_good(net):
    made = net(learning_rate=1e15, epochs=50)
    with pytest.raises(NotFiniteError, match=r"loss became .* Try a smaller learning rate"):
        made.fit([])
    assert np.isfinite(made.result.record.image).all()
    assert np.isfinite(made._losses_train).all()


def test_pictures_too_small_for_every_pooling(net):
    made = net(style=random_image(5, 4))
    for size in ((1, 1), (3, 200), (200, 3)):
        made.load_image_content_style(random_image(*size)).fit([])
        assert made.result.record.image.shape == (*size, 3)
        assert np.isfinite(made.result.record.image).all()


def test_errors_are_of_one_family():
    for error in (OptionError, MissingStepError, FeedShapeError, NotFiniteError):
        assert issubclass(error, StyleNetError)


def test_the_graph_does_not_grow_from_fit_to_fit(net):
    made = net().fit([])
    size = len(made._session.graph.get_operations())
    made.load_image_content_style(random_image(21, 53, seed=7))
    made.extract_style_features()
    made.fit([])
    assert len(made._session.graph.get_operations()) == size


def test_a_new_loss_needs_a_new_optimizer_and_gets_one(net, content):
    made = net(initial="content").fit([])
    made.loss()
    with pytest.raises(MissingStepError, match=r"call fit\(\) first"):
        net().model().loss().save_output_image("x.png")
    other = random_image(37, 53, seed=8)
    made.load_image_content_style(other)
    made.fit([])
    assert made._losses_content_train[0] == pytest.approx(0, abs=1e-3)  # it starts from the other


def test_the_result_outlives_the_session_and_fit_begins_again(net, tmp_path):
    with net() as made:
        made.fit([])
        first = made.result.record.image
    made.save_output_image(tmp_path / "after.png")
    np.testing.assert_array_equal(made.fit([]).result.record.image, first)


def test_lbfgs_keeps_the_best_when_interrupted(net):
    def stop(record):
        if record.iteration == 6:
            raise KeyboardInterrupt

    made = net(optimizer="lbfgs", epochs=20)
    with pytest.raises(KeyboardInterrupt):
        made.fit([stop])
    assert made.result.record.losses.total == min(made._losses_train)


def test_a_notebook_shows_the_object(net):
    made = net(epochs=2)
    assert "no result yet" in made._repr_html_()
    shown = made.fit([])._repr_html_()
    assert shown.count("data:image/png;base64,") == 3
    assert "iteration     2" in shown


def test_what_a_net_is_stays_when_its_session_is_closed(net):
    with net(epochs=1) as made:
        before = made.fit([]).run_identity()
    assert made.run_identity() == before
    np.testing.assert_array_equal(made._norm_mean_matrix, MEAN_PIXEL)
    assert made._loss_op is None
    assert made._image_var is None
    assert len(made._losses_train) == 2


def test_a_name_that_is_none(net):
    with pytest.raises(AttributeError, match="A CNNStyleNet has no attribute '_los_op'"):
        net()._los_op  # noqa: B018


def test_a_file_is_what_its_name_says_or_refused(fitted_net, tmp_path):
    for write, name in (
        (fitted_net.plot_losses, "l.svg"),
        (fitted_net.save_output_image_gif, "f.png"),
    ):
        with pytest.raises(OutputError, match=rf"{name} ends in .*, expected \.(png|gif)"):
            write(tmp_path / name)
    assert not list(tmp_path.iterdir())


def test_no_picture_that_was_read_is_written_to(tmp_path, narrow_file):
    for name in ("c.gif", "s.png"):
        pictures.write_image(tmp_path / f"{name}.png", random_image(24, 32))
        (tmp_path / f"{name}.png").rename(tmp_path / name)
    before = [(tmp_path / name).read_bytes() for name in ("c.gif", "s.png")]
    (tmp_path / "link.png").symlink_to(tmp_path / "s.png")
    with CNNStyleNet(str(tmp_path / "c.gif"), tmp_path / "s.png", narrow_file, epochs=2) as net:
        net.fit([])
        for write, name in (
            (net.save_output_image, "s.png"),
            (net.save_output_image, "link.png"),
            (net.plot_losses, "s.png"),
            (net.save_output_image_gif, "c.gif"),
        ):
            with pytest.raises(OutputError, match="is a file this run reads"):
                write(tmp_path / name)
    assert [(tmp_path / name).read_bytes() for name in ("c.gif", "s.png")] == before


def test_one_function_in_place_of_a_list_of_callbacks_is_told(net):
    with pytest.raises(OptionError, match=r"expected a list of them: fit\(\[function\]\)"):
        net().fit(print)


def test_another_network_is_taken_from_the_next_fit_on(net, wider_file):
    wide = read_network(wider_file)
    expected = net(network=wider_file).fit([]).result.image()
    made = net().fit([])
    narrow = made.result.image()
    made.load_model_info(wide).fit([])
    np.testing.assert_array_equal(made.result.image(), expected)
    assert np.abs(narrow - expected).max() > 0


def test_a_state_that_is_refused_takes_no_picture_away(net):
    made, other = net(), net(style_layers="relu1_1").fit([])
    before = made.fit([]).result.image()
    with pytest.raises(StyleNetError, match="style-layers"):
        made.fit([], state=other.run_state())
    np.testing.assert_array_equal(made.result.image(), before)


def test_what_is_no_state_and_no_picture_is_told_what_is(net):
    made = net().fit([])
    for state in ("out_state.npz", {}):
        with pytest.raises(StateError, match="StateFile"):
            made.fit([], state=state)
    for picture in ("out.png", made.result.image()[None]):
        with pytest.raises(PictureError, match=r"expected an array \(height, width, 3\)"):
            made.losses_of(picture)


def test_nobody_spoils_the_picture_that_is_kept(net):
    made = net()

    def scribble(record):
        with pytest.raises(ValueError, match="read-only"):
            record.image[:] = 0

    made.fit([scribble])
    with pytest.raises(ValueError, match="read-only"):
        np.divide(made.result.image(), 255, out=made.result.image())


def test_a_fit_that_cannot_begin_takes_no_picture_away(net):
    made = net().fit([])
    before = made.result.image()
    with pytest.raises(OptionError, match="expected a list"):
        made.fit(print)
    np.testing.assert_array_equal(made.result.image(), before)


def test_a_fit_that_ends_before_its_first_step_takes_no_picture_away(net):
    made = net().fit([])
    before = made.result.image()
    with pytest.raises(AttributeError):
        made.fit([lambda record: record.loss])
    np.testing.assert_array_equal(made.result.image(), before)


def test_a_network_is_taken_by_its_path_too(net, narrow_file, tmp_path):
    made = net().fit([])
    before = made.result.image()
    with pytest.raises(StyleNetError, match="missing"):
        made.load_model_info(str(tmp_path / "missing.npz"))
    np.testing.assert_array_equal(made.load_model_info(narrow_file).fit([]).result.image(), before)


def test_what_was_read_is_not_written_over_from_anywhere_nor_later(net, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "sub").mkdir()
    for name in ("a.png", "b.png", "s.png"):
        Image.fromarray(random_image(40, 50).astype(np.uint8)).save(name)
    made = net("a.png", Image.open("s.png")).fit([])
    monkeypatch.chdir("sub")
    for name in ("../a.png", tmp_path / "a.png", "../s.png"):
        with pytest.raises(OutputError, match="this run reads"):
            made.save_output_image(name)
    made.load_image_content_style("../b.png").fit([])
    with pytest.raises(OutputError, match="this run reads"):
        made.save_output_image("../a.png")


def test_ones_own_variables_are_initialised_beside_a_net_in_ones_session(net):
    with tf.Graph().as_default(), tf.compat.v1.Session() as session:
        net(session=session).fit([])
        mine = tf.compat.v1.get_variable("mine", initializer=1.0)
        session.run(tf.compat.v1.global_variables_initializer())
        assert session.run(mine) == 1


def test_losses_before_the_next_fit_name_what_is_missing(net):
    made = net().fit([])
    picture = made.result.image()
    made.set_style_layers(["relu1_1"]).loss().optimizer()
    with pytest.raises(MissingStepError, match="call fit"):
        made.losses_of(picture)
