from __future__ import annotations

import re
from urllib.parse import quote

import pytest
from playwright.sync_api import expect

from qa.ask import Assistant
from qa.pages.show_edits import text_fragment
from tests.pages.conftest import HOSTILE, RECORDS, Open
from tests.pages.serve import Server, Website
from tests.pages.test_widget import ask, placed

NEWS = "002_7d8cf7461854982d"
NOTICE = "000_0484466805c91431"
VIEWS = ["simplified", "traditional", "original", "source"]


@pytest.fixture(scope="module")
def cited(assistant: Assistant) -> str:
    """A sentence of the second paragraph, as an address cites it."""
    text = assistant.index.paragraph(NEWS, 2).text
    start = text.index("支持不少于50个实体园区")
    return f"#p2:{start}-{text.index(';', start) + 1}"


@pytest.mark.parametrize("view", VIEWS)
def test_the_same_stretch_is_marked_in_every_view(
    open_page: Open, server: Server, assistant: Assistant, cited: str, view: str
) -> None:
    page = open_page(f"{server.address}/documents/{NEWS}?view={view}{cited}")
    paragraph = page.locator("#p2")
    expect(paragraph.locator("mark").first).to_be_in_viewport()
    marked = "".join(mark.inner_text() for mark in paragraph.locator("mark").all())
    content = assistant.index.paragraph(NEWS, 2).content

    span = slice(*map(int, cited.removeprefix("#p2:").split("-")))
    assert len(marked) == span.stop - span.start
    if view == "simplified":
        assert marked == content.text[span]
    if view in {"original", "source"}:
        assert marked == content.original()[span]
    assert page.locator("mark").count() == paragraph.locator("mark").count()


def test_going_from_view_to_view_keeps_what_is_cited(open_page: Open, server: Server, cited: str) -> None:
    page = open_page(f"{server.address}/documents/{NEWS}{cited}")
    page.get_by_role("link", name="整理后（原文字形）").click()
    expect(page.locator("#p2.cited mark")).to_have_text(re.compile("^支持不少于50個實體園區"))
    page.get_by_role("link", name="来源原文与修订").click()

    expect(page).to_have_url(re.compile(rf"view=source{cited}$"))
    expect(page.locator("#p2 del", has_text="(jì)").first).to_have_attribute("title", "注音")
    expect(page.locator("#p2 mark").first).to_be_in_viewport()


def test_another_address_on_the_same_page_marks_another_stretch(open_page: Open, server: Server, cited: str) -> None:
    page = open_page(f"{server.address}/documents/{NEWS}{cited}")
    text = page.locator("#p2 .words").inner_text()
    page.evaluate("location.hash = '#p2:0-4,10-12'")

    expect(page.locator("mark")).to_have_text([text[:4], text[10:12]])
    assert page.locator("#p2 .words").inner_text() == text
    page.get_by_role("link", name="第 3 段").click()
    expect(page.locator("mark")).to_have_count(0)
    expect(page.locator(".cited")).to_have_id("p3")


@pytest.mark.parametrize("hash_", ["#p99", "#p2:5", "#p2:9-3", "#p2:0-999999", "#x", "#p1:<script>", "#%E0%A4%A"])
def test_an_address_that_cites_nothing_does_no_harm(open_page: Open, server: Server, hash_: str) -> None:
    page = open_page(f"{server.address}/documents/{NEWS}{hash_}")

    expect(page.get_by_role("article")).to_contain_text("王江平表示")
    expect(page.locator("#p2").get_by_role("button", name="复制引文")).to_be_attached()


def test_offsets_count_characters_where_a_character_takes_two_units(open_page: Open, records_server: Server) -> None:
    text = "中央财政安排资金，𠮷林省𠮷林市支持实体园区"
    start, end = text.index("𠮷林市"), text.index("支持")
    page = open_page(f"{records_server.address}/documents/plan#p4:{start}-{end}")

    expect(page.locator("mark")).to_have_text("𠮷林市")


def test_a_citation_is_copied_with_everything_that_finds_it_again(open_page: Open, records_server: Server) -> None:
    address = f"{records_server.address}/documents/plan#p2:9-15"
    page = open_page(address, permissions=["clipboard-read", "clipboard-write"])
    page.locator("#p2").get_by_role("button", name="复制引文").click()
    page.get_by_role("button", name="已复制").wait_for()

    cited = page.locator("#p2 mark").inner_text()
    assert page.evaluate("navigator.clipboard.readText()") == (
        f"《融通发展行动计划》，工业和信息化部，工信部联企业〔2022〕54号，2022-05-16，第 2 段：“{cited}” {address}"
    )
    page.locator("#p4").hover()
    page.locator("#p4").get_by_role("button", name="复制引文").click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text.endsWith('#p4'))")


def test_metadata_stands_on_top_and_the_origin_is_linked_by_its_own_words(
    open_page: Open, records_server: Server
) -> None:
    page = open_page(f"{records_server.address}/documents/plan")

    expect(page.get_by_role("heading", level=1)).to_have_text("融通发展行动计划")
    expect(page.locator("dl")).to_contain_text(
        re.compile("工业和信息化部.*工信部联企业〔2022〕54号.*2022-05-16", re.DOTALL)
    )
    # In the glyphs of the source, readings and all, since that page still has them; - and & are encoded.
    for ordinal, stretch in (
        (2, ["行動計(jì)劃支持不少於50個實體園區,打造特色-載體&平臺。"]),
        (4, ["中央財政安排資金，", "引導社會資本投入實體園區建設與運營。"]),
    ):
        words = ",".join(quote(part, safe="").replace("-", "%2D") for part in stretch)
        link = page.locator(f"#p{ordinal} .tools a")
        expect(link).to_have_attribute("href", f"https://example.org/plan?a=1#:~:text={words}")


def test_in_traditional_script_a_document_also_says_of_itself_in_it_what_it_is(
    open_page: Open, site: Website, records_server: Server
) -> None:
    page = open_page(f"{records_server.address}/documents/plan?view=traditional#p2")

    expect(page).to_have_title(re.compile("^融通發展行動計劃 "))
    expect(page.get_by_role("heading", level=1)).to_have_text("融通發展行動計劃")
    said = "工業和信息化部.*工信部聯企業〔2022〕54號"
    expect(page.locator("dl")).to_contain_text(re.compile(said, re.DOTALL))
    expect(page.locator("article")).to_have_attribute("data-cited", re.compile(said))
    page = open_page(placed(site, records_server, "issuer", lang="zh-Hant"))
    answer = ask(page, "支持多少個實體園區")
    expect(answer.locator(".sources small").first).to_contain_text("工業和信息化部 · 工信部聯企業〔2022〕54號")


def test_the_link_by_its_words_finds_the_paragraph_on_the_page_it_came_from(
    open_page: Open, site: Website, records: Assistant
) -> None:
    lines = str(RECORDS[1]["text"]).splitlines()
    filler = "".join(f"<p>第{at}行</p>" for at in range(200))
    address = site.put("origin", filler + "".join(f"<p>{line.replace('&', '&amp;')}</p>{filler}" for line in lines))
    for ordinal in (2, 4):
        link = text_fragment(address, records.index.paragraph("plan", ordinal).content)
        assert link
        page = open_page(link)
        page.wait_for_function("scrollY > 0")
        paragraph = page.get_by_text(lines[ordinal - 1])
        expect(paragraph).to_be_in_viewport()


def test_a_document_without_a_safe_address_has_no_link_to_it(open_page: Open, records_server: Server) -> None:
    name = quote(str(RECORDS[0]["_id"]), safe="")
    page = open_page(f"{records_server.address}/documents/{name}#p1")

    expect(page.locator("dl")).to_contain_text("javascript:window.hacked=1")
    expect(page.get_by_role("heading", level=1)).to_contain_text(HOSTILE)
    expect(page.locator("#p1")).to_contain_text(HOSTILE)
    hrefs = page.eval_on_selector_all("a", "links => links.map((link) => link.href)")
    assert hrefs
    assert [href for href in hrefs if not href.startswith(f"{records_server.address}/")] == []


def test_a_document_can_be_read_without_scripts(open_page: Open, server: Server) -> None:
    page = open_page(f"{server.address}/documents/{NOTICE}#p5", java_script_enabled=False)

    expect(page.locator("#p5")).to_be_in_viewport()
    expect(page.locator("#p5:target")).to_have_count(1)
    page.get_by_role("link", name="来源原文与修订").click()
    expect(page.locator(".aside del", has_text="制发日期")).to_be_visible()
    expect(page.locator(".aside del", has_text="苏ICP备13033418号")).to_be_visible()
    page.goto(server.address)
    # Switched off like this, the browser still reads noscript as one that has scripts.
    assert "<noscript>" in page.content()
    page.locator(f".documents a[href$='{NOTICE}']").click()
    expect(page.locator("#p1")).to_be_visible()


def test_the_choice_of_theme_holds_on_every_page(open_page: Open, server: Server) -> None:
    page = open_page(server.address, color_scheme="light")
    ground = "() => getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(ground)
    page.get_by_role("button", name="深色").click()
    dark = page.evaluate(ground)
    assert dark != light
    expect(page.locator("policy-qa")).to_have_attribute("theme", "dark")
    page.goto(f"{server.address}/documents/{NEWS}")
    assert page.evaluate(ground) == dark
    page.get_by_role("button", name="浅色").click()
    assert page.evaluate(ground) == light


def test_a_question_in_the_address_is_asked_at_once(open_page: Open, server: Server) -> None:
    question = '七条链包括哪些"><script>window.hacked=1</script>'
    page = open_page(f"{server.address}/?q={quote(question)}")

    expect(page.locator(".question")).to_contain_text("<script>")
    page.locator(".actions").wait_for()


def test_documents_are_found_by_title_issuer_and_number(open_page: Open, records_server: Server) -> None:
    page = open_page(f"{records_server.address}/documents")
    expect(page.locator(".documents li")).to_have_count(2)
    for words, found in (("融通", 1), ("财社〔2020〕1号", 1), ("信息化部", 1), ("没有", 0), (HOSTILE, 1)):
        page.get_by_label("标题、发布机构或文号").fill(words)
        page.keyboard.press("Enter")
        expect(page.locator(".documents li")).to_have_count(found)
        expect(page.get_by_label("标题、发布机构或文号")).to_have_value(words)
