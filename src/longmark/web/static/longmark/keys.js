// Keys: "/" focuses the search, "?" opens the list of keys, "g" and a letter goes to a place.
(() => {
  const places = { d: "/", v: "/vulnerabilities/", p: "/items/", r: "/releases/", u: "/units/", i: "/imports/" };
  let going = false;

  const open = (id) => document.getElementById(id)?.showModal();
  const isTyping = (target) => target.closest("input, textarea, select, [contenteditable]");

  document.addEventListener("click", (event) => {
    const opener = event.target.closest("[data-keys]");
    if (opener) open(opener.dataset.keys);
  });

  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || isTyping(event.target)) return;
    if (going && places[event.key]) window.location.assign(places[event.key]);
    going = event.key === "g";
    if (event.key === "?") open("keys");
    if (event.key === "/") {
      event.preventDefault();
      document.querySelector("[data-search]")?.focus();
    }
  });
})();
