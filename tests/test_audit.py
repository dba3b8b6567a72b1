"""The audit of installed packages fails for a hole one can mend, and for nothing else."""

import json

import pytest

from tools import audit

HOLE = {"id": "CVE-1", "fix_versions": ["2.1", "3.0"]}
OPEN = {"id": "CVE-2", "fix_versions": []}
ANSWERS = {
    "nothing known": ([{"name": "a", "version": "1", "vulns": []}], 0, "1 packages looked up, 0"),
    "a hole with a fix": ([{"name": "a", "version": "1", "vulns": [HOLE, OPEN]}], 1, "in 2.1, 3.0"),
    "a hole without": ([{"name": "a", "version": "1", "vulns": [OPEN]}], 0, "not mended yet"),
    "one of two unknown": (
        [{"name": "a", "version": "1", "vulns": [HOLE]}, {"name": "b", "skip_reason": "no"}],
        1,
        "not looked up: b",
    ),
    "none known": ([{"name": "a", "skip_reason": "not found"}], 0, "NOT DONE"),
}


@pytest.fixture
def service(tmp_path, monkeypatch):
    """Puts a program in pip-audit's place that says one thing."""
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))

    def says(out, err="", code=0):
        program = f"import sys\nprint({out!r})\nprint({err!r}, file=sys.stderr)\nsys.exit({code})"
        (tmp_path / "pip_audit.py").write_text(program)

    return says


@pytest.mark.parametrize("case", ANSWERS)
def test_each_answer(service, capsys, case):
    dependencies, code, words = ANSWERS[case]
    service(json.dumps({"dependencies": dependencies, "fixes": []}), "Found 1", code)
    assert audit.main(["installed.txt"]) == code
    assert words in capsys.readouterr().out


def test_no_service_is_told_and_passes(service, capsys):
    service("", "Traceback\nConnectionError: no route to pypi.org", 1)
    assert audit.main(["installed.txt"]) == 0
    out = capsys.readouterr().out
    assert "NOT DONE" in out
    assert "no route to pypi.org" in out


def test_pip_audit_that_is_not_there(monkeypatch, capsys, tmp_path):
    (tmp_path / "pip_audit.py").write_text("raise ModuleNotFoundError('pip_audit')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    assert audit.main(["installed.txt"]) == 0
    assert "NOT DONE" in capsys.readouterr().out
    assert audit.main([]) == 2
