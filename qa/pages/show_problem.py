"""What went wrong with a page that a person opened, on a page of its own: the cause, and what to do about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

from fastapi import Request
from starlette.responses import Response

from index.errors import PolicyQAError, UnknownDocument
from qa.errors import MalformedAuthorization, WrongKey
from qa.http.problems import Problem
from qa.pages.fill_template import fill


@dataclass(frozen=True, slots=True)
class _Words:
    title: str
    cause: str
    cure: str
    again: bool = False
    """Whether the same address may work later, or with a key."""


_WRONG_KEY = _Words(
    "密钥无效",
    "所用的密钥有误，或已被撤销。",
    "请重新打开本页，在浏览器弹出的登录框中填写密钥作为密码，用户名不限；仍不能打开的，请向管理员索取新的密钥。",
    again=True,
)
_OF_ERRORS: Mapping[type[PolicyQAError] | None, _Words] = {
    UnknownDocument: _Words(
        "没有这份文本",
        "所收录的文本中没有这个地址所指的一份：地址可能不完整，或者文本已被移除。",
        "请在全部文本中按标题、发布机构或文号查找，或者直接提问。",
    ),
    WrongKey: _WRONG_KEY,
    MalformedAuthorization: _WRONG_KEY,
}
_OF_STATUS: Mapping[int, _Words] = {
    HTTPStatus.UNAUTHORIZED: _Words(
        "需要密钥",
        "这里的文本只供持有密钥的人阅读。",
        "请重新打开本页，在浏览器弹出的登录框中填写密钥作为密码，用户名不限；没有密钥的，请向管理员索取。",
        again=True,
    ),
    HTTPStatus.FORBIDDEN: _Words(
        "只供本机使用",
        "服务没有设置密钥，因此只回答运行它的这台计算机，并且只以本机的名称（如 localhost）回答。",
        "请管理员设置 POLICYQA_API_KEYS，或者以 POLICYQA_PUBLIC=true 对所有人开放。",
    ),
    HTTPStatus.NOT_FOUND: _Words(
        "没有这个页面", "这个地址下没有页面。", "请检查地址，或者从提问页、全部文本重新开始。"
    ),
    HTTPStatus.UNPROCESSABLE_ENTITY: _Words(
        "地址中的参数有误", "地址中问号后面的参数不能使用：{fields}。", "请改正或去掉这些参数。"
    ),
    HTTPStatus.TOO_MANY_REQUESTS: _Words(
        "访问过于频繁", "短时间内的访问超过了限额。", "请在 {seconds} 秒后重新打开本页。", again=True
    ),
    HTTPStatus.INTERNAL_SERVER_ERROR: _Words(
        "服务出错了",
        "服务在处理这个页面时出错，原因已写入它的日志。",
        "请稍后重新打开本页；仍不能打开的，请告知管理员。",
        again=True,
    ),
    HTTPStatus.SERVICE_UNAVAILABLE: _Words(
        "暂时不能使用",
        "索引尚未就绪，还不能阅读和提问。",
        "请稍后重新打开本页；仍不能打开的，请管理员按下面的说明处理。",
        again=True,
    ),
}
_OTHERS = _Words("不能打开", "服务不能这样打开这个地址。", "请检查地址，或者从提问页重新开始。")


def as_page(request: Request, problem: Problem) -> Response:
    """A problem as a page to read, in the words of its own kind or of its status."""
    words = _OF_ERRORS.get(problem.error) or _OF_STATUS.get(problem.status, _OTHERS)
    fields = "、".join(error["field"].partition(".")[2] for error in problem.errors or ())
    told = {"fields": fields, "seconds": problem.headers.get("Retry-After", "")}
    response = fill(
        request,
        "problem.html",
        problem.status,
        title=words.title,
        cause=words.cause.format_map(told),
        cure=words.cure.format_map(told),
        again=words.again,
        detail=f"{problem.status}: {problem.detail}",
    )
    response.headers.update(problem.headers)
    return response
