from __future__ import annotations

import pytest

from index.clean.align import AlignedText
from index.find_table_heads import table_heads
from index.records import Paragraph


def heads(*texts: str) -> list[str | None]:
    """The head of each paragraph; None where it has none."""
    paragraphs = [Paragraph("d", ordinal, (), AlignedText.of(text)) for ordinal, text in enumerate(texts, 1)]
    found = table_heads(paragraphs)
    return [found[row.ordinal].text if row.ordinal in found else None for row in paragraphs]


@pytest.mark.parametrize(
    "rows",
    [
        ["乡镇 | 早稻（亩） | 晚稻（亩）", "东渡镇 | 8800 | 9200", "合计 | 8800 | 9200"],
        ["年度 | 新增", "2025年 | 600个", "2026年 | 700个"],
        ["指标 | 2025年 | 2027年目标", "自营率 | 75% | 95%"],
        ["序号 | 任务 | 责任单位", "1 | 培育龙头企业 | 市工信局", "2 | 建设公共平台 | 市商务局"],
        ["任务 | 内容 | 单位", "培育 | 支持龙头企业向中小企业开放各类资源；建设平台。 | 工信局"],
        ["乡镇 | 早稻 | 备注", "东渡镇 | 8800", "白沙镇 | 4500 | 另行"],
        ["乡镇 | 早稻（亩）", "东渡镇 | 8800"],
        ["项目 | 金额（单位：元） | 80-89岁 | 1月（累计发放的金额和人数的合计，万元）", "甲 | 5 | 6 | 7"],
        ["| 2025年（万人） | 2026年（万人）", "东区 | 5 | 6"],
    ],
)
def test_the_first_row_names_the_columns_of_a_table(rows: list[str]) -> None:
    assert heads("附件", *rows, "一、要求") == [None, *[rows[0]] * len(rows), None]


def test_of_two_rows_of_names_the_second_names_the_columns() -> None:
    rows = ["险种 | 保额 | 分担 |  | 自缴", "险种 | 保额 | 省级 | 县级 | 自缴", "水稻 | 1200元 | 65% | 15% | 9元"]
    assert heads(*rows) == [rows[1]] * 3


def test_a_line_between_rows_ends_no_table_and_two_lines_do() -> None:
    rows = ["险种 | 保额 | 保费", "一、种植业", "水稻 | 1200 | 40", "二、养殖业", "能繁母猪 | 1500 | 90"]
    assert heads(*rows) == [rows[0], None, rows[0], None, rows[0]]
    assert heads(*rows[:1], "水稻 | 1200 | 40", "说明。", "附表", "玉米 | 900 | 30") == [rows[0]] * 2 + [None] * 3


def test_a_line_of_a_form_above_a_table_is_no_part_of_it() -> None:
    rows = ["填报单位 | 市农业局", "乡镇 | 早稻 | 晚稻", "东渡镇 | 8800 | 9200"]
    assert heads(*rows) == [None, rows[1], rows[1]]


def test_two_tables_right_below_each_other_have_each_its_own() -> None:
    rows = ["乡镇 | 早稻（亩）", "东渡镇 | 8800", "险种 | 保额 | 自缴", "水稻 | 1200元 | 9元", "玉米 | 900元 | 8元"]
    assert heads(*rows) == [rows[0]] * 2 + [rows[2]] * 3


@pytest.mark.parametrize(
    "rows",
    [
        ["服务对象 | 中小企业", "服务方式 | 线上办理", "补贴标准 | 每家500元"],
        ["组长 | 张三 | 局长", "副组长 | 李四 | 副局长", "成员 | 王五 | 科长"],
        ["单位名称 |  | 联系人 | ", "地址 |  | 电话 | 12345"],
        ["东渡镇 | 8800", "白沙镇 | 4500"],
        ["名称 | 名称 | 金额", "甲 | 乙 | 5元"],
        ["乡镇 | 早稻"],
        ["没有表格。"],
        ["主管部门 | 市农业农村局", "补贴标准 | 500元/亩", "实施期限 | 3年", "任务面积 | 2000亩"],
        ["项目名称 | 数字果园 | 主管部门 | 市农业局", "总投资 | 500万元 | 建设期 | 2年"],
        ["姓名 | 张三 | 性别 | 男", "单位 |  | 职务 | 局长"],
    ],
)
def test_labels_with_values_and_rows_alone_have_none(rows: list[str]) -> None:
    assert heads(*rows) == [None] * len(rows)
