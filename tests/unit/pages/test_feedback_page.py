"""The feedback page: a link that names a number is no answer yet, and an answer is kept on the timeline alone."""

from __future__ import annotations

import pytest

from perennial.messaging.tokens import Purpose
from tests.unit.pages.desk import MESSAGE, Desk, Reader

PAGE = Purpose.FEEDBACK


def asked(**traits):
    """A desk whose customer got the message of a campaign."""
    desk = Desk(**traits)
    settled = {
        "id": MESSAGE, "campaign": "review", "subject": "", "key": "o1", "step": "request", "variant": "plain",
        "channel": "email", "status": "sent", "at": "2026-11-20T10:00:00.000Z", "marketing": True,
    }  # fmt: skip
    desk.change(settled=[settled])
    return desk


def test_a_link_with_a_number_only_shows_it_chosen():
    """Scanners open all five links of a mail: nothing is recorded, whatever the number."""
    desk = asked()
    for score in "12345":
        page = Reader(desk.get(PAGE, queryStringParameters={"score": score})["body"])
        assert [own["value"] for own in page.all("input", type="radio") if "checked" in own] == [score]
    assert desk.timeline == []


@pytest.mark.parametrize("score", ["", "0", "6", "-1", "4.0", "٤", "<b>", "1" * 400])
def test_any_other_number_is_no_number(score):
    """Nothing is chosen, and nothing of it stands on the page."""
    body = asked().get(PAGE, queryStringParameters={"score": score})["body"]
    assert not [own for own in Reader(body).all("input", type="radio") if "checked" in own]
    assert "<b>" not in body


def test_the_page_is_a_form_that_needs_no_script():
    """Five numbers, a text, a button; it posts without what the link added."""
    page = Reader(asked().get(PAGE)["body"])
    assert page.all("form") == [{"method": "post", "action": "?", "autocomplete": "off"}]
    assert [own["value"] for own in page.all("input", type="radio", name="score")] == list("12345")
    assert len(page.all("textarea", name="text", maxlength="1000")) == 1
    assert not page.all("script")


def test_an_answer_is_kept_on_the_timeline():
    """Score and words, and which message of which campaign asked; the document learns only that and when."""
    desk = asked()
    answer = desk.post(PAGE, {"score": "4", "text": "Lovely, but the lid leaks.\r\nA little."})
    assert (answer["statusCode"], "Thank you" in answer["body"]) == (200, True)
    (item,) = desk.timeline
    assert (item["name"], item["properties"]) == (
        "feedback_given",
        {
            "stage": "",
            "score": 4,
            "text": "Lovely, but the lid leaks.\nA little.",
            "campaign": "review",
            "message_id": MESSAGE,
        },
    )
    assert "lid" not in str(desk.customer)
    assert "feedback_given" in desk.customer["seen"]


def test_the_stage_is_the_campaigns(monkeypatch):
    """So answers can be told apart by where a customer stands."""
    from dataclasses import replace

    from tests.making import browse

    desk = asked()
    shop = replace(desk.world.shop(), campaigns={"review": browse(stage="advocacy")})
    desk.world.shop = lambda: shop
    desk.post(PAGE, {"score": "5"})
    assert desk.timeline[0]["properties"]["stage"] == "advocacy"


def test_the_same_answer_twice_is_one_and_another_is_another():
    """A double click counts once; who changes their mind is heard."""
    desk = asked()
    for score in ("4", "4", "2"):
        desk.post(PAGE, {"score": score})
    assert [item["properties"]["score"] for item in desk.timeline] in ([4, 2], [2, 4])


@pytest.mark.parametrize("fields", [{}, {"score": ""}, {"score": "9", "text": "x"}, {"score": "<script>"}])
def test_without_a_number_it_asks_again_and_keeps_the_words(fields):
    """Nothing is recorded; what was typed is not lost."""
    desk = asked()
    answer = desk.post(PAGE, fields)
    assert answer["statusCode"] == 400
    assert "Please choose a number from 1 to 5." in answer["body"]
    assert (fields.get("text", "") + "</textarea>") in answer["body"]
    assert desk.timeline == []


def test_hostile_words_are_only_words():
    """Markup is escaped where it is shown again, control characters are gone, and there is an end to it."""
    desk = asked()
    body = desk.post(PAGE, {"score": "9", "text": "</textarea><script>alert(1)</script>"})["body"]
    assert "&lt;/textarea&gt;&lt;script&gt;" in body and "<script" not in body
    desk.post(PAGE, {"score": "1", "text": "a\x00b\x1b[31m\u2028" + "x" * 5000})
    text = desk.timeline[0]["properties"]["text"]
    assert (len(text), text[:4]) == (1000, "a b ")


@pytest.mark.parametrize("body", ["x" * 20_000, "a=1&" * 300, "\x00\xff"])
def test_a_body_that_is_no_form_of_ours_is_refused(body):
    """With the page to try again; nothing is recorded."""
    desk = asked()
    assert desk.post(PAGE, body)["statusCode"] in (400, 413)
    assert desk.timeline == []


def test_it_asks_in_the_customers_language():
    """As the preference page does."""
    assert "Wie zufrieden sind Sie?" in asked(locale="de-AT").get(PAGE)["body"]


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("token", ["", "x", "1.email.c.m.s", "<script>alert(1)</script>"])
def test_a_link_that_is_not_ours_is_a_404(method, token):
    """Nobody can answer for somebody else."""
    desk = asked()
    answer = desk.call(method, PAGE, token, pathParameters=None, body="score=5")
    assert (answer["statusCode"], desk.timeline) == (404, [])
    assert "<script>alert" not in answer["body"]


def test_the_dead_and_the_erased_are_not_asked(monkeypatch):
    """No page for somebody who is forgotten; try again when nothing can be read."""
    desk = asked()
    with monkeypatch.context() as patch:
        patch.setattr(desk.world.documents, "load", _fail)
        assert [desk.get(PAGE)["statusCode"], desk.post(PAGE, {"score": "5"})["statusCode"]] == [503, 503]
    desk.change(identities={}, traits={})
    assert [desk.get(PAGE)["statusCode"], desk.post(PAGE, {"score": "5"})["statusCode"]] == [404, 404]
    assert desk.timeline == []


def test_where_the_document_cannot_be_written_the_queue_keeps_the_answer(monkeypatch):
    """It is recorded from there, once."""
    desk = asked()
    with monkeypatch.context() as patch:
        patch.setattr(desk.world.documents, "save", _fail)
        assert desk.post(PAGE, {"score": "3"})["statusCode"] == 202
    desk.record_queued()
    desk.record_queued()
    assert [item["properties"]["score"] for item in desk.timeline] == [3]


def _fail(*_):
    raise ConnectionError("the database does not answer")
