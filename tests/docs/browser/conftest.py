"""A browser that opens the built site; see docs/contributing.md for how to run it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import cache, partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe
from helpers.patience import PATIENCE
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

# What the library downloads by itself is another browser than the one that people have.
NAMES = ("chromium", "chromium-browser", "google-chrome")
# As root, which a container's user is, the sandbox does not start; only our own pages are opened.
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-quic"]
# A page of the full site has tens of thousands of elements; what hangs is stopped all the same.
PATIENCE_MS = 1000 * PATIENCE
HEIGHT = 900
DESKTOP, PHONE = 1280, 360
AXE = Axe()
# The rules of axe that compare colours, which take it ten times as long as all others.
OF_COLOURS = ["color-contrast", "link-in-text-block"]

Theme = Literal["light", "dark"]


@dataclass
class Visit:
    """An open page, and what happened since it was asked for."""

    page: Page
    site: Path
    errors: list[str] = field(default_factory=list)
    requests: list[str] = field(default_factory=list)

    @property
    def listeners(self) -> dict[str, Callable[[Any], None]]:
        """What notes down the events of the page."""
        return {
            "console": lambda said: self.errors.extend([said.text] * (said.type == "error")),
            "pageerror": lambda error: self.errors.append(str(error)),
            "request": lambda request: self.requests.append(request.url),
        }

    @property
    def abroad(self) -> list[str]:
        """The requests for anything that is not the site's."""
        return [url for url in self.requests if not self._own(urlsplit(url))]

    @property
    def files(self) -> set[Path]:
        """The files that were loaded."""
        parts = [urlsplit(url) for url in self.requests]
        return {Path(unquote(part.path)) for part in parts if part.scheme == "file"}

    def axe(self, *, contrast: bool) -> list[str]:
        """Return what axe finds serious or critical: in colours, or by all of its other rules."""
        chosen: dict[str, Any] = (
            {"runOnly": OF_COLOURS}
            if contrast
            else {"rules": {rule: {"enabled": False} for rule in OF_COLOURS}}
        )
        found = AXE.run(self.page, options={"resultTypes": ["violations"], **chosen})
        return [
            f"{one['id']} ({one['impact']}) at {node['target']}: {node['html'][:200]}"
            for one in found.response["violations"]
            if one["impact"] in ("serious", "critical")
            for node in one["nodes"]
        ]

    def _own(self, url: Any) -> bool:
        if url.scheme == "file":
            return Path(unquote(url.path)).is_relative_to(self.site)
        return url.scheme in ("data", "blob") or url.hostname == "127.0.0.1"


Open = Callable[..., Visit]


@pytest.fixture(scope="session")
def opened(request: pytest.FixtureRequest) -> Path:
    """Return the site to open: the one that ACTINIT_SITE names, or one of made-up results."""
    named = os.environ.get("ACTINIT_SITE")
    site: Path = Path(named) if named else request.getfixturevalue("site")
    assert (site / "index.html").exists(), f"no site at {site}: build it first, by `nox -s docs`"
    return site.resolve()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Start the browser; where there is none, skip, but fail in a gate."""
    program = next(filter(None, map(shutil.which, NAMES)), None)
    if program is None:
        lacking = f"no browser: none of {', '.join(NAMES)}; `apt-get install chromium` brings one"
        if os.environ.get("CI"):
            pytest.fail(lacking)
        pytest.skip(lacking)
    with sync_playwright() as library:
        started = library.chromium.launch(executable_path=program, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def server(opened: Path) -> Iterator[str]:
    """Serve the site from this machine, and return its address."""

    class Quiet(SimpleHTTPRequestHandler):
        def log_message(self, *_: Any) -> None:
            """Say nothing of each request."""

    with ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=opened)) as found:
        thread = Thread(target=found.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{found.server_port}"
        found.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def tabs(browser: Browser) -> Callable[[int, Theme], Page]:
    """Return what has a tab for a width and a theme; it is kept, since a new one takes longer."""

    @cache
    def tab(width: int, theme: Theme) -> Page:
        size = ViewportSize(width=width, height=HEIGHT)
        context = browser.new_context(viewport=size, color_scheme=theme)
        context.set_default_timeout(PATIENCE_MS)
        return context.new_page()

    return tab


@pytest.fixture
def visit(tabs: Callable[[int, Theme], Page], opened: Path) -> Iterator[Open]:
    """Return what opens a page of the site, as a file unless told where it is served."""
    with ExitStack() as after:

        def open_(name: str, width: int = DESKTOP, theme: Theme = "light", at: str = "") -> Visit:
            page = tabs(width, theme)
            page.emulate_media(color_scheme=theme)
            seen = Visit(page, opened)
            for event, heard in seen.listeners.items():
                page.on(event, heard)
                after.callback(page.remove_listener, event, heard)
            page.goto(f"{at or opened.as_uri()}/{name}")
            page.evaluate("document.fonts.ready")
            return seen

        yield open_
