// Search results under the box: arrows choose, Enter opens, Escape closes.
(() => {
  const box = document.querySelector("[data-palette]");
  if (!box) return;
  const palette = document.getElementById(box.dataset.palette);
  const links = () => [...palette.querySelectorAll("li a")];
  const chosen = () => links().findIndex((link) => link.getAttribute("aria-selected") === "true");

  const choose = (number) => {
    links().forEach((link, place) => link.setAttribute("aria-selected", String(place === number)));
    links()[number]?.scrollIntoView({ block: "nearest" });
  };
  const close = () => palette.replaceChildren();

  box.addEventListener("keydown", (event) => {
    const count = links().length;
    if (event.key === "Escape") close();
    if (!count) return;
    if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      event.preventDefault();
      choose((chosen() + (event.key === "ArrowDown" ? 1 : count - 1) + (chosen() < 0 && event.key === "ArrowUp" ? 1 : 0)) % count);
    }
    if (event.key === "Enter" && chosen() >= 0) {
      event.preventDefault();
      links()[chosen()].click();
    }
  });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("search")) close();
  });
})();
