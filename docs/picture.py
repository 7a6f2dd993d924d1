"""Take the README's picture of the front page of the site that was built: ``nox -s picture``."""

from __future__ import annotations

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

#: Pixels of the window: the verdicts and the matrix side by side with no scrolling.
_WINDOW = {"width": 1280, "height": 1600}
_SHOWN = ".actinit-legended"


def take(site: Path, file: Path, chromium: str = "/usr/bin/chromium") -> None:
    """Write a picture of the matrix.

    Parameters
    ----------
    site : Path
        Folder of the site.
    file : Path
        Where the picture goes, a PNG.
    chromium : str, optional
        The browser.
    """
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        page = browser.new_page(viewport=_WINDOW, color_scheme="light")
        page.goto((site / "index.html").as_uri())
        page.locator(_SHOWN).screenshot(path=file)
        browser.close()


if __name__ == "__main__":
    take(*map(Path, sys.argv[1:3]))
