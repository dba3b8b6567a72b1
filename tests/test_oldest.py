"""The oldest versions allowed are read from pyproject.toml and from nowhere else."""

import pytest

from tools.oldest import oldest


def test_lower_bounds_become_versions():
    given = ["numpy>=1.26", "a[b]>=2.0; python_version >= '3.13'"]
    assert oldest(given) == ["numpy==1.26", "a[b]==2.0; python_version >= '3.13'"]
    with pytest.raises(ValueError, match="no lower bound"):
        oldest(["numpy"])
