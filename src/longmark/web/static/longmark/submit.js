// A field marked data-submit sends its form as soon as it changes: filters, the day of a unit.
// A button that was pressed shows that it works, and cannot be pressed twice.
(() => {
  document.addEventListener("change", (event) => {
    if (event.target.matches("[data-submit]") && event.target.value !== undefined) {
      event.target.form?.requestSubmit();
    }
  });
  document.addEventListener("submit", (event) => {
    const button = event.submitter;
    if (!button?.matches("[data-busy]")) return;
    button.setAttribute("aria-busy", "true");
    setTimeout(() => { button.disabled = true; }, 0);
  });
  // A page from the back-forward cache comes back with its buttons usable.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll("[data-busy][aria-busy]").forEach((button) => {
      button.removeAttribute("aria-busy");
      button.disabled = false;
    });
  });
})();
