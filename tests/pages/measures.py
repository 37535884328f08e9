"""Measures on the screen what no checker of rules does: what sticks out, is small, or broken."""

from playwright.sync_api import Page

# What ends beyond the screen, also where it is cut off; but not what a box of its own scrolls.
_STICKS_OUT = """(width) => {
    const scrolls = (element) => {
        while ((element = element.parentElement) && element !== document.body)
            if (/auto|scroll/.test(getComputedStyle(element).overflowX)) return true;
        return false;
    };
    const wide = [...document.querySelectorAll("body, body *:not(svg *)")]
        .filter((element) => element.getBoundingClientRect().right > width + 1)
        .filter((element) => !scrolls(element));
    if (document.documentElement.scrollWidth > width) wide.push(document.documentElement);
    return wide.map((element) => element.outerHTML.slice(0, 120));
}"""

# In a drawing the size is that of its own units, so it is scaled as the drawing is.
_TOO_SMALL = """(least) => {
    const size = (element) => {
        const own = parseFloat(getComputedStyle(element).fontSize);
        return element instanceof SVGElement ? own * element.getScreenCTM().d : own;
    };
    const hasText = ({ childNodes }) =>
        [...childNodes].some(({ nodeType, data }) => nodeType === Node.TEXT_NODE && data.trim());
    const isText = (element) => element.matches("input, select, textarea") || hasText(element);
    const elements = document.querySelectorAll("body *:not(script, style, noscript *, svg title)");
    return [...elements]
        .filter((element) => element.checkVisibility() && isText(element))
        .filter((element) => size(element) > 0 && size(element) < least - .01)
        .map((element) => `${size(element)} px: ${element.outerHTML.slice(0, 120)}`);
}"""

# Short words that stand on two lines. Longer ones may have to; others have a hyphen for it.
_BROKEN = """(longest) => {
    const texts = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const broken = [], range = document.createRange();
    for (let text; (text = texts.nextNode()); ) {
        if (!text.parentElement.checkVisibility()) continue;
        for (const { 0: word, index } of text.data.matchAll(/\\S+/g)) {
            if (word.length > longest || /[-\\u2013\\u00ad/]/.test(word)) continue;
            range.setStart(text, index);
            range.setEnd(text, index + word.length);
            const lines = new Set([...range.getClientRects()].map(({ top }) => top));
            if (lines.size < 2) continue;
            broken.push(`${word}: ${text.parentElement.outerHTML.slice(0, 120)}`);
        }
    }
    return broken;
}"""


def sticks_out(page: Page, width: int) -> list[str]:
    """What does not fit on a screen so wide."""
    page.set_viewport_size({"width": width, "height": 800})
    return page.evaluate(_STICKS_OUT, width)  # type: ignore[no-any-return]


def too_small(page: Page, least_pixels: float) -> list[str]:
    """Texts that are smaller on the screen as it is."""
    return page.evaluate(_TOO_SMALL, least_pixels)  # type: ignore[no-any-return]


def broken(page: Page, longest: int) -> list[str]:
    """Words, of at most so many letters, that go on in the next line."""
    return page.evaluate(_BROKEN, longest)  # type: ignore[no-any-return]
