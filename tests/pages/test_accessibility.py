"""Every state of widget and pages: nothing that axe-core objects to, nothing too wide, and pictures to look at."""

from __future__ import annotations

from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.pages.conftest import Open
from tests.pages.serve import Server, Website
from tests.pages.test_widget import PARKS, WEATHER, ask, embedded, placed

THEMES = ["light", "dark"]
WIDTHS = [320, 768, 1280]
# Of WCAG 2.0 to 2.2, level A and AA, and the rules of good practice.
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]


def check(page: Page) -> None:
    """No sideways scrolling and, on the smallest and the largest, nothing that axe-core objects to."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    width, theme = page.evaluate("[innerWidth, matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light']")
    # Colours do not depend on the width, nor boxes on the theme, so two of the six hold for all.
    if (width, theme) not in {(320, "light"), (1280, "dark")}:
        return
    found = Axe().run(page, options={"runOnly": {"type": "tag", "values": TAGS}})
    told = [
        f"{violation['id']}: {node['html']} {node['failureSummary']}"
        for violation in found.response["violations"]
        for node in violation["nodes"]
    ]
    assert told == []


def look(page: Page, artefacts: Path, name: str, reopen: str = "") -> None:
    """Check a state at every width and picture it; `reopen` is what to press where the width decides on the place."""
    theme = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : 'light'")
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 800})
        if reopen:
            page.locator(reopen).first.click()
        check(page)
        page.screenshot(path=artefacts / f"{name}-{width}-{theme}.png")
        if reopen:
            page.keyboard.press("Escape")


@pytest.mark.parametrize("theme", THEMES)
def test_the_ask_page_in_each_state(open_page: Open, server: Server, artefacts: Path, theme: str) -> None:
    page = open_page(server.address, color_scheme=theme, reduced_motion="reduce")
    page.locator(".examples button").first.wait_for()
    look(page, artefacts, "ask")
    ask(page, PARKS)
    page.locator("summary").click()
    look(page, artefacts, "answer")
    look(page, artefacts, "quote", reopen=".cite")
    answer = ask(page, WEATHER)
    answer.get_by_role("button", name="没有帮助").click()
    answer.locator(".comment").wait_for()
    look(page, artefacts, "nearest")


@pytest.mark.parametrize("theme", THEMES)
def test_the_floating_widget_in_each_state(
    open_page: Open, site: Website, server: Server, artefacts: Path, theme: str
) -> None:
    page = open_page(embedded(site, server, "floating"), color_scheme=theme, reduced_motion="reduce")
    look(page, artefacts, "closed")
    look(page, artefacts, "opened", reopen=".launcher")
    page.locator(".launcher").click()
    ask(page, PARKS)
    page.keyboard.press("Escape")
    look(page, artefacts, "floating", reopen=".launcher")


@pytest.mark.parametrize("theme", THEMES)
def test_a_document_and_its_source(open_page: Open, server: Server, artefacts: Path, theme: str) -> None:
    address = f"{server.address}/documents/002_7d8cf7461854982d"
    page = open_page(f"{address}#p2:202-230", color_scheme=theme, reduced_motion="reduce")
    expect(page.locator("mark")).to_be_in_viewport()
    look(page, artefacts, "document")
    page.get_by_role("link", name="来源原文与修订").click()
    expect(page.locator("mark").first).to_be_in_viewport()
    look(page, artefacts, "source")
    page.goto(f"{server.address}/documents")
    look(page, artefacts, "documents")


@pytest.mark.parametrize("theme", THEMES)
def test_a_page_that_fails(open_page: Open, server: Server, artefacts: Path, theme: str) -> None:
    page = open_page(f"{server.address}/documents/zz", color_scheme=theme, expected="404 (Not Found)")
    expect(page.get_by_role("heading", level=1)).to_have_text("没有这份文本")
    look(page, artefacts, "problem")
    page.get_by_role("link", name="查看全部文本").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("收录的文本")


def test_what_cannot_be_read_is_found(open_page: Open, server: Server) -> None:
    """The check reaches into the shadow root: spoilt there, the page fails."""
    page = open_page(server.address, color_scheme="dark")
    check(page)
    page.locator(".fill").evaluate("button => button.style.setProperty('color', '#a4262c')")
    with pytest.raises(AssertionError, match="color-contrast"):
        check(page)


def contrast(page: Page, selector: str) -> float:
    """The contrast of an element's text with its own background, as WCAG 2 has it."""
    measured: float = page.locator(selector).first.evaluate(
        """element => {
          const light = (colour) => colour.match(/[\\d.]+/g).slice(0, 3).map((part) => part / 255)
            .map((part) => part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4)
            .reduce((sum, part, at) => sum + part * [0.2126, 0.7152, 0.0722][at], 0);
          const { color, backgroundColor } = getComputedStyle(element);
          const [dark, bright] = [light(color), light(backgroundColor)].sort((one, other) => one - other);
          return (bright + 0.05) / (dark + 0.05);
        }"""
    )
    return measured


def test_any_accent_colour_can_be_read(open_page: Open, site: Website, server: Server) -> None:
    page = open_page(placed(site, server, "accent"))
    ask(page, PARKS)
    for accent in ("#ffff00", "#111111", "hsl(120 100% 50%)", "white", "#777", "rebeccapurple"):
        for theme in THEMES:
            page.locator("policy-qa").evaluate(
                "(element, set) => Object.entries(set).forEach(([name, value]) => element.setAttribute(name, value))",
                {"accent": accent, "theme": theme},
            )
            assert contrast(page, ".ask .fill") >= 4.5, (accent, theme)
            assert contrast(page, ".cite") >= 4.5, (accent, theme)


def test_a_lost_connection_is_told_accessibly(open_page: Open, server: Server) -> None:
    server.network.seconds_before_the_end = 30
    page = open_page(server.address, color_scheme="dark")
    page.locator("textarea").fill(PARKS)
    page.keyboard.press("Enter")
    page.locator(".said").wait_for()
    check(page)
    page.get_by_role("button", name="停止").click()
    server.network.seconds_before_the_end = 0  # it may have been stopped before it came so far
    page.locator(".problem").wait_for()
    check(page)
