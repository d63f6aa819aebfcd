// Keeps the count of a letter fresh while its page is open. The number stands in the page without this script; the
// server's words and plural forms come along in data attributes, so that no sentence is written twice.

const EVERY = 5_000;
const SLOWEST = 120_000;
const PATIENCE = 10_000;

const place = document.querySelector("[data-count-url]");
if (place) keepFresh(place);

function keepFresh(place) {
  let failures = 0;
  let timer = 0;

  async function look() {
    try {
      const facts = await fetchFacts(place.dataset.countUrl);
      if (differs(place, facts)) show(place, facts);
      if (isListOld(place)) await renewList(place);
      failures = 0;
    } catch {
      failures += 1;
    }
    plan();
  }

  function plan() {
    clearTimeout(timer);
    if (document.hidden) return;
    const wait = Math.min(EVERY * 2 ** failures, SLOWEST);
    // Pages that were opened at the same moment must not ask at the same moment for ever.
    timer = setTimeout(look, wait * (0.8 + 0.4 * Math.random()));
  }

  document.addEventListener("visibilitychange", () => {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(look, 300 * Math.random());
  });
  plan();
}

async function fetchFacts(address) {
  // "no-cache" asks with If-None-Match whenever the browser holds an answer already.
  const response = await fetch(address, {
    cache: "no-cache",
    credentials: "omit",
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (!response.ok) throw new Error(`count: ${response.status}`);
  return response.json();
}

function differs(place, facts) {
  const shown = place.dataset;
  return ["count", "named", "countries"].some((name) => Number(shown[name]) !== facts[name]);
}

function show(place, facts) {
  for (const name of ["count", "named", "countries"]) place.dataset[name] = facts[name];
  const headline = place.querySelector("[data-headline]");
  headline.replaceChildren(...sentence(JSON.parse(place.dataset.words), facts));
  // Once, in the reader's own time: the element is a polite live region.
  place.querySelector("[data-said]").textContent = headline.textContent;
  const progress = place.querySelector("[data-progress]");
  if (progress) progress.value = facts.count;
}

/** The headline as nodes: the first number stands out, all else is text. */
function sentence(words, facts) {
  const rules = new Intl.PluralRules(document.documentElement.lang);
  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, words.separator);
  const phrase = (name, number) => words[name][rules.select(number)] ?? words[name].other;
  const number = document.createElement("strong");
  number.textContent = grouped(facts.count);
  const parts = {
    "{organisations}": phrase("organisations", facts.count)
      .split(/(\{n\})/)
      .map((piece) => (piece === "{n}" ? number : piece)),
    "{named}": [phrase("named", facts.named).replace("{n}", grouped(facts.named))],
    "{countries}": [phrase("countries", facts.countries).replace("{n}", grouped(facts.countries))],
  };
  return words.sentences[kind(facts)].split(/(\{\w+\})/).flatMap((piece) => parts[piece] ?? [piece]);
}

function kind(facts) {
  if (facts.count === 0) return "none";
  if (facts.named === 0) return "unnamed";
  return facts.named === facts.count ? "all" : "some";
}

function isListOld(place) {
  const list = document.getElementById("signatory-list").dataset;
  return list.named !== place.dataset.named || list.countries !== place.dataset.countries;
}

/** Takes the list out of a fresh copy of this page, once that copy tells the same as the count. */
async function renewList(place) {
  const response = await fetch(location.pathname + location.search, {
    cache: "no-cache",
    credentials: "omit",
    signal: AbortSignal.timeout(PATIENCE),
  });
  if (!response.ok) return;
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const list = page.getElementById("signatory-list");
  const isFresh = list?.dataset.named === place.dataset.named && list.dataset.countries === place.dataset.countries;
  if (isFresh) document.getElementById("signatory-list").replaceWith(list);
}
