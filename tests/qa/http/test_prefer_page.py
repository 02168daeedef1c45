from __future__ import annotations

import pytest

from qa.http.prefer_page import prefers_page

CHROMIUM = (
    "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8,"
    "application/signed-exchange;v=b3;q=0.7"
)
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"


@pytest.mark.parametrize(
    "accept",
    [CHROMIUM, FIREFOX, "text/html", "TEXT/HTML", "text/*", "application/json; q=0.5 , text/html;level=1;q=0.9"],
)
def test_a_browser_prefers_a_page(accept: str) -> None:
    assert prefers_page(accept)


@pytest.mark.parametrize(
    "accept",
    [
        "",
        "*/*",
        "application/json",
        "application/problem+json, text/html;q=0.9",
        "text/html, application/json",
        "application/json, text/plain, */*",
        "text/html;q=0, application/json;q=0",
        "text/html;q=0, */*;q=0.1",
        "text/event-stream",
        "image/avif,image/webp,*/*;q=0.8",
        ";q=1,,text",
    ],
)
def test_a_program_does_not(accept: str) -> None:
    assert not prefers_page(accept)
