"""The sizes of a run from coarse to fine."""

from stylenet.pictures.sizes import pyramid


def test_sizes_by_hand():
    assert pyramid(300, 400, 210, scales=3) == [(75, 100, 120), (150, 200, 60), (300, 400, 30)]
    assert pyramid(300, 400, 250, scales=1) == [(300, 400, 250)]
    assert pyramid(344, 512, 9) == [(344, 512, 9)]  # by itself the first is about 512 pixels long
    assert pyramid(1024, 700, 60) == [(512, 350, 40), (1024, 700, 20)]
    assert [len(pyramid(10, length, 9)) for length in (720, 740, 1440, 1460)] == [1, 2, 2, 3]
    assert pyramid(7, 5, 2, scales=9) == [(4, 2, 1), (7, 5, 1)]  # no size without a step
    assert pyramid(1, 1, 3, scales=3)[0][:2] == (1, 1)
