// Keeps what is typed into a note, in this tab alone, until it has arrived: an idle log-out or a refusal loses nothing.
// Forms are marked with data-keep, which holds the number of the account: nobody finds a colleague's words.
(() => {
  "use strict";
  const PREFIX = "kept ";
  const SENT = "sent form";
  const storage = sessionStorageOrNothing();
  if (!storage) return;

  const forms = [...document.querySelectorAll("form[data-keep]")];
  const pathOf = (form) => new URL(form.getAttribute("action") || "", location.href).pathname;
  const start = (form) => `${PREFIX}${form.dataset.keep} ${pathOf(form)} `;

  // The server says with a message of success that the form which was sent last has arrived.
  const sent = storage.getItem(SENT);
  storage.removeItem(SENT);
  if (sent && document.querySelector(".messagelist .success")) forget((key) => key.startsWith(sent));
  if (forms.length) forget((key) => !key.startsWith(`${PREFIX}${forms[0].dataset.keep} `));

  for (const form of forms) {
    for (const field of form.querySelectorAll("textarea, input[type=text]")) keep(field, start(form) + field.name);
    form.addEventListener("submit", () => storage.setItem(SENT, start(form)));
  }
  document.getElementById("logout-form")?.addEventListener("submit", () => forget(() => true));

  function keep(field, key) {
    const kept = storage.getItem(key);
    if (kept && !field.value) {
      field.value = kept;
      field.closest("details")?.setAttribute("open", "");
    }
    field.addEventListener("input", () => {
      if (field.value) storage.setItem(key, field.value);
      else storage.removeItem(key);
    });
  }

  function forget(wanted) {
    for (const key of Object.keys(storage)) if (key.startsWith(PREFIX) && wanted(key)) storage.removeItem(key);
  }

  function sessionStorageOrNothing() {
    try {
      return window.sessionStorage;
    } catch {
      return null; // a browser that keeps nothing for anybody
    }
  }
})();
