"""Reading templates: front matter, parts, and what cannot go live."""

from __future__ import annotations

import pytest

from perennial.publishing import read_content
from perennial.publishing.template_building import read_templates
from tests.unit.publishing.conftest import HTML

Files = dict[str, bytes]
PATH = "templates/browse/reminder.html"


def test_front_matter_becomes_parts(files: Files) -> None:
    """Subject and preheader are parts of their own; quotes around the whole are not shown."""
    parts = read_templates(files).parts["browse/reminder"]
    assert parts["subject"] == "Still thinking about {{ items[0].title }}?"
    assert parts["preheader"] == "It is in stock."
    assert parts["html"].startswith("{% extends")
    assert parts.keys() == {"subject", "preheader", "html", "text"}


def test_partials_are_templates_too(files: Files) -> None:
    """They are named by their path."""
    assert read_templates(files).parts["partials/layout"].keys() == {"html"}


def test_a_text_message_is_a_part(files: Files) -> None:
    """<name>.sms beside the mail."""
    files["templates/browse/reminder.sms"] = b"Hello"
    assert read_templates(files).parts["browse/reminder"]["sms"] == "Hello"


def test_samples_and_notes_are_left_alone(files: Files) -> None:
    """What lies beside a template for people and previews is not one."""
    files |= {"templates/browse/reminder.full.json": b"{", "templates/README.md": b"{{"}
    assert read_content(files).problems == []


@pytest.mark.parametrize(
    ("right", "wrong", "line", "remedy"),
    [
        ("subject: ", "subjct: ", 2, "Did you mean 'subject'?"),
        ('"Still thinking about {{ items[0].title }}?"', "", 2, "nothing is written here"),
        ("preheader: It is in stock.", "subject: Again", 3, "stands twice"),
        ("{{ items[0].title }}?", "{{ items[0].title }?", 2, "Close it with }}"),
        ("in stock.\n---", "in stock.\n--", 1, "second line of ---"),
        ("{% endblock %}", "", 6, "endblock"),
        ("{{ items[0].title }}</p>", "{{ items[0].title|upcase }}</p>", 6, "Write |upper"),
        ("{{ items[0].title }}</p>", "{{ items[0].title|mony }}</p>", 6, "Did you mean 'money'?"),
        ("{{ items[0].title }}</p>", "{{ x|default:'y' }}</p>", 6, "stand in brackets"),
        ("{{ items[0].title }}</p>", "{{ x is wonderful }}</p>", 6, "there is no test 'wonderful'"),
        ("partials/layout.html", "partials/layot.html", 5, "Did you mean 'partials/layout.html'?"),
        ('"partials/layout.html"', "shop.layout", 5, "Write them out"),
    ],
)
def test_mistakes_in_templates_are_told(files: Files, right: str, wrong: str, line: int, remedy: str) -> None:
    """File and line of the file, not of what was cut out of it."""
    assert right in HTML
    files[PATH] = HTML.replace(right, wrong).encode()
    problem = read_content(files).problems[0]
    assert (problem.file, problem.line) == (PATH, line)
    assert remedy in problem.text


@pytest.mark.parametrize(
    ("path", "data", "told"),
    [
        ("templates/a.htm", b"x", "Write .mjml, .html, .txt, .sms or .push"),
        ("templates/a.mjml", b"x", "a mail begins with <mjml>"),
        ("templates/A B.html", b"x", "small letters"),
        ("templates/a.html", b"\xff", "UTF-8"),
        ("templates/a.html", b"x" * 300_000, "the most"),
        ("templates/a.html", b"{{" + b"(" * 3000, "."),
    ],
)
def test_files_that_are_no_templates_are_told(files: Files, path: str, data: bytes, told: str) -> None:
    """Nothing under templates/ is silently skipped."""
    (problem,) = read_content({**files, path: data}).problems
    assert problem.file == path
    assert told in problem.text


@pytest.mark.parametrize(
    ("missing", "told"),
    [
        ("templates/browse/reminder.html", "needs templates/browse/reminder.mjml (or .html)"),
    ],
)
def test_a_mail_needs_all_its_parts(files: Files, missing: str, told: str) -> None:
    """The step that would send it says what is missing."""
    del files[missing]
    problems = read_content(files).problems
    assert {problem.key for problem in problems} == {"steps[0].template"}
    assert told in "".join(problem.text for problem in problems)


@pytest.mark.parametrize(
    ("path", "told"),
    [("templates/partials/layout.html", "<a href="), ("templates/browse/reminder.txt", "Add a line")],
)
def test_marketing_needs_a_way_out(files: Files, path: str, told: str) -> None:
    """An unsubscribe link in HTML and in text, there or in what they build on; not in transactional mail."""
    files[path] = files[path].replace(b"unsubscribe_url", b"shop.url")
    (problem,) = read_content(files).problems
    assert told in problem.text
    files["campaigns/browse.yaml"] += b"type: transactional\n"
    assert read_content(files).problems == []
