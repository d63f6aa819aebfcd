"""Walks with the Tab key and looks, at each stop, whether one can see where one is."""

# Empty when the focus can be seen: it has a mark, and the beginning of its element is in the window with nothing on top.
TROUBLE = """() => {
  const at = document.activeElement;
  if (at === document.body) return "";
  const name = at.outerHTML.slice(0, 120);
  if (at.closest(".trap")) return `a person never gets here: ${name}`;
  const style = getComputedStyle(at);
  if (style.outlineStyle === "none" && style.boxShadow === "none") return `no mark: ${name}`;
  const box = at.getClientRects()[0];
  const x = box.left + Math.min(box.width / 2, 20);
  const y = box.top + Math.min(box.height / 2, 12);
  const top = document.elementFromPoint(x, y);
  const labels = [...(at.labels ?? [])];
  const is_seen = top && (at.contains(top) || top.contains(at) || labels.some((label) => label.contains(top)));
  return is_seen ? "" : `hidden under ${top?.outerHTML.slice(0, 80)}: ${name}`;
}"""
MOST_STOPS = 150


def press(page, key):
    """One key that moves the focus."""
    page.keyboard.press(key)
    trouble = page.evaluate(TROUBLE)
    assert not trouble, trouble


def tab_to(page, locator, key="Tab"):
    """Tab after Tab until `locator` has the focus, which could be seen all the way."""
    for _ in range(MOST_STOPS):
        if locator.evaluate("element => element === document.activeElement"):
            return
        press(page, key)
    raise AssertionError(f"{locator} can't be reached with the {key} key")


def walk_all(page):
    """Through every stop of the page, to its end; how many there were."""
    stops = page.locator("a[href], button, input:not([type=hidden]), select, textarea, summary").count()
    for _ in range(stops):
        press(page, "Tab")
    return stops
