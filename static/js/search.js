// Sends the search of the list while one types, and puts what was found in the place of what was there. The form works
// without this script; the address stays that of what is shown, so that "back" and a shared link find the same.

const REST = 250;
const PATIENCE = 10_000;

const form = document.querySelector("[data-search]");
if (form) follow(form);

function follow(form) {
  let timer = 0;
  let asked = null;

  async function search() {
    asked?.abort();
    const mine = (asked = new AbortController());
    const query = queryOf(form);
    const address = query ? `${form.action}?${query}` : form.action;
    try {
      const page = await fetchPage(address, mine.signal);
      if (mine !== asked) return;
      show(form, page);
      history.replaceState(history.state, "", address);
    } catch {
      // Too slow, or offline: what was there stays, and Enter sends the form as without script.
    }
  }

  function soon(wait) {
    clearTimeout(timer);
    timer = setTimeout(search, wait);
  }

  form.addEventListener("input", (event) => soon(event.target.name === "q" ? REST : 0));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    soon(0);
  });
}

/** What was typed and chosen, without what was left empty. */
function queryOf(form) {
  const given = [...new FormData(form)].filter(([, value]) => value.trim());
  return new URLSearchParams(given).toString();
}

async function fetchPage(address, signal) {
  const response = await fetch(address, {
    credentials: "omit",
    signal: AbortSignal.any ? AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]) : signal,
  });
  if (!response.ok) throw new Error(`search: ${response.status}`);
  return new DOMParser().parseFromString(await response.text(), "text/html");
}

function show(form, page) {
  const found = page.getElementById("found");
  if (!found) return;
  document.getElementById("found").replaceWith(found);
  form.querySelector("[data-search-said]").textContent = found.querySelector("[data-found]")?.textContent ?? "";
}
