// A file field marked data-drop takes a dropped file and says its name.
(() => {
  const zoneOf = (event) => event.target.closest?.("[data-drop]");
  const show = (zone) => {
    const names = [...zone.querySelector("input").files].map((file) => file.name);
    if (names.length) zone.querySelector("[data-drop-name]").textContent = names.join(", ");
  };

  document.addEventListener("dragover", (event) => {
    const zone = zoneOf(event);
    if (!zone) return;
    event.preventDefault();
    zone.dataset.over = "";
  });
  document.addEventListener("dragleave", (event) => {
    const zone = zoneOf(event);
    if (zone && !zone.contains(event.relatedTarget)) delete zone.dataset.over;
  });
  document.addEventListener("drop", (event) => {
    const zone = zoneOf(event);
    if (!zone) return;
    event.preventDefault();
    delete zone.dataset.over;
    zone.querySelector("input").files = event.dataTransfer.files;
    show(zone);
  });
  document.addEventListener("change", (event) => {
    const zone = zoneOf(event);
    if (zone) show(zone);
  });
})();
