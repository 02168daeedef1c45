from __future__ import annotations

import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api import create_app
from tests.stubs import assistant_over, mirrored


def test_the_page_of_a_document_shows_what_it_says_of_itself(tmp_path: Path) -> None:
    table = "索引号：000/5\n发布机构：财政部、税务总局\n发布日期：2022-05-20\n成文日期：2022-05-16\n"
    text = table + "本通知自2022年6月1日起施行，有效期1年。"
    assistant = assistant_over([{"_id": "a", "text": text}], tmp_path)
    with TestClient(create_app(assistant.settings, assistant)) as client:
        page = client.get("/documents/a").text
    assert dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", page)) == {
        "发布机构": "财政部、税务总局",
        "日期": "2022-05-16",
        "发布日期": "2022-05-20",
        "施行日期": "2022-06-01",
        "有效期至": "2023-05-31",
        "索引号": "000/5",
    }


@pytest.mark.parametrize("words", ["携手行动", "攜手行動", "工業和信息化部", "　AI　", "ＡＩ", "〔２０２２〕５４号"])
def test_documents_are_found_in_either_script_and_width(tmp_path: Path, words: str) -> None:
    records: list[dict[str, object]] = [
        {
            "_id": "a",
            "title": "“攜手行動”方案",
            "issuer": "工业和信息化部",
            "number": "工信部〔2022〕54号",
            "text": "甲。",
        },
        {"_id": "b", "title": "办法", "text": "乙。"},
        {"_id": "c", "title": "携手行动与工業和信息化部〔2022〕54号：ＡＩ", "text": "丙。"},
    ]
    assistant = assistant_over(records, tmp_path)
    with TestClient(create_app(assistant.settings, assistant)) as client:
        page = client.get("/documents", params={"q": words}).text

    found = set(re.findall('href="/documents/([abc])"', page))
    assert found == ({"c"} if "A" in words or "Ａ" in words else {"a", "c"})


def test_the_page_and_the_lists_say_which_document_is_a_copy(tmp_path: Path) -> None:
    assistant = mirrored(tmp_path)
    with TestClient(create_app(assistant.settings, assistant)) as client:
        page, original = client.get("/documents/mirror").text, client.get("/documents/original").text
        assert '问答引用的是<a href="/documents/original">园区通知</a>' in page
        assert "副本" not in original
        for address in ("/documents", "/"):
            items = re.findall(r"<li>(.*?)</li>", client.get(address).text, re.DOTALL)
            assert ["mirror" in item for item in items if "副本" in item] == [True]
