"""Tell what a site prints around a text from the text: one line at a time, by the words it is made of.

Nothing is removed here: `drop_site_lines` decides by where a line stands, `break_paragraphs` breaks pasted lines by it.
"""

from __future__ import annotations

import re
from enum import IntEnum
from functools import lru_cache
from typing import NamedTuple


class Certainty(IntEnum):
    """How sure the words of a line alone make it that it is the site's."""

    BESIDE = 1
    """A word that may be text as well: the site's at the edge of a text and beside other lines of the site."""
    EDGE = 2
    """The site's above or below the text."""
    ANYWHERE = 3


class SiteLine(NamedTuple):
    """A line of the site: the kind of the edit that removes it, and how sure that is."""

    kind: str
    certainty: Certainty


NAVIGATION = "navigation"
TOOLS = "tools"
INFO = "info"
LINKS = "links"


def _any_of(words: str) -> str:
    """One expression for any of the expressions, parted by blanks; a longer one before its beginning."""
    return "|".join(words.split())


_LINE_LENGTH = 200
# What a page offers to do with a text. Sure words first: nothing but a page says them.
_SURE_TOOLS = _any_of(
    r"""
    分享(?:到|至) 一键分享 转发到 打印(?:本[页文]|文章|此[页文]) 关闭(?:窗口|本[页窗]|页面|此页)
    (?:收藏|推荐)本[页文] 加入收藏 设为首页 (?:返回)?(?:页面)?(?:返回|回到)(?:顶部|页首|列表|上一?页|首页|主站)
    [微信用,，]*扫一扫[,，]?(?:在)?手机(?:上|端)?(?:打开|浏览|阅读|查看|分享)(?:当前|本)?[页面]*
    (?:用)?微信[\"“]?扫一扫[\"”]?.{0,20} 扫一扫分享.{0,10} 扫描二维码.{0,6}(?:手机|移动)端?.{0,8} 保护视力色
    视力保护色 (?:进入)?无障碍(?:浏览|阅读|版|模式|通道|辅助|工具条)
    (?:进入)?(?:长者|关怀|老年|敬老|适老化?)(?:模式|版|专版|助手|服务|关怀版) 适老化 我要纠错 页面纠错
    (?:文章|本页)?纠错 语音播报 一键朗读 听全文 简体(?:中文|版)?[|｜/\s]+繁[体體](?:中文|版)? 网站支持IPv6
    本网站已支持IPv6 全文检索 站内(?:搜索|检索) 请输入(?:您要)?(?:关键[字词]|搜索|查询|检索).{0,8} 搜索热词
    热门搜索 热搜词? 扫码分享 政府网站找错 网站纠错
    """
)
_TOOL_WORDS = _any_of(
    r"""
    微信好友 微信朋友圈 朋友圈 微信 新浪微博 腾讯微博 微博 QQ空间 QQ好友 QQ 人人网 豆瓣 百度贴吧 今日头条
    复制链接 复制网址 打印 关闭 收藏 推荐 分享 返回 顶部 字体大小 字体 字号 特大 超大 放大 缩小 默认 正常 较大
    大 中 小 [Aa][+＋-] [+＋] 保存 点赞 评论 朗读 二维码 简体版? 简体中文 繁[体體]版? 繁[体體]中文 EN English
    登录 注册 退出 个人中心 用户中心 我的主页 搜\s?索 高级搜索 检索 手机版 移动版 电脑版 客户端 移动门户 新媒体
    WAP RSS订阅 RSS 订阅 邮箱 公务邮箱 智能问答 智能客服 智能机器人 无障碍 长者 IPv6
    """
)
_SEPARATORS = r"[\s|｜/、·•,:：>＞»\[\]【】（）()\-—]"
_TOOL_LINE = re.compile(rf"(?:{_SURE_TOOLS}|{_TOOL_WORDS}|{_SEPARATORS})++", re.IGNORECASE)
_SURE_TOOL = re.compile(_SURE_TOOLS, re.IGNORECASE)
_TOOL = re.compile(rf"{_SURE_TOOLS}|{_TOOL_WORDS}", re.IGNORECASE)
_TYPE_SIZE = re.compile(r"(?:字体|字号)(?:大小)?\s*[:：]?[\s\[【（(]*(?:特大|超大|大|小|放大|缩小|默认)")

# Fields in which a page tells of its text. Sure ones are told by no policy of itself.
_SURE_LABELS = _any_of(
    r"""
    浏览(?:次数|量|数) 阅读(?:次数|量|数) 点击(?:次数|率|数|量) 访问(?:次数|量) 人气 责任编辑 责编 网络编辑
    信息审核 信息录入 文章录入
    """
)
_EDGE_LABELS = _any_of(
    r"""
    (?:信息|文章|稿件|内容|新闻|消息)?来\s?源 稿源 (?:信息)?发布(?:时间|日期) 更新(?:时间|日期) 录入时间
    信息时间 浏览 阅读 点击 字体(?:大小)? 字号 分享 打印
    """
)
_BESIDE_LABELS = _any_of(
    r"""
    时间 日期 作者 记者 通讯员 编辑 审核 校对 监制 发布者 发布人 发布单位 发布机构 供稿 供稿单位 撰稿
    """
)
_LABELS = rf"(?:{_SURE_LABELS}|{_EDGE_LABELS}|{_BESIDE_LABELS})"
_DAY = r"(?:19|20)\d{2}\s?[-./年]\s?\d{1,2}\s?[-./月]\s?\d{1,2}\s?日?"
_CLOCK = r"\d{1,2}[:：]\d{2}(?:[:：]\d{2})?"
_VALUE = rf"(?:{_DAY}(?:\s*{_CLOCK})?|\d[\d,，]*\s*(?:次|人次?)?|[^\s|｜【】\[\]，,。；;：:！!？?]{{0,30}})"
_FIELD = rf"[\[【（(]?\s*{_LABELS}\s*(?:[:：]\s*{_VALUE}|\s\d+\s*次?|(?=\d+\s*次)\d+\s*次)\s*[\]】）)]?"
_INFO_LINE = re.compile(
    rf"(?:{_FIELD}|{_DAY}(?:\s*{_CLOCK})?|{_SURE_TOOLS}|{_TOOL_WORDS}|{_SEPARATORS})++", re.IGNORECASE
)
_SURE_FIELD = re.compile(rf"[\[【（(]?\s*(?:{_SURE_LABELS})\s*[:：]")
_EDGE_FIELD = re.compile(rf"(?:^|[\s|｜\[【（(])(?:{_SURE_LABELS}|{_EDGE_LABELS})\s*[:：]")
_ANY_FIELD = re.compile(rf"(?:^|[\s|｜\[【（(]){_LABELS}\s*[:：]")
_STAMP = re.compile(rf"{_DAY}\s*{_CLOCK}")

_PLACE = re.compile(
    r"(?:您(?:现在|当前|目前)?(?:所在)?的?(?:当前)?位置|你(?:现在)?的位置|当前(?:的)?位置|现在位置|所在位置|当前栏目)\s*(?:是)?\s*[:：]?\s*"
    r"(?:[^。，；]{0,20}(?:首页|主页|网站|[>＞»›→]).{0,150})?",
)
# Separators are no part of the names between them, or a long line could be parted in more ways than can be tried.
_PATH = re.compile(
    r"(?:网站|本站|门户)?(?:首页|主页|Home)(?:\s*+(?:[>＞»›/—:]|-++>?)++\s*+[^>＞»›/—:。，；：-]{1,60}+)++",
    re.IGNORECASE,
)
_NEIGHBOUR = re.compile(
    r"(?:[上下前后]一?[篇条则页](?:文章|新闻|信息|文件)?\s*(?:[:：].{0,100}|$)|[上下]一[篇条页]\s+[上下]一[篇条页])"
)
_MENU_WORDS = re.compile(
    _any_of(
        r"""
        (?:网站|本站|返回)?首\s?页 网站(?:地图|声明|管理|介绍|导航|纠错) 站点地图 关于(?:我们|本站|协会|学会|商会)
        联系(?:我们|方式) 使用帮助 帮助(?:中心)? 版权(?:声明|说明|保护) (?:法律|免责|隐私|安全)声明
        隐私(?:政策|保护) 意见(?:反馈|建议|箱) 友情链接 站长统计 加入我们 诚聘英才 人才招聘 广告服务
        (?:新闻|资讯|信息|下载|会员|服务|数据|培训|展会|专家|图片|视频)(?:中心|动态|资讯|专区|频道|大厅)?
        (?:要闻|时政|政务|工作|行业|基层|部门|地方|区县|国内|国际|会员|协会|学会|党建|媒体)(?:要闻|动态|资讯|新闻|聚焦|信息|播报|园地|介绍|概况|服务|之窗)
        (?:政务|政府信息|信息|校务|院务|党务)公开
        (?:政务|办事|公共|便民|在线|网上|民生|特色|公众|企业|投资|会员)服务 (?:互动|公众|政民)(?:交流|互动|参与)
        (?:网上|在线)(?:办事|咨询|申报|访谈|调查) 办事(?:大厅|指南) (?:政策|法律)(?:法规|文件|解读) 政策 规范性文件
        法规标准 标准规范 通知公告 公告公示 公示公告 通知 公告 公示
        (?:机构|单位|部门|组织)(?:概况|设置|职能|职责|简介|介绍|机构) 领导(?:信息|之窗|介绍|活动) 组织机构 内设机构
        走进[一-鿿]{1,4} 专题(?:专栏|报道|集锦)? 专栏 数据(?:发布|开放|统计) 统计(?:数据|信息) 财政(?:信息|预决算)
        人事(?:信息|任免) 规划计划 党建(?:工作|园地|之窗)? 廉政建设 科普(?:知识|园地)? 学术交流 资料下载 表格下载
        依申请公开 重点领域(?:信息公开)?
        """
    )
)
_MENU_SEPARATOR = re.compile(r"[\s|｜·•>＞/]+")
_MENU_WORD_LENGTH = 10
_MENU_LENGTH = 3

_RELATED_WORDS = _any_of(
    r"""
    相关(?:链接|文章|新闻|信息|稿件|解读|报道|资讯|阅读|内容|推荐|专题|文档|政策解读) 延伸阅读
    推荐(?:阅读|文章|新闻) 热[点门](?:推荐|文章|新闻|资讯|阅读|排行) 最新(?:文章|资讯|新闻|动态|信息) 猜你喜欢
    为您推荐 (?:阅读|点击|新闻)排行榜? 友情链接 网站链接 相关网站
    """
)
_RELATED = re.compile(rf"[·◆■●【\[\s>＞]*(?:{_RELATED_WORDS})(?:[】\]\s:：]|>>|更多|$)")
_FILE = re.compile(r"https?:|\.(?:docx?|xlsx?|pdf|wps|et|ofd|zip|rar|pptx?)(?![A-Za-z])", re.IGNORECASE)

# The beginnings at which a line pasted together breaks, though no sentence ends before them.
SITE_STARTS = (
    rf"[\[【（(]?\s?(?:{_SURE_LABELS})\s*[:：]|(?:信息|文章|稿件)?来源\s*[:：]|(?:发布|更新)(?:时间|日期)\s*[:：]|[【\[]\s?(?:打印|关闭|字体|字号|收藏|推荐)"
    r"|分享(?:到|至)?\s*[:：]|扫一扫在手机|[上下]一[篇条]\s*[:：]|(?:当前|您的|您现在的)位置\s*[:：]"
    r"|相关(?:链接|文章|新闻|稿件|解读|报道|阅读|推荐)(?=\s|[:：]|$)|延伸阅读|(?:版权|免责)声明\s*[:：]"
)
FIELD_END = re.compile(rf"(?:^|[\s|｜\[【（(]){_LABELS}\s*[:：]$")
_FIELD_START = re.compile(
    rf"[|｜\[【（(]?\s*{_LABELS}\s*[:：]|[|｜]|{_DAY}|{_CLOCK}|\d+\s*次"
    rf"|[\[【（(]?\s?(?:{_SURE_TOOLS}|{_TOOL_WORDS})(?=[\s|｜\]】）)]|$)",
    re.IGNORECASE,
)


def site_line(line: str) -> SiteLine | None:
    """What a line is to a site, None if nothing but its place could make it the site's.

    Must not touch: a sentence, a line with a word beside those of the site, the source of data under a table
    (数据来源：…), a step of a guide (首页→我要办→预约), the time and place of a meeting, names of attachments.
    """
    if len(line) > _LINE_LENGTH or "。" in line:
        return None
    if _NEIGHBOUR.fullmatch(line):
        return SiteLine(LINKS, Certainty.ANYWHERE)
    if _PLACE.fullmatch(line):
        return SiteLine(NAVIGATION, Certainty.ANYWHERE)
    if _PATH.fullmatch(line):
        return SiteLine(NAVIGATION, Certainty.EDGE)
    return _tools(line) or _info(line) or _menu(line)


def _tools(line: str) -> SiteLine | None:
    if not _TOOL_LINE.fullmatch(line):
        return None
    words = _TOOL.findall(line)
    if _SURE_TOOL.search(line) or _TYPE_SIZE.search(line):
        return SiteLine(TOOLS, Certainty.ANYWHERE)
    if not words:
        return None
    named = any(word in line for word in ("打印", "关闭", "分享", "登录", "搜索", "收藏"))
    several = len(words) > 1 or line.endswith((":", "："))
    return SiteLine(TOOLS, Certainty.EDGE if several and named else Certainty.BESIDE)


def _info(line: str) -> SiteLine | None:
    if not _INFO_LINE.fullmatch(line):
        return None
    edge = bool(_EDGE_FIELD.search(line))
    if _SURE_FIELD.search(line) or (edge and len(_ANY_FIELD.findall(line)) > 1):
        return SiteLine(INFO, Certainty.ANYWHERE)
    if edge or _STAMP.search(line):
        return SiteLine(INFO, Certainty.EDGE)
    return SiteLine(INFO, Certainty.BESIDE) if _ANY_FIELD.search(line) else None


def _menu(line: str) -> SiteLine | None:
    words = [word for word in _MENU_SEPARATOR.split(line) if word]
    if not words or max(map(len, words)) > _MENU_WORD_LENGTH:
        return None
    known = sum(map(_is_menu_word, words))
    if len(words) >= _MENU_LENGTH and 2 * known >= len(words) and known > 1:
        return SiteLine(NAVIGATION, Certainty.EDGE)
    return SiteLine(NAVIGATION, Certainty.BESIDE) if known == len(words) else None


@lru_cache(maxsize=8192)
def _is_menu_word(word: str) -> bool:
    # The sizes of type, 大 中 小, are no menu by themselves: a text may have blanks between its characters.
    return len(word) > 1 and bool(_MENU_WORDS.fullmatch(word) or _TOOL.fullmatch(word))


def opens_links(line: str) -> bool:
    """Whether a line stands above a list of links to other texts: 相关链接, 延伸阅读, 友情链接."""
    return "。" not in line and _RELATED.match(line) is not None and not _FILE.search(line)


def ends_before(text: str, start: int) -> bool:
    """Whether what a site prints ends before `text[start:]`, which goes on with no further field or button."""
    return _FIELD_START.match(text, start) is None
