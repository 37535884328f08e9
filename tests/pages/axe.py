"""Asks axe-core what of a page some people cannot use."""

from typing import Any

from playwright.sync_api import Page

from app.config import ROOT

SCRIPT = ROOT / "tests/tools/node_modules/axe-core/axe.min.js"
RULES = {
    "type": "tag",
    "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"],
}
# What depends on the width of the screen or on its colours.
LOOKS = {"type": "rule", "values": ["color-contrast", "target-size"]}
SCHEMES = ("light", "dark")
WIDTHS = (1280, 390, 320)
HEIGHT = 900

# Without what only tells where something is that was no violation.
_QUICKLY = {"resultTypes": ["violations"], "selectors": False, "preload": False}
_IS_THERE = "typeof axe !== 'undefined'"
_RUN = """async (options) => {
    const { violations } = await axe.run(document, options);
    const where = ({ html, failureSummary }) => `\\n  ${html}\\n  ${failureSummary}`;
    return violations.map(({ id, help, nodes }) => `${id}: ${help}${nodes.map(where).join("")}`);
}"""


def violations(page: Page) -> list[str]:
    """Each rule that the page breaks, with the elements, in both schemes and all widths.

    The page is left as wide and as light as the first ones.
    """
    found: dict[str, str] = {}
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": HEIGHT})
        for scheme in SCHEMES:
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]
            everything = scheme == SCHEMES[0] and width != WIDTHS[-1]
            for violation in ask(page, RULES if everything else LOOKS):
                found.setdefault(violation, f"{width} px, {scheme}: {violation}")
    page.set_viewport_size({"width": WIDTHS[0], "height": HEIGHT})
    page.emulate_media(color_scheme=SCHEMES[0])  # type: ignore[arg-type]
    return list(found.values())


def ask(page: Page, rules: dict[str, Any]) -> list[str]:
    """What breaks these rules as the page looks now."""
    if not page.evaluate(_IS_THERE):
        page.evaluate(SCRIPT.read_text())
    return page.evaluate(_RUN, {"runOnly": rules, **_QUICKLY})  # type: ignore[no-any-return]
