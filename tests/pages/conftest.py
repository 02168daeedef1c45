"""A real browser, the real server, and a website of another origin that embeds the widget."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from api import create_app
from qa.ask import Assistant
from tests.conftest import ROOT
from tests.pages.serve import Server, Website, serving, website
from tests.stubs import assistant_over, remembering

ARTEFACTS = ROOT / "build" / "screenshots"
"""Where screenshots are put, to be looked at."""
_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# Told by the page itself, since a policy that is broken is no error of a script.
_WATCH = """
window.violations = [];
addEventListener('securitypolicyviolation', ({violatedDirective, blockedURI}) => {
  violations.push(`${violatedDirective} ${blockedURI}`);
});
"""

Open = Callable[..., Page]


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium; without one the tests are passed over, but never in CI."""
    found = next(filter(None, map(shutil.which, _NAMES)), None)
    if not found:
        told = "no Chromium was found: apt-get install chromium fonts-noto-cjk"
        if os.environ.get("CI"):
            pytest.fail(told)
        pytest.skip(told)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=found, args=_FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def site() -> Iterator[Website]:
    with website() as site:
        yield site


@pytest.fixture(scope="package")
def server(assistant: Assistant, site: Website) -> Iterator[Server]:
    """The corpus of the project, served to the site."""
    settings = assistant.settings.model_copy(update={"cors_origins": site.address})
    with serving(create_app(settings, remembering(assistant))) as server:
        yield server


HOSTILE = "<img src=x onerror=window.hacked=1><script>window.hacked=1</script>"
RECORDS: list[dict[str, object]] = [
    {
        "_id": "敌意/一?#&",
        "title": f"稳岗补贴办法{HOSTILE}",
        "issuer": f"财政部{HOSTILE}",
        "number": f"财社〔2020〕1号{HOSTILE}",
        "issued_on": "2020-02-01",
        "url": "javascript:window.hacked=1",
        "text": f"企业申请稳岗补贴应当提交书面材料{HOSTILE}。\n补贴标准为每人每年五百元javascript:window.hacked=1。",
    },
    {
        "_id": "plan",
        "title": "融通发展行动计划",
        "issuer": "工业和信息化部",
        "number": "工信部联企业〔2022〕54号",
        "issued_on": "2022-05-16",
        "url": "https://example.org/plan?a=1",
        "text": "一、总体要求\n行動計(jì)劃支持不少於50個實體園區,打造特色-載體&平臺。\n"
        "二、保障措施\n中央財政安排資金，𠮷林省𠮷林市支持實體園區，引導社會資本投入實體園區建設與運營。",
    },
]


@pytest.fixture(scope="package")
def records(tmp_path_factory: pytest.TempPathFactory) -> Assistant:
    """Documents with everything a document can have, one of them hostile, but for the model."""
    return assistant_over(RECORDS, tmp_path_factory.mktemp("records"))


@pytest.fixture(scope="package")
def records_server(records: Assistant, site: Website) -> Iterator[Server]:
    settings = records.settings.model_copy(update={"cors_origins": site.address})
    with serving(create_app(settings, records)) as server:
        yield server


@pytest.fixture
def open_page(browser: Browser) -> Iterator[Open]:
    """Open an address in a browser without a past; whatever a page complains of fails the test at its end."""
    with ExitStack() as stack:
        complaints: list[str] = []

        def opened(
            address: str, width: int = 1280, height: int = 800, expected: str | tuple[str, ...] = (), **options: Any
        ) -> Page:
            context = browser.new_context(viewport={"width": width, "height": height}, **options)
            stack.callback(context.close)
            context.set_default_timeout(20_000)
            context.add_init_script(_WATCH)
            page = context.new_page()

            def heard(text: str) -> None:
                if not any(part in text for part in ((expected,) if isinstance(expected, str) else expected)):
                    complaints.append(text)

            page.on("console", lambda message: heard(message.text) if message.type in {"error", "warning"} else None)
            page.on("pageerror", lambda error: heard(str(error)))
            page.goto(address)
            return page

        yield opened
        assert not complaints
        for context in browser.contexts:
            for page in context.pages:
                assert page.evaluate("window.violations") == []
                assert page.evaluate("window.hacked") is None


@pytest.fixture(scope="package")
def artefacts() -> Path:
    ARTEFACTS.mkdir(parents=True, exist_ok=True)
    return ARTEFACTS
