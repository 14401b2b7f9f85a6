// The summary of a refused form takes the focus, on a new page and after a swap.
(() => {
  const focus = (root) => root.querySelector?.("[data-focus]")?.focus();

  focus(document);
  document.addEventListener("htmx:afterSwap", (event) => focus(event.target));
})();
