"""Formulas as MathML, made when the site is built: no script, no network, read aloud correctly."""

from __future__ import annotations

from docutils import nodes
from math_core import LatexError, LatexToMathML
from sphinx.application import Sphinx
from sphinx.errors import ExtensionError
from sphinx.writers.html5 import HTML5Translator

__all__ = ["setup", "to_mathml"]

_CONVERTER = LatexToMathML()


def setup(app: Sphinx) -> None:
    """Register the renderer."""
    app.add_html_math_renderer(
        "mathml", inline_renderers=(_inline, None), block_renderers=(_block, None)
    )


def to_mathml(latex: str, *, display: bool) -> str:
    """Convert LaTeX to MathML.

    Parameters
    ----------
    latex : str
        Without delimiters.
    display : bool
        Whether it stands on a line of its own.

    Raises
    ------
    ExtensionError
        If it is no LaTeX that the converter knows.
    """
    try:
        return _CONVERTER.convert_with_local_state(latex, displaystyle=display)
    except LatexError as error:
        raise ExtensionError(f"the formula {latex!r} cannot be set: {error}") from None


def _inline(writer: HTML5Translator, node: nodes.math) -> None:
    writer.body.append(to_mathml(node.astext(), display=False))
    raise nodes.SkipNode


def _block(writer: HTML5Translator, node: nodes.math_block) -> None:
    # Wide formulas scroll on a narrow screen; by its class the theme knows what the keyboard is to
    # reach if it does, and only then.
    formula = to_mathml(node.astext(), display=True)
    writer.body.append(f'<div class="math pst-scrollable-table-container">{formula}</div>\n')
    raise nodes.SkipNode
