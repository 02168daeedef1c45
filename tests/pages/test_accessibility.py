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


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_ask_page_in_each_state(open_page: Open, server: Server, artefacts: Path, width: int, theme: str) -> None:
    page = open_page(server.address, width=width, color_scheme=theme, reduced_motion="reduce")
    page.locator(".examples button").first.wait_for()
    check(page)
    page.screenshot(path=artefacts / f"ask-{width}-{theme}.png")
    ask(page, PARKS)
    page.locator("summary").click()
    check(page)
    page.locator(".cite").first.click()
    check(page)
    page.screenshot(path=artefacts / f"quote-{width}-{theme}.png")
    page.keyboard.press("Escape")
    answer = ask(page, WEATHER)
    answer.get_by_role("button", name="没有帮助").click()
    answer.locator(".comment").wait_for()
    check(page)
    page.screenshot(path=artefacts / f"nearest-{width}-{theme}.png")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_the_floating_widget_in_each_state(
    open_page: Open, site: Website, server: Server, artefacts: Path, width: int, theme: str
) -> None:
    page = open_page(
        embedded(site, server, "floating"), width=width, height=720, color_scheme=theme, reduced_motion="reduce"
    )
    check(page)
    page.get_by_role("button", name="政策问答").click()
    page.locator(".examples button").first.wait_for()
    check(page)
    ask(page, PARKS)
    check(page)
    page.screenshot(path=artefacts / f"floating-{width}-{theme}.png")


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", WIDTHS)
def test_a_document_and_its_source(open_page: Open, server: Server, artefacts: Path, width: int, theme: str) -> None:
    address = f"{server.address}/documents/002_7d8cf7461854982d"
    page = open_page(f"{address}#p2:226-256", width=width, color_scheme=theme, reduced_motion="reduce")
    expect(page.locator("mark")).to_be_in_viewport()
    check(page)
    page.screenshot(path=artefacts / f"document-{width}-{theme}.png")
    page.get_by_role("link", name="来源原文与修订").click()
    expect(page.locator("mark").first).to_be_in_viewport()
    check(page)
    page.screenshot(path=artefacts / f"source-{width}-{theme}.png")
    page.goto(f"{server.address}/documents")
    check(page)
    page.screenshot(path=artefacts / f"documents-{width}-{theme}.png")


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
    page.locator(".problem").wait_for()
    check(page)
