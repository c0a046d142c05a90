from ksp.lib import attention, panels
from ksp.lib.attention import Item


def item(tone):
    return Item(title=tone, text="", url="/", action="Se", tone=tone)


def test_what_went_wrong_comes_first_then_what_waits(monkeypatch):
    monkeypatch.setattr(attention, "_sources", [])
    attention.register_attention(lambda _user: [item("info"), item("danger")])
    attention.register_attention(lambda user: [item("warning")] if user == "Ada" else [])

    assert [one.title for one in attention.items_for("Ada")] == ["danger", "warning", "info"]
    assert [one.is_urgent for one in attention.items_for("Ola")] == [True, False]


def test_page_shows_the_parts_that_were_registered_for_it(monkeypatch):
    monkeypatch.setattr(panels, "_builders", {})
    part = panels.Panel("part.html", {"a": 1})
    panels.register_panel("page", lambda subject, user: part if subject == user else None)
    panels.register_panel("other", lambda _subject, _user: part)

    found = [panels.panels(page, "x", user=user) for page, user in (("page", "x"), ("page", "y"), ("none", "x"))]

    assert found == [[part], [], []]
