"""The tab key, and whether one sees where it has come to."""

from dataclasses import dataclass

from playwright.sync_api import Page

MOST_STOPS = 300
# A date is one element and several stops. Its parts show by themselves which of them it is.
STOPS_IN_ONE = 8

# Asked of the element that has the focus. Something else may lie above a part of it, not above all.
_LOOK = """() => {
    const element = document.activeElement;
    window.stops ??= [];
    if (element === document.body) return { number: -1, name: "", isMarked: true, isSeen: true };
    if (!stops.includes(element)) stops.push(element);
    // A card is marked in the place of the link that fills it.
    const isMarked = [element, element.parentElement, element.closest("li")].some((marked) => {
        const { outlineStyle: style, outlineWidth: width } = getComputedStyle(marked ?? element);
        return style === "auto" || (style !== "none" && parseFloat(width) >= 2);
    });
    const isSeen = [...element.getClientRects()].some(({ x, y, width, height }) =>
        [[.5, .5], [.1, .2], [.9, .2], [.1, .8], [.9, .8]].some(([right, down]) => {
            const there = document.elementFromPoint(x + width * right, y + height * down);
            return element.contains(there) || there?.contains(element) && there.matches("label");
        }));
    return { number: stops.indexOf(element), name: element.outerHTML.slice(0, 120),
        isMarked, isSeen };
}"""
# What the key should come to, and did not. Of radio buttons with one name it comes to one.
_LEFT_OUT = """() => [...document.querySelectorAll(
        "a[href], button, input, select, textarea, summary, [tabindex]")]
    .filter((element) => element.tabIndex >= 0 && !element.matches(":disabled"))
    .filter((element) => element.checkVisibility({ visibilityProperty: true }))
    .filter((element) => element.type !== "radio" && !stops.includes(element))
    .map((element) => element.outerHTML.slice(0, 120))"""


@dataclass(frozen=True)
class Stop:
    """What has the focus now: the `number` of the element by when it first had it, -1 for none."""

    number: int
    name: str
    isMarked: bool
    isSeen: bool

    @property
    def trouble(self) -> str | None:
        """Why somebody would not know where they are."""
        if not self.isMarked:
            return f"the focus does not show on {self.name}"
        return None if self.isSeen else f"something hides {self.name}"


def press_tab(page: Page) -> Stop:
    page.keyboard.press("Tab")
    return Stop(**page.evaluate(_LOOK))


def troubles(page: Page) -> list[str]:
    """Go through the whole page with the tab key. What would keep somebody from doing so."""
    found, last, again = [], -1, 0
    for _ in range(MOST_STOPS):
        stop = press_tab(page)
        again = again + 1 if stop.number == last else 0
        if stop.number < last:
            break  # from the last one it leads to the first one again
        if again == STOPS_IN_ONE:
            found.append(f"the tab key does not leave {stop.name}")
            break
        if stop.trouble and not again:
            found.append(stop.trouble)
        last = stop.number
    return found + [f"the tab key does not come to {it}" for it in page.evaluate(_LEFT_OUT)]
