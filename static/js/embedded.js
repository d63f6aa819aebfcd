// Tells the page around this block how high the block is, and nothing else. It runs only inside the frame of embed.js.

if (window.parent !== window) {
  let told = 0;
  const tell = () => {
    const height = Math.ceil(document.documentElement.getBoundingClientRect().height);
    if (height === told) return;
    told = height;
    // Whoever frames the block may know its height: "*" gives away nothing that it doesn't see.
    window.parent.postMessage({ undersigned: "height", height }, "*");
  };
  new ResizeObserver(tell).observe(document.documentElement);
  tell();
}
