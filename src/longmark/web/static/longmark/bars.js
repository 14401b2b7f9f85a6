// Bars of links that are wider than a phone begin where the reader is.
(() => {
  const show = () =>
    document.querySelectorAll(".nav, .tabs").forEach((bar) => {
      const here = bar.querySelector("[aria-current]");
      if (here && bar.scrollWidth > bar.clientWidth)
        bar.scrollLeft = here.offsetLeft - bar.offsetLeft - (bar.clientWidth - here.offsetWidth) / 2;
    });

  show();
  document.addEventListener("htmx:afterSettle", show);
})();
