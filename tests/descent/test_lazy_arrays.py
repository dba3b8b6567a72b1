"""Arrays that are got when they are asked for."""

import numpy as np
import pytest

from stylenet.descent.checkpoint import StateFile
from stylenet.descent.lazy_arrays import LazyArrays


def test_they_are_got_one_by_one_and_none_before():
    asked = []

    def get(name):
        asked.append(name)
        return np.full(2, ord(name))

    arrays = LazyArrays(["a", "b"], get)
    assert list(arrays) == ["a", "b"]
    assert len(arrays) == 2
    assert not asked
    np.testing.assert_array_equal(arrays["b"], [98, 98])
    assert asked == ["b"]
    with pytest.raises(KeyError):
        arrays["c"]


@pytest.mark.parametrize("average", [0, 0.5])
def test_a_lazy_state_is_written_as_the_whole_one(net, tmp_path, average):
    made = net(epochs=3, average=average).fit([])
    whole = made.run_state()
    file = StateFile(tmp_path / "state.npz")
    file.write(made.run_state(lazy=True))
    state, _ = file.read()
    assert set(state.arrays) == set(whole.arrays)
    for name, array in whole.arrays.items():
        np.testing.assert_array_equal(state.arrays[name], array)
        assert state.arrays[name].dtype == array.dtype
