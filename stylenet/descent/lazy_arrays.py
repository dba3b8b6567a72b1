"""Arrays that are got when they are asked for."""

from collections.abc import Mapping


class LazyArrays(Mapping):
    """Arrays by name, each got anew when it is asked for, so that memory holds one at a time.

    Args:
        names: of all of them.
        get: name -> array.
    """

    def __init__(self, names, get):
        self._names, self._get = list(names), get

    def __getitem__(self, name):
        if name not in self._names:
            raise KeyError(name)
        return self._get(name)

    def __iter__(self):
        return iter(self._names)

    def __len__(self):
        return len(self._names)
