"""Configuration of the site: ``sphinx-build -n -W -b html docs build/site``."""

from __future__ import annotations

import os
import sys
from importlib.metadata import version as installed
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "_ext"))

project = "actinit"
author = "The actinit engineers"
copyright = f"2026, {author}"
version = release = installed("actinit")

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "sphinx_copybutton",
    "sphinx_design",
    "actinit_site",
]
exclude_patterns = ["_generated", "_templates", "_ext"]
templates_path = ["_templates"]

# Where the measurements lie; what is not there is said to be missing on the page.
actinit_results = os.environ.get("ACTINIT_RESULTS", str(HERE.parent / "build" / "results"))
# Causes and baselines: by default those that come with the package.
actinit_known = os.environ.get("ACTINIT_KNOWN", "")

# -- Sources ---------------------------------------------------------------------------------
myst_enable_extensions = ["attrs_block", "attrs_inline", "colon_fence", "deflist", "dollarmath"]
myst_heading_anchors = 3
myst_links_external_new_tab = False
html_math_renderer = "mathml"

# -- API reference ---------------------------------------------------------------------------
autodoc_default_options = {"members": True, "member-order": "bysource", "no-value": True}
autodoc_typehints = "none"
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
# Types of other projects have no page here: the site is built without a network.
nitpick_ignore_regex = [
    (r"py:.*", r"(?!actinit\.).*"),
]

# -- HTML ------------------------------------------------------------------------------------
html_theme = "pydata_sphinx_theme"
html_title = "actinit"
html_static_path = ["_static"]
html_search_scorer = str(HERE / "_ext" / "actinit_site" / "html" / "search.js")
html_favicon = "_static/favicon.svg"
html_css_files = ["site.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": "actinit"},
    "navbar_align": "left",
    "navbar_end": ["theme-switcher"],
    "footer_start": ["footer-about"],
    "footer_end": [],
    "show_prev_next": False,
    "show_toc_level": 2,
    "header_links_before_dropdown": 7,
    "pygments_light_style": "a11y-light",
    "pygments_dark_style": "a11y-dark",
}
html_sidebars = {
    "index": [],
    "accuracy": [],
    "findings": [],
    "findings/*": [],
    "frameworks/*": [],
    "port": [],
    "compare": [],
    "promises": [],
    "starts": [],
    "article": [],
    "design": [],
    "contributing": [],
    "changelog": [],
}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True
