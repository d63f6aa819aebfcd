// On somebody else's page: <script src="…/static/js/embed.js" data-letter="https://…/en/letter/" async></script>
// Puts the letter's block where the script stands and keeps it as high as it says. Its name is for ever: pages out there
// have it in their text. No cookie, no request but the block itself.

(() => {
  const TALLEST = 20_000;
  const script = document.currentScript;
  const site = new URL(script.src).origin;
  const letter = new URL(script.dataset.letter, script.src);
  // A pasted line can't be made to show another site's page as if it were the letter.
  if (letter.origin !== site) return;

  const frame = document.createElement("iframe");
  frame.src = new URL("embed/", letter).href;
  frame.title = script.dataset.title || "Open letter";
  frame.loading = "lazy";
  frame.style.cssText = "display:block;inline-size:100%;block-size:16rem;border:0;color-scheme:light dark";

  window.addEventListener("message", (event) => {
    if (event.origin !== site || event.source !== frame.contentWindow) return;
    if (event.data?.undersigned !== "height") return;
    const height = Number(event.data.height);
    if (height > 0 && height <= TALLEST) frame.style.blockSize = `${Math.ceil(height)}px`;
  });
  script.after(frame);
})();
