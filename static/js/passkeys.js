// Asks the browser for a passkey and sends its answer with the form. webauthn-json.js turns bytes into text and back.
// A form says in data-passkey whether one is made ("create") or used ("get"), and in data-options on what terms; without
// those it fetches them from its own address.
(() => {
  "use strict";
  if (!window.PublicKeyCredential) return;

  for (const form of document.querySelectorAll("form[data-passkey]")) {
    form.hidden = false;
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      answer(form).then(
        (credential) => {
          form.elements.credential.value = JSON.stringify(credential);
          form.submit();
        },
        () => { form.querySelector("[data-failed]").hidden = false; },
      );
    });
  }

  async function answer(form) {
    form.querySelector("[data-failed]").hidden = true;
    const options = form.dataset.options ? JSON.parse(form.dataset.options) : await fetchOptions(form);
    if (form.dataset.passkey === "get") return webauthnJSON.get(options);
    const terms = options.publicKey.authenticatorSelection;
    const alone = form.elements.passwordless.checked;
    terms.residentKey = alone ? "required" : "discouraged";
    terms.requireResidentKey = alone;
    if (alone) terms.userVerification = "required";
    return webauthnJSON.create(options);
  }

  async function fetchOptions(form) {
    const response = await fetch(form.getAttribute("action"), { headers: { Accept: "application/json" } });
    if (!response.ok) throw new Error(`passkey: ${response.status}`);
    return (await response.json()).request_options;
  }
})();
