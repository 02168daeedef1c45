from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import httpx
import pytest
from playwright.sync_api import Locator, Page, expect
from pydantic import SecretStr

from api import create_app
from index.clean.fold import to_traditional
from qa.answer import NOTHING, NOTHING_LEFT
from qa.ask import Assistant
from tests.pages.conftest import HOSTILE, Open
from tests.pages.serve import Server, Website, serving
from tests.stubs import assistant_over, mirrored, remembering

PARKS = "行动计划支持多少个实体园区打造特色载体？"
MONEY = "那中央财政投入多少资金？"
WEATHER = "今天天气怎么样"


def embedded(site: Website, server: Server, name: str, attributes: str = "", policy: str = "") -> str:
    """A page of another origin with the one line that embeds the widget."""
    line = f'<script src="{server.address}/widget.js" data-title="政策问答" {attributes} defer></script>'
    return site.put(name, "", policy, head=line)


def placed(site: Website, server: Server, name: str, attributes: str = "", lang: str = "zh-Hans") -> str:
    """A page of another origin with the element placed by hand."""
    line = f'<script src="{server.address}/widget.js" defer></script>'
    return site.put(name, f"<policy-qa {attributes}></policy-qa>", head=line, lang=lang)


def ask(page: Page, question: str) -> Locator:
    """Type a question, send it, and give the whole answer once it is there."""
    asked = page.locator(".exchange").count()
    page.locator("textarea").first.fill(question)
    page.keyboard.press("Enter")
    answer = page.locator(".exchange").nth(asked)
    answer.locator(".actions").wait_for()
    return answer


def focused(page: Page) -> str:
    """What has the focus, inside the element too, in words: its class or its label."""
    found: str = page.evaluate(
        "() => { let at = document.activeElement;"
        "while (at.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;"
        "return at.className || at.getAttribute('aria-label') || at.localName; }"
    )
    return found


def sent(page: Page) -> list[dict[str, Any]]:
    """The bodies of the questions that the page sends from now on."""
    bodies: list[dict[str, Any]] = []
    page.on(
        "request", lambda request: bodies.append(json.loads(request.post_data or "")) if asks(request.url) else None
    )
    return bodies


def asks(url: str) -> bool:
    return url.endswith("/v1/ask")


def test_one_line_on_a_page_of_another_origin_is_enough_even_under_the_strictest_policy(
    open_page: Open, site: Website, server: Server
) -> None:
    integrity = httpx.get(f"{server.address}/widget.json").json()["integrity"]
    policy = (
        f"default-src 'none'; script-src {server.address}; connect-src {server.address}; "
        "require-trusted-types-for 'script'; trusted-types 'none'"
    )
    page = open_page(embedded(site, server, "strict", f'integrity="{integrity}" crossorigin="anonymous"', policy))

    page.get_by_role("button", name="政策问答").click()
    expect(page.get_by_role("dialog", name="政策问答")).to_be_visible()
    assert focused(page) == "您的问题"
    answer = ask(page, PARKS)

    expect(answer.locator(".said")).to_contain_text("50个实体园区")
    expect(answer.get_by_role("button", name="[1] 出处")).to_be_visible()
    # The styles are there although the policy allows none but constructed ones.
    assert page.locator(".panel").evaluate("panel => getComputedStyle(panel).position") == "fixed"
    assert page.context.cookies() == []


def test_a_script_that_is_not_the_one_described_does_not_run(open_page: Open, site: Website, server: Server) -> None:
    attributes = f'integrity="sha384-{"A" * 64}" crossorigin="anonymous"'
    page = open_page(embedded(site, server, "forged", attributes), expected="integrity")

    assert page.evaluate("customElements.get('policy-qa')") is None


def test_an_answer_is_shown_sentence_by_sentence_before_it_is_whole(open_page: Open, server: Server) -> None:
    server.network.seconds_before_the_end = 3
    page = open_page(server.address)
    page.locator("textarea").fill(PARKS)
    page.keyboard.press("Enter")

    expect(page.locator(".said")).to_contain_text("50个实体园区")
    expect(page.get_by_role("button", name="停止")).to_be_visible()
    assert page.locator(".actions").count() == 0
    page.locator(".cite").first.focus()
    page.locator(".actions").wait_for()
    # The focus that was in the answer is still there when the rest has come.
    assert focused(page) == "cite"


def test_an_answer_that_takes_too_long_can_be_stopped_and_asked_again(open_page: Open, server: Server) -> None:
    server.network.seconds_before_the_end = 30
    page = open_page(server.address)
    page.locator("textarea").fill(PARKS)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="停止").click()
    server.network.seconds_before_the_end = 0  # it may have been stopped before it came so far

    expect(page.locator(".problem")).to_contain_text("已停止")
    page.get_by_role("button", name="重试").click()
    page.locator(".actions").wait_for()


def test_a_mark_opens_the_quote_and_leads_to_the_highlighted_paragraph(
    open_page: Open, site: Website, server: Server
) -> None:
    page = open_page(placed(site, server, "placed"))
    answer = ask(page, "《携手行动》的背景意义是什么？")
    answer.locator(".cite").first.click()
    quote = page.get_by_role("dialog")

    expect(quote).to_contain_text("中华人民共和国工业和信息化部 · 2022-05-16")
    marked = quote.locator("mark").first.inner_text()
    assert marked in answer.locator(".said").inner_text()
    with page.context.expect_page() as opened:
        quote.get_by_role("link", name="阅读原文段落").click()
    document = opened.value
    document.wait_for_selector("mark")

    assert document.url.startswith(f"{server.address}/documents/")
    assert document.locator(".cited mark").first.inner_text().strip() == marked.strip()
    expect(document.locator(".cited mark").first).to_be_in_viewport()
    assert document.evaluate("document.activeElement.id") == document.locator(".cited").get_attribute("id")


@pytest.mark.parametrize("odd", ["\N{LINE SEPARATOR}", "\x85", "\0", "data: x\n\nevent: done", "𠮷" * 2000])
def test_an_odd_question_is_answered_like_any_other(open_page: Open, server: Server, odd: str) -> None:
    page = open_page(server.address)
    page.evaluate("question => { document.querySelector('policy-qa').ask(question); }", f"园区{odd}{PARKS}")
    page.locator(".actions").wait_for()

    expect(page.locator(".said")).not_to_be_empty()


def test_a_follow_up_is_sent_with_what_was_said_before(open_page: Open, server: Server) -> None:
    page = open_page(server.address)
    bodies = sent(page)
    first = ask(page, PARKS).locator(".said").inner_text()
    ask(page, MONEY)

    assert [body["question"] for body in bodies] == [PARKS, MONEY]
    assert bodies[0]["history"] == []
    assert [turn["role"] for turn in bodies[1]["history"]] == ["user", "assistant"]
    assert [turn["content"] for turn in bodies[1]["history"]] == [PARKS, first]
    page.get_by_role("button", name="新对话").click()
    ask(page, MONEY)
    assert bodies[2]["history"] == []


def test_everything_can_be_done_with_the_keyboard_alone(open_page: Open, site: Website, server: Server) -> None:
    page = open_page(embedded(site, server, "keyboard"))
    press = page.keyboard.press
    press("Tab")
    assert "launcher" in focused(page)
    press("Enter")
    assert focused(page) == "您的问题"
    page.keyboard.type(PARKS)
    press("Enter")
    page.locator(".actions").wait_for()
    assert focused(page) == "您的问题"
    while focused(page) != "cite":
        press("Shift+Tab")
    press("Enter")
    expect(page.locator(".quote")).to_be_visible()
    for _ in range(8):  # the focus stays in the quote, however often it is moved
        press("Tab")
        # Between the last and the first, it may pass by the browser's own controls.
        assert page.evaluate("document.activeElement.localName") in {"policy-qa", "body"}
        assert page.locator(".quote :focus").count() or not page.locator(".panel :focus").count()
    press("Escape")
    expect(page.locator(".cite")).to_be_focused()
    expect(page.locator(".quote")).to_be_hidden()
    expect(page.locator(".panel")).to_be_visible()
    press("Escape")
    expect(page.locator(".panel")).to_be_hidden()
    expect(page.locator(".launcher")).to_be_focused()
    press("Enter")
    expect(page.locator(".exchange")).to_have_count(1)


def test_enter_that_takes_a_candidate_of_an_input_method_sends_nothing(open_page: Open, server: Server) -> None:
    page = open_page(server.address)
    bodies = sent(page)
    box = page.locator("textarea")
    box.fill("园区")
    box.dispatch_event("keydown", {"key": "Enter", "isComposing": True})
    box.press("Shift+Enter")

    assert box.input_value() == "园区\n"
    assert bodies == []
    box.fill("   ")
    box.press("Enter")
    assert bodies == []


def test_the_script_can_be_changed_and_what_was_answered_changes_with_it(open_page: Open, server: Server) -> None:
    page = open_page(server.address)
    answer = ask(page, PARKS)
    page.get_by_label("字形").select_option("traditional")

    expect(answer.locator(".said")).to_contain_text("50個實體園區")
    expect(answer.locator(".said")).to_have_attribute("lang", "zh-Hant")
    answer.locator(".cite").first.click()
    expect(page.locator(".quote blockquote")).to_contain_text("《行動計劃》")
    page.keyboard.press("Escape")
    page.get_by_label("字形").select_option("original")
    expect(answer.locator(".said")).to_contain_text("50個實體園區")
    # Chosen while the one before is still on its way: the last choice counts.
    page.get_by_label("字形").select_option("simplified")
    expect(answer.locator(".said")).to_contain_text("50个实体园区")
    expect(answer.locator(".actions")).to_have_count(1)


def test_an_answer_still_on_its_way_comes_in_the_script_chosen_last(open_page: Open, server: Server) -> None:
    page = open_page(server.address)
    first = ask(page, PARKS)
    server.network.seconds_before_the_end = 30
    page.locator("textarea").fill(MONEY)
    page.keyboard.press("Enter")
    second = page.locator(".exchange").nth(1)
    expect(second.locator(".said")).to_contain_text("100亿元")
    server.network.seconds_before_the_end = 30
    page.get_by_label("字形").select_option("traditional")
    expect(first.locator(".said")).to_contain_text("50個實體園區")
    server.network.seconds_before_the_end = 0
    page.get_by_label("字形").select_option("original")

    expect(second.locator(".said")).to_contain_text("100億元")
    expect(page.locator(".actions")).to_have_count(2)


@pytest.mark.parametrize(("attribute", "value"), [("script", "traditional"), ("lang", "zh-Hant")])
def test_the_page_can_change_the_script_until_the_reader_has_chosen_one(
    open_page: Open, site: Website, server: Server, attribute: str, value: str
) -> None:
    page = open_page(placed(site, server, "rescripted"))
    element, select = page.locator("policy-qa"), page.locator("select")
    answer = ask(page, PARKS)
    element.evaluate("(element, set) => element.setAttribute(...set)", [attribute, value])

    expect(select).to_have_value("traditional")
    expect(answer.locator(".said")).to_contain_text("50個實體園區")
    element.evaluate("(element, name) => element.removeAttribute(name)", attribute)
    expect(select).to_have_value("simplified")
    expect(answer.locator(".said")).to_contain_text("50个实体园区")
    select.select_option("original")
    element.evaluate("(element, set) => element.setAttribute(...set)", [attribute, value])
    expect(select).to_have_value("original")


@pytest.mark.parametrize(
    ("lang", "attributes", "send", "script"),
    [
        ("zh-CN", "", "提问", "simplified"),
        ("zh-TW", "", "提問", "traditional"),
        ("en-GB", "", "Ask", "simplified"),
        ("en", 'lang="zh-Hant"', "提問", "traditional"),
        ("zh-TW", 'data-lang="en" data-script="original"', "Ask", "original"),
    ],
)
def test_the_language_is_the_page_s_own_or_the_one_asked_for(
    open_page: Open, site: Website, server: Server, lang: str, attributes: str, send: str, script: str
) -> None:
    page = open_page(placed(site, server, "language", f"suggestions='[]' {attributes}", lang=lang))

    expect(page.get_by_role("button", name=send, exact=True)).to_be_visible()
    assert page.locator("select").input_value() == script
    ask(page, PARKS).locator(".cite").first.click()
    # Every text there is in this language.
    assert "undefined" not in page.locator(".frame").inner_text()


def test_a_quote_does_not_cover_what_it_was_opened_from(open_page: Open, site: Website, server: Server) -> None:
    for height in (900, 700, 640):
        page = open_page(placed(site, server, "beside"), height=height, reduced_motion="reduce")
        mark = ask(page, PARKS).locator(".cite").first
        mark.click()
        quote, from_ = page.locator(".quote").bounding_box(), mark.bounding_box()
        assert quote
        assert from_
        assert quote["y"] >= from_["y"] + from_["height"] or quote["y"] + quote["height"] <= from_["y"]
        assert quote["y"] >= 0
        assert quote["y"] + quote["height"] <= height
        expect(page.locator(".quote mark")).to_be_in_viewport()
        expect(page.get_by_role("button", name="复制引文")).to_be_in_viewport(ratio=1)


def test_attributes_change_what_is_there_while_it_is_there(open_page: Open, site: Website, server: Server) -> None:
    attributes = (
        """title="问政" placeholder="想问什么" greeting="您好" suggestions='["七条链包括哪些？"]' theme="light" """
    )
    page = open_page(placed(site, server, "attributes", attributes))
    element = page.locator("policy-qa")

    expect(page.get_by_role("region", name="问政")).to_be_visible()
    expect(page.locator("textarea")).to_have_attribute("placeholder", "想问什么")
    expect(page.get_by_text("您好")).to_be_visible()
    page.get_by_role("button", name="七条链包括哪些？").click()
    page.locator(".actions").wait_for()
    assert focused(page) == "您的问题"
    light = page.locator(".panel").evaluate("panel => getComputedStyle(panel).backgroundColor")
    element.evaluate("element => element.setAttribute('theme', 'dark')")
    assert page.locator(".panel").evaluate("panel => getComputedStyle(panel).backgroundColor") != light
    element.evaluate("element => element.setAttribute('lang', 'en')")
    # The conversation outlives the change.
    expect(page.locator(".exchange")).to_have_count(1)
    expect(page.get_by_role("button", name="Ask", exact=True)).to_be_visible()


@pytest.mark.parametrize("wrong", ["suggestions='[\"a\"'", 'accent="no colour"'])
def test_an_attribute_that_cannot_be_read_is_told_and_passed_over(
    open_page: Open, site: Website, server: Server, wrong: str
) -> None:
    page = open_page(placed(site, server, "wrong", wrong), expected="policy-qa: the attribute")

    expect(ask(page, PARKS).locator(".said")).to_contain_text("50个实体园区")


def test_filters_are_sent_with_the_question(open_page: Open, site: Website, server: Server) -> None:
    page = open_page(placed(site, server, "filters", """filters='{"issuer": ["财政部"]}'"""))

    expect(ask(page, PARKS).locator(".said")).to_have_text("没有符合筛选条件的文本。")


@pytest.mark.parametrize(
    ("filters", "lang", "told"),
    [
        ("{bad json", "zh-Hans", "本页面的问答设置有误"),
        ("null", "zh-Hant", "本頁面的問答設定有誤"),
        ('{"issued_from": "2022/1/1"}', "en", "This page is set up wrongly"),
    ],
)
def test_wrong_filters_are_the_pages_fault_and_nothing_is_answered(
    open_page: Open, site: Website, server: Server, filters: str, lang: str, told: str
) -> None:
    address = placed(site, server, "wrong-filters", f"suggestions='[]' lang='{lang}' filters='{filters}'")
    page = open_page(address, expected=("422", "policy-qa: the attribute filters is not JSON"))
    console: list[str] = []
    page.on("console", lambda message: console.append(message.text))
    page.locator("textarea").fill(PARKS)
    page.keyboard.press("Enter")

    expect(page.locator(".problem p")).to_contain_text(told)
    expect(page.locator(".said")).to_have_count(0)
    assert any("policy-qa: 422" in text and "body.filters" in text for text in console)


def test_an_answer_stays_where_it_cannot_be_had_in_another_script(
    open_page: Open, site: Website, server: Server
) -> None:
    page = open_page(placed(site, server, "kept"), expected="422")
    answer = ask(page, PARKS)
    said = answer.locator(".said").inner_text()
    page.locator("policy-qa").evaluate("element => element.setAttribute('filters', '[]')")
    page.get_by_label("字形").select_option("traditional")

    expect(answer.locator(".problem")).to_contain_text("设置有误")
    expect(answer.locator(".said")).to_have_text(said)
    expect(answer.locator(".sources").first).to_be_visible()
    page.locator("policy-qa").evaluate("element => element.removeAttribute('filters')")
    answer.get_by_role("button", name="重试").click()
    expect(answer.locator(".said")).to_contain_text("50個實體園區")
    expect(answer.locator(".problem")).to_have_count(0)


def test_where_nothing_answers_the_nearest_passages_are_shown_as_such(open_page: Open, server: Server) -> None:
    page = open_page(server.address)
    answer = ask(page, WEATHER)

    expect(answer.locator(".said")).to_contain_text("没有找到")
    expect(answer.get_by_role("heading", name="最接近的段落，仅供参考")).to_be_visible()
    assert answer.locator(".cite").count() == 0
    answer.locator(".sources button").first.click()
    expect(page.get_by_role("dialog")).to_contain_text("第")


@pytest.mark.parametrize(
    ("lang", "nothing", "none"),
    [
        ("zh-Hans", NOTHING, NOTHING_LEFT),
        ("zh-Hant", to_traditional(NOTHING), to_traditional(NOTHING_LEFT)),
        (
            "en",
            "Nothing in the texts held here answers this question. The nearest passages follow.",
            "No text passes the filters of this page.",
        ),
    ],
)
def test_that_nothing_answers_is_said_in_the_language_of_the_widget(
    open_page: Open, site: Website, server: Server, lang: str, nothing: str, none: str
) -> None:
    page = open_page(placed(site, server, "refusal", "suggestions='[]'", lang=lang))
    said = ask(page, WEATHER).locator(".said")
    expect(said).to_have_text(nothing)
    expect(said).to_have_attribute("lang", lang)
    expect(page.locator("[role=status]")).to_have_text(nothing)
    # What the nearest text says of itself is not lost.
    said = ask(page, "发布机构是谁").locator(".said")
    expect(said).to_have_text(re.compile(f"^{re.escape(nothing)} ?最接近的文本.*工业和信息化部。$"))
    page.locator("policy-qa").evaluate("element => element.setAttribute('filters', '{\"issuer\": [\"财政部\"]}')")
    expect(ask(page, WEATHER).locator(".said")).to_have_text(none)


def test_sources_in_one_paragraph_are_told_apart_by_their_words(open_page: Open, server: Server) -> None:
    page = open_page(server.address)
    answer = ask(page, "七条链包括哪些？")
    cards = answer.locator("div.sources button")
    excerpts = cards.locator(".excerpt").all_inner_texts()

    assert len(excerpts) == len(set(excerpts)) == cards.count() >= 2
    assert len(set(cards.locator("small").all_inner_texts())) == 1
    said = answer.locator(".said").inner_text()
    for excerpt in excerpts:
        assert excerpt.split("。")[0] in said


def test_a_quote_names_the_other_texts_that_say_the_same(open_page: Open, tmp_path: Path) -> None:
    assistant = mirrored(tmp_path)
    with serving(create_app(assistant.settings, assistant)) as server:
        page = open_page(server.address)
        ask(page, "支持多少个实体园区").locator(".cite").first.click()
        link = page.get_by_role("dialog").get_by_role("link", name="园区通知（转载）")

        expect(link).to_have_attribute("href", f"{server.address}/documents/mirror#p1")


def test_what_is_found_is_announced_once_and_whole(open_page: Open, server: Server) -> None:
    page = open_page(server.address)
    said = ask(page, PARKS).locator(".said").inner_text()

    expect(page.locator("[role=status]")).to_have_text(said)


def test_a_lost_server_is_waited_for(open_page: Open, server: Server) -> None:
    page = open_page(server.address, expected="Failed to load resource")
    ask(page, PARKS)
    server.stop()
    try:
        page.locator("textarea").fill(MONEY)
        page.keyboard.press("Enter")
        expect(page.locator("[role=status]")).to_have_text("连接中断，正在重新连接…")
        expect(page.locator(".exchange").nth(1)).to_contain_text("连接中断")
    finally:
        server.start()
    answer = page.locator(".exchange").nth(1)
    answer.locator(".actions").wait_for()

    expect(answer.locator(".said")).to_contain_text("100亿元")


def ask_in_vain(page: Page) -> None:
    """Ask a server that does not answer, until the widget gives up; the clock of the page is installed."""
    page.locator("textarea").fill(PARKS)
    page.keyboard.press("Enter")
    for _ in range(4):
        expect(page.locator(".exchange")).to_contain_text(re.compile("连接中断|无法连接"))
        page.clock.run_for(5000)
    expect(page.locator(".problem")).to_contain_text("无法连接到问答服务")


def test_a_server_that_stays_away_can_be_asked_again(open_page: Open, server: Server) -> None:
    page = open_page(server.address, expected="Failed to load resource")
    page.locator(".examples button").first.wait_for()
    page.clock.install()
    page.context.set_offline(True)
    ask_in_vain(page)
    page.context.set_offline(False)
    page.get_by_role("button", name="重试").click()

    expect(page.locator(".said")).to_contain_text("50个实体园区")


def test_a_stream_that_breaks_off_is_asked_for_again(open_page: Open, server: Server) -> None:
    page = open_page(server.address, expected="Failed to load resource")
    bodies = sent(page)
    server.network.streams_to_break_off = 1
    answer = ask(page, PARKS)

    assert len(bodies) == 2
    assert answer.locator(".said").inner_text().count("50个实体园区") == 1


def test_a_page_that_the_server_does_not_know_is_told_which_setting_must_name_it(
    open_page: Open, site: Website, records: Assistant
) -> None:
    app = create_app(records.settings.model_copy(update={"cors_origins": f"{site.address}/"}), records)
    with serving(app) as server:
        told: list[str] = []
        page = open_page("about:blank", expected=("CORS", "Failed to load resource"))
        page.on("console", lambda message: told.append(message.text))
        page.goto(placed(site, server, "unknown"))
        page.clock.install()
        ask_in_vain(page)
    hint = f"policy-qa: no answer from {server.address}; if it runs, its POLICYQA_CORS_ORIGINS must hold {site.address}"

    # Once for the questions to begin with, once for the question that was asked.
    assert told.count(hint) == 2


def test_who_asks_too_often_is_told_how_long_to_wait(open_page: Open, site: Website, assistant: Assistant) -> None:
    settings = assistant.settings.model_copy(update={"cors_origins": site.address, "rate_limit": "1/minute"})
    with serving(create_app(settings, remembering(assistant))) as limited:
        page = open_page(placed(site, limited, "limited", "suggestions='[]'"), expected="429")
        ask(page, PARKS)
        page.locator("textarea").fill(MONEY)
        page.keyboard.press("Enter")

        expect(page.locator(".problem")).to_have_text(re.compile(r"提问的人太多，请 \d+ 秒后重试。重试"))


def test_a_key_lets_a_page_in(open_page: Open, site: Website, assistant: Assistant) -> None:
    key = "the-key-of-the-page-that-embeds"
    update = {"cors_origins": site.address, "api_keys": SecretStr(key)}
    with serving(create_app(assistant.settings.model_copy(update=update), remembering(assistant))) as guarded:
        page = open_page(placed(site, guarded, "key", f'key="{key}"'))
        expect(ask(page, PARKS).locator(".said")).to_contain_text("50个实体园区")
        page = open_page(placed(site, guarded, "no-key"), expected="401")
        page.locator("textarea").fill(PARKS)
        page.keyboard.press("Enter")
        expect(page.locator(".problem")).to_contain_text("未获准")
        # On the server's own page, what the browser was let in with is said again with each question.
        page = open_page(guarded.address, http_credentials={"username": "reader", "password": key})
        expect(ask(page, PARKS).locator(".said")).to_contain_text("50个实体园区")


def test_an_answer_is_judged_with_a_comment(open_page: Open, server: Server) -> None:
    page = open_page(server.address)
    answer = ask(page, PARKS)
    with page.expect_response("**/v1/feedback") as judged:
        answer.get_by_role("button", name="没有帮助").click()
    assert judged.value.status == 204
    expect(answer.get_by_role("button", name="没有帮助")).to_have_attribute("aria-pressed", "true")
    answer.get_by_label("您的意见（可不填）").fill("请给出年份")
    with page.expect_response("**/v1/feedback") as commented:
        page.keyboard.press("Enter")

    assert commented.value.status == 204
    body = json.loads(commented.value.request.post_data or "")
    assert (body["rating"], body["comment"]) == ("down", "请给出年份")
    expect(answer.get_by_text("已收到")).to_be_visible()


def test_a_server_that_takes_no_feedback_is_not_offered_any(open_page: Open, server: Server) -> None:
    page = open_page(server.address, expected="404")
    answer = ask(page, PARKS)
    page.route("**/v1/feedback", lambda route: route.fulfill(status=404))
    answer.get_by_role("button", name="没有帮助").click()

    expect(answer.get_by_role("button", name="没有帮助")).to_have_count(0)
    expect(answer.get_by_role("button", name="复制回答")).to_be_visible()
    assert focused(page) == "您的问题"


def test_answer_and_citation_can_be_copied(open_page: Open, server: Server) -> None:
    page = open_page(server.address, permissions=["clipboard-read", "clipboard-write"])
    answer = ask(page, PARKS)
    answer.get_by_role("button", name="复制回答").click()
    expect(answer.get_by_role("button", name="已复制")).to_be_visible()
    copied = page.evaluate("navigator.clipboard.readText()")
    answer.locator(".cite").first.click()
    quote = page.get_by_role("dialog")
    quote.get_by_role("button", name="复制引文").click()
    expect(quote.get_by_role("button", name="已复制")).to_be_visible()
    citation = page.evaluate("navigator.clipboard.readText()")

    assert copied.startswith(PARKS)
    assert answer.locator(".said").inner_text() in copied
    assert citation in copied
    # The text has no title: it is named by its opening words.
    assert citation.startswith("“王江平指出,《行动计划》")
    assert re.search(r"第 2 段：“支持不少于50个实体园区.*” http://\S+/documents/\S+#p2:\d+-\d+$", citation)


def test_a_rare_character_moves_neither_the_mark_nor_what_is_copied(open_page: Open, tmp_path: Path) -> None:
    # A browser counts two units for 𠮷, the server one character.
    stated = "企业申请稳岗补贴应当提交书面材料。"
    records: list[dict[str, object]] = [
        {"_id": "a", "title": "通知", "text": f"𠮷祥路在𠮷林市。其他另行通知。{stated}"}
    ]
    assistant = assistant_over(records, tmp_path)
    with serving(create_app(assistant.settings, assistant)) as server:
        page = open_page(server.address, permissions=["clipboard-read", "clipboard-write"])
        answer = ask(page, "企业申请稳岗补贴应当提交什么材料？")
        answer.locator(".cite").first.click()

        expect(page.locator(".quote mark")).to_have_text([stated])
        expect(page.locator(".quote blockquote")).to_have_text(f"𠮷祥路在𠮷林市。其他另行通知。{stated}")
        page.get_by_role("button", name="复制引文").click()
        page.get_by_role("button", name="已复制").wait_for()
        assert f"“{stated}”" in page.evaluate("navigator.clipboard.readText()")


def test_the_page_is_told_what_happens_and_can_object(open_page: Open, site: Website, server: Server) -> None:
    page = open_page(placed(site, server, "events", "suggestions='[]'"))
    page.evaluate(
        """() => {
          window.told = [];
          for (const name of ['ask', 'answer']) {
            addEventListener(`policyqa-${name}`, (event) => told.push([name, event.detail]));
          }
          addEventListener('policyqa-ask', (event) => {
            if (event.detail.question.includes('天气')) event.preventDefault();
          });
        }"""
    )
    page.evaluate("document.querySelector('policy-qa').ask('今天天气怎么样')")
    assert page.locator(".exchange").count() == 0
    ask(page, PARKS)
    told = page.evaluate("told")

    assert [name for name, _ in told] == ["ask", "ask", "answer"]
    assert told[2][1]["answer"]["answerable"] is True


def test_the_page_is_told_of_a_question_that_is_not_asked_and_can_ask_it_later(
    open_page: Open, site: Website, server: Server
) -> None:
    page = open_page(placed(site, server, "busy", "suggestions='[]'"), expected="422")
    element = page.locator("policy-qa")
    told = element.evaluate(
        """(element, [first, second]) => {
          const told = [];
          element.addEventListener('policyqa-error', ({ detail }) => told.push([detail.question, detail.error.name]));
          element.ask(first);
          element.ask(second);
          return told;
        }""",
        [PARKS, MONEY],
    )

    assert told == [[MONEY, "InvalidStateError"]]
    expect(page.locator(".actions")).to_have_count(1)
    expect(page.locator(".exchange")).to_have_count(1)
    element.evaluate(
        """(element, later) => {
          element.addEventListener('policyqa-error', () => {
            element.removeAttribute('filters');
            element.ask(later);
          }, { once: true });
          element.setAttribute('filters', '[]');
          element.ask('?');
        }""",
        MONEY,
    )
    expect(page.locator(".exchange").nth(2).locator(".said")).to_contain_text("100亿元")


def test_a_text_is_never_markup(open_page: Open, site: Website, records_server: Server) -> None:
    page = open_page(placed(site, records_server, "hostile", f"title='{HOSTILE}' suggestions='[\"{HOSTILE}\"]'"))
    expect(page.get_by_role("button", name=HOSTILE)).to_be_visible()
    answer = ask(page, f"申请稳岗补贴应当提交什么材料{HOSTILE}")

    expect(answer.locator(".said")).to_contain_text(f"提交书面材料{HOSTILE}")
    expect(answer.locator(".question")).to_contain_text(HOSTILE)
    answer.locator(".cite").first.click()
    quote = page.get_by_role("dialog")
    expect(quote.get_by_role("heading")).to_contain_text(HOSTILE)
    expect(quote).to_contain_text(f"财政部{HOSTILE} · 财社〔2020〕1号{HOSTILE}")
    for link in quote.get_by_role("link").all():
        assert (link.get_attribute("href") or "").startswith(f"{records_server.address}/documents/")
    assert page.evaluate("document.querySelector('policy-qa').shadowRoot.querySelectorAll('img, script').length") == 0


def test_on_a_phone_it_fills_the_screen_and_keeps_the_focus(open_page: Open, site: Website, server: Server) -> None:
    phone = {"width": 320, "height": 568, "has_touch": True, "is_mobile": True, "reduced_motion": "reduce"}
    page = open_page(embedded(site, server, "phone"), **phone)
    page.get_by_role("button", name="政策问答").tap()
    page.locator(".examples button").first.wait_for()

    assert page.locator(".panel").bounding_box() == {"x": 0, "y": 0, "width": 320, "height": 568}
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    for control in page.locator(".panel button:visible, .panel select, .panel textarea").all():
        box = control.bounding_box()
        assert box
        assert min(box["width"], box["height"]) >= 44, control.evaluate("element => element.outerHTML")
        assert box["x"] + box["width"] <= 320
    ask(page, PARKS)
    page.locator(".cite").first.tap()
    quote = page.locator(".quote").bounding_box()
    assert quote
    assert (quote["x"], quote["width"], quote["y"] + quote["height"]) == (0, 320, 568)
    # What is behind cannot be reached while the panel covers it.
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.locator(".panel")).to_be_hidden()


def test_at_twice_the_size_everything_is_in_sight(open_page: Open, site: Website, server: Server) -> None:
    page = open_page(embedded(site, server, "zoomed"), width=640, height=360)
    page.get_by_role("button", name="政策问答").click()
    ask(page, PARKS)

    expect(page.locator("textarea")).to_be_in_viewport(ratio=1)
    expect(page.get_by_role("button", name="关闭")).to_be_in_viewport(ratio=1)
    expect(page.locator(".question")).to_be_in_viewport(ratio=1)


def test_nothing_moves_for_who_wants_less_motion(open_page: Open, site: Website, server: Server) -> None:
    for wish, moved in (("reduce", "none"), ("no-preference", "rise")):
        page = open_page(embedded(site, server, "motion"), reduced_motion=wish)
        page.get_by_role("button", name="政策问答").click()
        assert page.locator(".panel").evaluate("panel => getComputedStyle(panel).animationName") == moved
