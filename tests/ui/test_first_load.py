"""The first load: what is drawn comes before what moves it, in few files; and nothing is lost by that."""

import re
from pathlib import Path

import pytest

from sgapp.ui.first_load import HasChanged, picture_first, settings_for_vite, shorten_scripts, styles_are_classes

ROOT = Path(__file__).resolve().parents[2]
BUILT = ROOT / ".web" / "build" / "client"
SETTINGS = "plugins: [], rollupOptions: { output: { codeSplitting: { groups: [ {} ] } } }, resolve: { alias: [ {} ] }"
AHEAD = '<link rel="modulepreload" href="/assets/a.js"/>'
HIDE = '<script src="/hide.js"></script>'


def test_the_page_that_was_built_asks_for_its_style_and_for_hide_before_the_scripts_that_move_it() -> None:
    head = (BUILT / "index.html").read_text().partition("</head>")[0]
    assert head.index(HIDE) < head.index('rel="stylesheet"') < head.index('rel="modulepreload"')


def test_every_script_that_was_named_ahead_still_is(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text(f"<head>{AHEAD}{AHEAD.replace('a.js', 'b.js')}{HIDE}</head><body>{AHEAD}</body>")
    picture_first(tmp_path)
    assert (tmp_path / "index.html").read_text() == (
        f"<head>{HIDE}{AHEAD}{AHEAD.replace('a.js', 'b.js')}</head><body>{AHEAD}</body>")


def test_pages_without_scripts_ahead_are_told(tmp_path: Path) -> None:
    (tmp_path / "index.html").write_text("<head></head>")
    with pytest.raises(HasChanged):
        picture_first(tmp_path)


def test_settings_that_hold_ours_already_stay_as_they_are() -> None:
    once = settings_for_vite(SETTINGS)
    assert settings_for_vite(once) == once != SETTINGS


@pytest.mark.parametrize("changed", [SETTINGS.replace("groups", "chunks"), SETTINGS.replace("alias", "aka"),
                                     SETTINGS.replace("rollupOptions", "options"), SETTINGS.replace("plugins", "parts"),
                                     SETTINGS * 2])
def test_settings_of_another_shape_are_told(changed: str) -> None:
    with pytest.raises(HasChanged):
        settings_for_vite(changed)


@pytest.mark.parametrize("place", ["app/routes", "app_components"])
def test_a_page_with_a_style_that_would_be_lost_is_named(tmp_path: Path, place: str) -> None:
    (tmp_path / place).mkdir(parents=True)
    (tmp_path / place / "case.jsx").write_text('jsx("p",{className:"hint",css:({ ["color"] : "red" })})')
    with pytest.raises(HasChanged, match=r"case\.jsx"):
        styles_are_classes(tmp_path)


def test_a_page_with_classes_only_passes(tmp_path: Path) -> None:
    (tmp_path / "app").mkdir()
    (tmp_path / "app" / "case.jsx").write_text('jsx("p",{className:"css"},"css: a word")')
    styles_are_classes(tmp_path)


def test_hide_comes_without_what_only_a_reader_needs_and_does_the_same(tmp_path: Path) -> None:
    (tmp_path / "hide.js").write_text("// a word to the reader\n(() => { window.hidden = 1 + 1; })();")
    shorten_scripts(tmp_path, modules=ROOT / ".web" / "node_modules")
    short = (tmp_path / "hide.js").read_text()
    assert "reader" not in short
    assert "window.hidden=2" in short.replace(" ", "")


def test_no_page_fetches_react() -> None:
    scripts = [script.read_text() for script in (BUILT / "assets").glob("*.js")]
    assert scripts
    assert not [script for script in scripts if "react.dev/errors" in script]


def test_the_icon_of_a_page_is_no_drawing_that_a_slow_phone_has_to_work_out() -> None:
    head = (BUILT / "index.html").read_text().partition("</head>")[0]
    assert re.findall(r'href="(/icon[^"]*)"', head) == ["/icon-64.png"]


def test_no_button_wears_a_drawing_that_is_worked_out_and_does_not_show() -> None:
    [style] = (BUILT / "assets").glob("__reflex_global_styles*.css")
    assert re.findall(r"--fx-noise:(.{4})", style.read_text())[-1] == "none"
