"""Looks at pages as they are opened: axe-core's findings, and whether anything makes them wider than a screen."""

from axe_playwright_python.sync_playwright import Axe

# Here style sheets come as they are written, and axe would copy what they import into the page, which its content policy
# forbids. The one rule that needs the copy, about screens that don't turn, is held by tests/test_design.py.
ALL_RULES = {"resultTypes": ["violations"], "preload": {"assets": ["media"]}}
# 320 px is also what is left of a screen of 1280 px at 400 %.
WIDTHS = (320, 390, 768, 1280)


def violations(page):
    found = Axe().run(page, options=ALL_RULES).response["violations"]
    return [(each["id"], [node["html"] for node in each["nodes"]]) for each in found]


def overflow(page, widths=WIDTHS):
    """How wide the page is where it is wider than its window, by the window's width; leaves the window as it was."""
    before, found = page.viewport_size, {}
    for width in widths:
        page.set_viewport_size({"width": width, "height": before["height"]})
        if (wide := page.evaluate("document.documentElement.scrollWidth")) > width:
            found[width] = wide
    page.set_viewport_size(before)
    return found


class Look:
    """`look(name)` at what `page` shows, or `look(name, path)`. `problems` is empty when all is well, `seen` has the headings."""

    def __init__(self, page):
        self.page, self.seen, self.problems = page, {}, {}

    def __call__(self, name, path=None):
        if path is not None:
            self.page.goto(path)
        self.seen[name] = self.page.locator("h1").first.inner_text()
        if found := [*violations(self.page), *overflow(self.page).items()]:
            self.problems[name] = found
