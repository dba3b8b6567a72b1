"""The translations keep in step with the README: headings, commands, methods, equations."""

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
METHOD = re.compile(r"\[`(\w+)`\]\(CNNStyleNet\.py#L\d+\)")


def text_of(page):
    return (ROOT / page).read_text("utf-8")


def commands(text):
    return re.findall(r"^    ((?:python|pip) .+)$", text, re.M)


def steps(text):
    return re.findall(r"^## (\d+)\. ", text, re.M)


def section(text, number):
    return re.split(rf"^## {number}\. .*$", text, flags=re.M)[1].split("\n## ")[0]


ENGLISH = text_of("README.md")
OPTIONS = text_of("docs/options.md")


@pytest.mark.parametrize("page", ["README.ja.md", "README.zh-CN.md"])
class TestTranslation:
    def test_steps(self, page):
        assert steps(text_of(page)) == steps(ENGLISH)

    def test_quick_start_has_the_same_commands_and_files(self, page):
        own, english = (section(text, 0) for text in (text_of(page), ENGLISH))
        assert commands(own) == commands(english)
        files = r"^\| `([\w.]+)` \|"
        assert re.findall(files, own, re.M) == re.findall(files, english, re.M)

    def test_other_commands_are_those_of_the_readme(self, page):
        assert set(commands(text_of(page))) <= set(commands(ENGLISH))

    def test_the_one_idea_has_the_same_equation(self, page):
        equation = r"```math\n(.*?)```"
        own, english = (re.findall(equation, text, re.S)[0] for text in (text_of(page), ENGLISH))
        assert own == english

    def test_table_of_methods(self, page):
        own, english = (METHOD.findall(section(text, 8)) for text in (text_of(page), ENGLISH))
        assert own == english
        assert len(own) == 15

    def test_options_named_exist(self, page):
        for flag in re.findall(r"--[a-z][\w-]+", text_of(page)):
            assert f"| `{flag} " in OPTIONS or f"| `{flag}`" in OPTIONS, flag
