// Keys for whoever works without a mouse. What has a key says so itself in aria-keyshortcuts; "?" lists what this page offers.
// A key works while nothing is being typed, and whoever dictates or leans on the keyboard can turn them all off (WCAG 2.1.4).
(() => {
  "use strict";
  const OFF = "shortcuts off";
  const list = document.getElementById("shortcuts");
  if (!list) return;
  const keyed = () => [...document.querySelectorAll("[aria-keyshortcuts]")].filter((each) => each.checkVisibility());
  const isOff = () => localStorage.getItem(OFF) === "yes";

  const opener = document.getElementById("shortcuts-open");
  opener.hidden = false;
  opener.addEventListener("click", show);
  const toggle = list.querySelector("input");
  toggle.checked = !isOff();
  toggle.addEventListener("change", () => localStorage.setItem(OFF, toggle.checked ? "no" : "yes"));

  document.addEventListener("keydown", (event) => {
    const field = event.target.closest("textarea, select, input:not([type=checkbox], [type=radio], [type=submit])");
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey) && field?.form) {
      event.preventDefault();
      field.form.requestSubmit();
      return;
    }
    if (event.key === "Escape" && field) field.blur();
    if (field || list.open || isOff() || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "?") {
      event.preventDefault();
      show();
      return;
    }
    const wanted = keyed().find((each) => each.getAttribute("aria-keyshortcuts").toLowerCase() === event.key);
    if (wanted) use(wanted);
    else if (!inList(event.key)) return;
    event.preventDefault();
  });

  function use(element) {
    if (element.matches("summary")) {
      element.parentElement.open = true;
      (element.parentElement.querySelector("textarea, select, input:not([type=hidden])") || element).focus();
    } else if (element.matches("input[type=checkbox], button, a")) {
      element.focus();
      element.click();
    } else {
      element.focus();
    }
  }

  // In a list of cases: on to the next one or the one before, or open it (the first one, if none was chosen).
  function inList(key) {
    const links = [...document.querySelectorAll("#result_list tbody th a, table.cases tbody th a")];
    const at = links.indexOf(document.activeElement);
    if (!links.length || !["j", "k", "o"].includes(key)) return false;
    if (key === "o") links[Math.max(at, 0)].click();
    else links[at < 0 ? 0 : Math.min(Math.max(at + (key === "j" ? 1 : -1), 0), links.length - 1)].focus();
    return true;
  }

  function show() {
    const rows = list.querySelector("tbody");
    rows.querySelectorAll("tr.of-this-page").forEach((row) => row.remove());
    for (const element of keyed()) {
      const row = rows.insertRow(0);
      row.className = "of-this-page";
      const key = document.createElement("kbd");
      key.textContent = element.getAttribute("aria-keyshortcuts");
      row.insertCell().append(key);
      row.insertCell().textContent = element.dataset.does || element.textContent.trim();
    }
    list.showModal();
  }
})();
