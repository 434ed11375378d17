"""Where a password told in talk begins and ends, and what only looks like one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from dlp.detect.detector import Pattern
from dlp.detect.engine import Engine
from dlp.detect.secrets import password
from dlp.detect.secrets.password_shape import Shape, shape_of
from dlp.records import Demand, Text


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine(Demand(frozenset({"PASSWORD"})))


def found(engine: Engine, text: str) -> list[str]:
    """The passwords found."""
    return [text[f.start : f.end] for f in engine.scan((Text("body", text),)).findings]


@pytest.mark.parametrize(
    "text",
    [
        "пароль: {}, логин прежний",
        "Пароль от вайфая — {}.",
        "пароль «{}»",
        "**Password:** {}",
        "логин/пароль: admin / {}",
        "логин/пароль - admin/{}",
        "пароль:\n{}",
        "password is {} btw",
        '{{"login": "a", "password": "{}", "x": 1}}',
        "curl -u admin:{} http://ci.local",
        "вход admin {}",
        "u: admin p: {}",
        "Л: ivanov П: {}",
        "`{}` это пароль от базы",
    ],
)
def test_the_password_alone_is_the_span(engine: Engine, text: str) -> None:
    assert found(engine, text.format("kR7x!mQ2")) == ["kR7x!mQ2"]


@pytest.mark.parametrize(
    "text",
    [
        "пароль server2022 не подходит",
        "пароль от app-03 знает дежурный",
        "пароль отправил на ivanov@corp.ru",
        "пароль: введите новый пароль",
        "пароль из 12 символов",
        "логин ivanov, отдел IT-2",
        "доступ: чтение / запись",
        "compass: NW45",
        "password = self.cleaned_data.get('password1')",
        '<input type="password" id="pwd1">',
        "PWD=/srv/app1",
        "пароль\nСпасибо!",
    ],
)
def test_talk_about_passwords_names_none(engine: Engine, text: str) -> None:
    assert found(engine, text) == []


@pytest.mark.parametrize(
    ("value", "shape"),
    [
        ("kR7x!mQ2", Shape.STRONG),
        ("Zima2031!", Shape.STRONG),
        ("zima-FUdqm", Shape.STRONG),
        ("qwerty", Shape.MIXED),
        ("12345678", Shape.MIXED),
        ("Спасибо!", Shape.WORD),
        ("required", Shape.WORD),
        ("OPS-4821", Shape.NONE),
        ("15.11.2026", Shape.NONE),
        ("********", Shape.NONE),
        ("${DB_PASSWORD}", Shape.NONE),
        ("<password>", Shape.NONE),
    ],
)
def test_the_shape_tells_a_password_from_a_word(value: str, shape: Shape) -> None:
    assert shape_of(value) is shape


@pytest.mark.parametrize(
    ("heads", "words"), [(password._NAME_HEADS, password._NAME), (password._LOGIN_HEADS, password._LOGIN_WORD)]
)
@given(st.data())
@settings(deadline=None, max_examples=400)
def test_every_word_of_a_password_and_of_a_login_begins_as_its_heads_say(
    heads: Pattern, words: Pattern, data: st.DataObject
) -> None:
    assert heads.compiled.match(data.draw(st.from_regex(words.compiled, fullmatch=True)))
