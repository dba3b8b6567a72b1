"""Runs the tests with the oldest versions that pyproject.toml allows.

    python -m tools.oldest python3.10 [pytest arguments]

The first argument is the interpreter to do it with, best the oldest one allowed; the rest goes to
pytest. Reading pyproject.toml takes Python 3.11 for this script itself.
"""

import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]


def main(arguments):
    """Make an environment, install, test; the exit code is that of the tests."""
    import tomllib  # new in Python 3.11, and the tests of this file run on older ones

    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    wanted = oldest(project["dependencies"] + project["optional-dependencies"]["test"])
    interpreter, *options = arguments or [sys.executable]
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([interpreter, "-m", "venv", folder], check=True)
        python = Path(folder) / "bin" / "python"
        install = [python, "-m", "pip", "install", "--quiet"]
        subprocess.run([*install, *wanted], check=True)
        subprocess.run([*install, "--no-deps", ROOT], check=True)
        print("\n".join(["oldest:", *wanted]), flush=True)
        return subprocess.run([python, "-m", "pytest", *options], cwd=ROOT, check=False).returncode


def oldest(requirements):
    """Requirements such as "numpy>=1.26; python_version < '3.13'" with each >= made an ==."""
    pinned = []
    for requirement in requirements:
        bound, *marker = requirement.partition(";")
        if ">=" not in bound:
            raise ValueError(f"no lower bound in pyproject.toml: {requirement}")
        pinned.append(bound.replace(">=", "==") + "".join(marker))
    return pinned


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
