// Whoever signs out leaves no pages of units behind. What waits to be sent stays: it is that person's work.
(() => {
  document.addEventListener("submit", (event) => {
    const action = event.target.getAttribute?.("action") || "";
    if (action.includes("/logout/") && "caches" in window) caches.delete("longmark-phone-pages");
  });
})();
