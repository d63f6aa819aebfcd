// The staff's pages work without this. It adds buttons that copy a domain, so that nobody opens a stranger's page by a slip,
// and puts the words of a chosen question into the field, unless something else stands there.
(() => {
  "use strict";
  if (!navigator.clipboard) return;
  for (const button of document.querySelectorAll("button[data-copy]")) {
    const words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(button.dataset.copy);
      button.textContent = button.dataset.done;
      setTimeout(() => { button.textContent = words; }, 1500);
    });
  }
})();
(() => {
  "use strict";
  for (const choice of document.querySelectorAll("select[data-fills]")) {
    const field = document.getElementById(choice.dataset.fills);
    const prepared = [...choice.options].map((option) => option.dataset.words);
    choice.addEventListener("change", () => {
      if (prepared.includes(field.value.trim())) field.value = choice.selectedOptions[0].dataset.words;
    });
  }
})();
