from __future__ import annotations

from datetime import date

import pytest

from index.clean.read_validity import read_validity

FROM, UNTIL = date(2022, 6, 1), date(2027, 5, 31)


@pytest.mark.parametrize(
    "text",
    [
        "第二十条 本办法自2022年6月1日起施行，有效期5年。",
        "本实施细则自2022年6月1日起正式施行，有效期为五年。",
        "本通知自2022年6月1日起执行，有效期至2027年5月31日。",
        "六、本意见自二〇二二年六月一日起施行，有效期限60个月。",
        "自2022年6月1日起实施，试行期5年。",
        "本措施自2022年6月1日起施行，至2027年5月31日止。",
        "本规定自2022年6月1日起至2027年5月31日止施行。",
    ],
)
def test_the_days_that_a_document_gives_itself_are_read(text: str) -> None:
    assert read_validity([text]) == (FROM, UNTIL)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("《办法》已经审议通过，现予公布，自2022年6月1日起施行。", (FROM, None)),
        ("（2022年5月1日国务院令第5号公布 自2022年6月1日起施行）", (FROM, None)),
        ("本办法自印发之日起施行，有效期至2027年5月31日。", (None, UNTIL)),
        ("本办法自印发之日起施行，有效期5年。", (None, None)),
        ("《停车办法》（杭价〔2009〕1号，自2022年6月1日起施行）同时废止。", (None, None)),
        ("《数据条例》自2022年6月1日起施行。", (None, None)),
        ("上述政策自2022年6月1日至2027年5月31日执行。", (None, None)),
        ("新规自2022年6月1日起施行。", (None, None)),
        ("本证书有效期至2027年5月31日。", (None, None)),
        ("本办法自2022年2月30日起施行。", (None, None)),
        ("本办法自20XX年X月X日起施行。", (None, None)),
        ("本通知自2022年6月1日起执行。\n本办法自2022年7月1日起施行。", (None, None)),
    ],
)
def test_what_is_not_the_documents_own_or_not_certain_is_none(
    text: str, expected: tuple[date | None, date | None]
) -> None:
    assert read_validity([text]) == expected
