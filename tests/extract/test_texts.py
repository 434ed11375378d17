from __future__ import annotations

from dlp.extract.texts import gaps_of, texts_of
from dlp.records import Gap, GapReason, Text
from tests.builders import a_gap, a_message, an_attachment


def test_the_body_comes_first_and_passages_follow() -> None:
    assert texts_of(a_message("hello", quote="before", poll="which?")) == (
        Text("body", "hello"),
        Text("quote", "before"),
        Text("poll", "which?"),
    )


def test_empty_texts_are_left_out() -> None:
    assert texts_of(a_message("")) == ()
    assert texts_of(a_message("", quote="", poll="which?")) == (Text("poll", "which?"),)


def test_an_attachment_nothing_extracts_is_a_gap() -> None:
    message = a_message(attachments=(an_attachment("plan.pdf"), an_attachment("photo.jpg", missing=GapReason.MISSING)))
    assert gaps_of(message) == (
        Gap("attachment:plan.pdf", GapReason.NOT_EXTRACTED),
        Gap("attachment:photo.jpg", GapReason.MISSING),
    )


def test_what_the_reader_said_of_an_attachment_is_not_said_again() -> None:
    told = a_gap(GapReason.ENCRYPTED, "attachment:plan.zip")
    assert gaps_of(a_message(attachments=(an_attachment("plan.zip"),), gaps=(told,))) == (told,)


def test_a_message_read_whole_has_no_gap() -> None:
    assert gaps_of(a_message()) == ()
