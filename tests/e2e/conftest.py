"""A browser before the site, and what the walks in it share."""

import contextlib
import os
from pathlib import Path

import axe_playwright_python
import pytest
from playwright.sync_api import sync_playwright

QUIET = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
RUN_AXE = """async () => (await axe.run(document, {resultTypes: ["violations"]})).violations.map(
    (found) => found.id + ": " + found.nodes.slice(0, 3).map((node) => node.target.join(" ")).join(" | "))"""
PHONE, DESK = {"width": 360, "height": 800}, {"width": 1280, "height": 900}


@pytest.fixture(scope="session")
def chromium():
    """Give one headless browser for all walks."""
    # Playwright runs an event loop in this thread, beside which Django would refuse its database.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=os.environ.get("KSP_BROWSER", "/usr/bin/chromium"), args=list(QUIET)
        )
        yield browser
        browser.close()


class Visitor:
    """A person with a browser window of their own; whatever the console complains about fails the walk."""

    def __init__(self, browser, base, *, viewport=DESK, scheme="light", language="nb"):
        self.base = base
        # The axe script is put in by the test, not by the page, so the page's own policy does not apply to it.
        self.context = browser.new_context(viewport=viewport, color_scheme=scheme, bypass_csp=False, locale="nb-NO")
        if language != "nb":
            self.context.add_cookies([{"name": "django_language", "value": language, "url": base}])
        self.page = self.context.new_page()
        self.page.set_default_timeout(15_000)
        self.complaints = []
        self.foreign = []
        self.page.on("console", self._hear)
        self.page.on("request", self._see)

    def _hear(self, message):
        if message.type == "error":
            self.complaints.append(message.text)

    def _see(self, request):
        if not request.url.startswith((self.base, "data:", "blob:", "about:")):
            self.foreign.append(request.url)

    def sign_in(self, email, password="demo"):  # noqa: S107 -- the demo says it on its front page
        self.open("/accounts/login/")
        self.page.fill("[name=login]", email)
        self.page.fill("[name=password]", password)
        self.page.click("main button[type=submit]")
        self.page.wait_for_url(lambda url: "/accounts/login" not in url)
        return self

    def open(self, path):
        answer = self.page.goto(self.base + path)
        assert answer.status < 400, f"{path} answered {answer.status}"
        return self.page

    def violations(self):
        """Return what axe finds on the open page."""
        self.page.evaluate(AXE)
        return self.page.evaluate(RUN_AXE)

    def width_beyond_the_window(self):
        """Return by how many pixels the page scrolls sideways."""
        return self.page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")

    def close(self):
        self.context.close()


@pytest.fixture
def visit(chromium, live_server):
    """Give a way to come to the site as a new visitor."""
    with contextlib.ExitStack() as leaving:

        def come(**look):
            visitor = Visitor(chromium, live_server.url, **look)
            leaving.callback(visitor.close)
            return visitor

        yield come
