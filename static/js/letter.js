// What a letter's page does for its reader beyond standing there: it keeps count and list fresh, tells the deadline in the
// reader's own time, and copies what one would otherwise select. All of it stands in the page without this script; the
// server's words and plural forms come along in data attributes, so that no sentence is written twice. One file: each is a
// request more for whoever is far away.

const EVERY = navigator.connection?.saveData ? 30_000 : 5_000;
// Pages that were opened at the same moment must not ask at the same moment for ever: from 0.8 to 1.1 times as long.
const SHORTEST = 0.8;
const SPREAD = 0.3;
const SLOWEST = 120_000;
const PATIENCE = 10_000;
// A new count sends every open page for the new list: not all of them at once.
const LIST_WITHIN = 2_000;
// On a launch day the count moves all the time; who listens to the page hears of it so often at most.
const SAID_EVERY = 30_000;
const LANGUAGE = document.documentElement.lang;

const place = document.querySelector("[data-count-url]");
if (place) keepFresh(place);
document.querySelectorAll("time[data-own]").forEach(tellOwnTime);
document.querySelectorAll("[data-copy]").forEach(offerCopy);
drawWhenIdle([...document.querySelectorAll(".native")]);

function keepFresh(place) {
  const say = announcer(place.querySelector("[data-said]"));
  let failures = 0;
  let timer = 0;

  async function look() {
    try {
      const { facts, heardAt } = await fetchFacts(place.dataset.countUrl);
      if (differs(place, facts)) say(show(place, facts));
      tellHeard(place, heardAt);
      failures = 0;
    } catch {
      failures += 1;
      tellSilence(place, failures > 1 || !navigator.onLine);
    }
    plan();
    // A list that doesn't come is asked for again beside the next count.
    if (failures === 0 && isListOld(place)) renewList(place).catch(() => {});
  }

  function plan(wait = Math.min(EVERY * 2 ** failures, SLOWEST) * (SHORTEST + SPREAD * Math.random())) {
    clearTimeout(timer);
    if (!document.hidden) timer = setTimeout(look, wait);
  }

  const soon = () => plan(300 * Math.random());
  document.addEventListener("visibilitychange", soon);
  addEventListener("pageshow", (event) => event.persisted && soon());
  addEventListener("online", soon);
  addEventListener("offline", () => tellSilence(place, true));
  plan();
}

async function fetchFacts(address) {
  // "no-cache" asks with If-None-Match whenever the browser holds an answer already.
  const response = await fetchFresh(address);
  const facts = await response.json();
  // The moment of the answer, not of its facts: an answer that says "unchanged" leaves the body that the browser holds.
  const sent = Date.parse(response.headers.get("Date") ?? facts.as_of);
  return { facts, heardAt: new Date(sent - 1000 * Number(response.headers.get("Age") ?? 0)) };
}

async function fetchFresh(address) {
  const signal = AbortSignal.timeout(PATIENCE);
  const response = await fetch(address, { cache: "no-cache", credentials: "omit", signal });
  if (!response.ok) throw new Error(`${address}: ${response.status}`);
  return response;
}

function differs(place, facts) {
  const shown = place.dataset;
  return ["count", "named", "countries"].some((name) => Number(shown[name]) !== facts[name]);
}

/** Returns the sentence that now stands there. */
function show(place, facts) {
  for (const name of ["count", "named", "countries"]) place.dataset[name] = facts[name];
  const headline = place.querySelector("[data-headline]");
  headline.replaceChildren(...sentence(JSON.parse(place.dataset.words), facts));
  const progress = place.querySelector("[data-progress]");
  if (progress) progress.value = facts.count;
  return headline.textContent;
}

/** Says each sentence once, in a polite live region; of several in quick succession only the last. */
function announcer(region) {
  let next = "";
  let timer = 0;

  function speak() {
    timer = 0;
    if (!next) return;
    region.textContent = next;
    next = "";
    timer = setTimeout(speak, SAID_EVERY);
  }

  return (words) => {
    next = words;
    if (!timer) speak();
  };
}

function tellHeard(place, moment) {
  tellSilence(place, false);
  const time = place.querySelector("[data-as-of]");
  if (!time || Number.isNaN(moment.getTime())) return;
  time.dateTime = moment.toISOString();
  time.querySelector("[data-day]").textContent = dayIn("UTC", moment);
  time.querySelector("[data-clock]").textContent = clockIn("UTC", moment);
}

function tellSilence(place, isSilent) {
  const words = place.querySelector("[data-silent]");
  if (words) words.hidden = !isSilent;
}

/** The headline as nodes: the first number stands out, all else is text. */
function sentence(words, facts) {
  const rules = new Intl.PluralRules(LANGUAGE);
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
  const list = document.getElementById("signatory-list")?.dataset;
  return Boolean(list) && (list.named !== place.dataset.named || list.countries !== place.dataset.countries);
}

/** Takes the list out of a fresh copy of this page, once that copy tells the same as the count. */
async function renewList(place) {
  await new Promise((resolve) => setTimeout(resolve, LIST_WITHIN * Math.random()));
  const asked = location.href;
  const response = await fetchFresh(asked);
  const page = new DOMParser().parseFromString(await response.text(), "text/html");
  const fresh = page.getElementById("signatory-list");
  const isFresh = fresh?.dataset.named === place.dataset.named && fresh.dataset.countries === place.dataset.countries;
  // Who has searched meanwhile keeps what was found.
  if (isFresh && asked === location.href) replaceKeepingFocus(document.getElementById("signatory-list"), fresh);
}

function replaceKeepingFocus(old, fresh) {
  // As tall at once as the one before: nothing may move under a reader. The fonts have been found by now.
  fresh.querySelectorAll(".native").forEach(draw);
  const address = old.contains(document.activeElement) ? document.activeElement.getAttribute("href") : null;
  old.replaceWith(fresh);
  if (address === null) return;
  const same = [...fresh.querySelectorAll("a")].find((link) => link.getAttribute("href") === address);
  fresh.tabIndex = -1; // where the line has gone, its list keeps the place
  (same ?? fresh).focus({ preventScroll: true });
}

/** Adds the reader's own time to a moment that stands there in the host's zone and in UTC, where it is another one. */
function tellOwnTime(time) {
  const moment = new Date(time.dateTime);
  // In minutes ahead of UTC. What a zone is called asks for no formatter, which a slow phone makes for milliseconds each.
  const own = -moment.getTimezoneOffset();
  const told = Number(time.dataset.ahead);
  if (own === told || own === 0) return;
  const day = (ahead) => Math.floor((moment / 60_000 + ahead) / 1440);
  const clock = clockIn(undefined, moment);
  const words = day(own) === day(told) ? clock : `${dayIn(undefined, moment)}, ${clock}`;
  time.append(` = ${time.dataset.own.replace("{time}", words)}`);
}

function dayIn(zone, moment) {
  return format({ dateStyle: "long", timeZone: zone }, moment);
}

function clockIn(zone, moment) {
  return format({ hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone: zone }, moment);
}

function format(options, moment) {
  // Latin digits, as the server writes them in every language; "en" as everywhere but in the United States.
  const language = LANGUAGE === "en" ? "en-GB" : LANGUAGE;
  return new Intl.DateTimeFormat(`${language}-u-nu-latn`, options).format(moment);
}

/** Shows a button that was of no use before, and lets it copy the text of what it names. */
function offerCopy(button) {
  const source = document.querySelector(button.dataset.copy);
  const said = button.parentElement.querySelector("[role=status]");
  if (!source) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    said.textContent = "";
    try {
      await navigator.clipboard.writeText(button.dataset.text ?? source.innerText.trim());
      said.textContent = button.dataset.copied;
    } catch {
      // Not allowed here: what was to be copied is selected, and the reader's own keys copy it.
      getSelection().selectAllChildren(source);
      said.textContent = button.dataset.selected;
    }
  });
}

/** Draws what names.css puts off: one after the other, so that nothing else waits for them. */
function drawWhenIdle(names) {
  const name = names.shift();
  if (!name) return;
  const idle = globalThis.requestIdleCallback ?? setTimeout;
  idle(() => {
    draw(name);
    drawWhenIdle(names);
  });
}

function draw(name) {
  name.classList.add("drawn");
}
