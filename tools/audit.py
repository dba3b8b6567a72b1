"""Fails where a package has a known hole that a newer version mends.

    python -m tools.audit requirements.txt

Asks pip-audit, which must be installed, about the exact versions in a file as `pip freeze` writes
it. A hole nobody has mended yet is told and passes, and so is a service that does not answer:
otherwise nothing could be built where only the package registry can be reached.
"""

import json
import subprocess
import sys

PATIENCE_SECONDS = 300


def main(arguments):
    """Ask, tell, and return the exit code: 1 for a hole with a fix, else 0."""
    if len(arguments) != 1:
        print("usage: python -m tools.audit requirements.txt", file=sys.stderr)
        return 2
    report, trouble = ask(arguments[0])
    lines, mendable = judge(report, trouble)
    print("\n".join(f"audit: {line}" for line in lines))
    return 1 if mendable else 0


def ask(requirements):
    """(pip-audit's report as a dict or None, the last thing it said)."""
    command = [sys.executable, "-m", "pip_audit", "--requirement", requirements, "--no-deps"]
    command += ["--disable-pip", "--format", "json", "--progress-spinner", "off"]
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=PATIENCE_SECONDS, check=False
        )
    except subprocess.TimeoutExpired:
        return None, f"no answer in {PATIENCE_SECONDS} s"
    try:
        return json.loads(done.stdout), ""
    except ValueError:
        return None, (done.stderr.strip().splitlines() or ["no report"])[-1]


def judge(report, trouble=""):
    """What a report comes to.

    Args:
        report: {"dependencies": [{"name", "version", "vulns": [{"id", "fix_versions"}]} or
            {"name", "skip_reason"}]}, or None where there is none.
        trouble: why there is none.

    Returns:
        (lines to tell, number of holes with a fix).
    """
    if report is None:
        return [f"NOT DONE, the service cannot be reached from here ({trouble})."], 0
    known = [package for package in report["dependencies"] if "skip_reason" not in package]
    unknown = [package["name"] for package in report["dependencies"] if "skip_reason" in package]
    if not known:
        return [f"NOT DONE, the service knows none of {len(unknown)} packages from here."], 0
    lines, mendable = [], 0
    for package in known:
        for hole in package["vulns"]:
            fixes = ", ".join(hole["fix_versions"])
            mendable += bool(fixes)
            mend = f"mended in {fixes}" if fixes else "not mended yet"
            lines.append(f"{package['name']} {package['version']}: {hole['id']}, {mend}.")
    if unknown:
        lines.append(f"not looked up: {', '.join(unknown)}.")
    lines.append(f"{len(known)} packages looked up, {mendable} holes with a fix.")
    return lines, mendable


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
