// The technician's page: forms become bookings that wait on the phone until they are sent.
(() => {
  const top = document.querySelector("[data-phone]");
  const box = document.getElementById("outbox");
  if (!top || !box || !("indexedDB" in window)) return;
  const queue = window.longmarkQueue;
  const { person, worker, home } = top.dataset;
  const unit = document.querySelector("[data-unit]");
  const EVERY_MS = 20000;
  const VISITED = "longmark-phone-visited";
  let stopped = "";

  // ---- what waits, what was booked, what was refused
  const stateOf = (booking) => {
    if (booking.state !== "waiting") return box.dataset[booking.state];
    if (booking.person !== person) return box.dataset.other;
    if (stopped === "signin") return box.dataset.signin;
    return stopped ? box.dataset.waiting : box.dataset.sending;
  };
  const row = (booking) => {
    const line = box.querySelector("template[data-row]").content.cloneNode(true).firstElementChild;
    line.dataset.state = booking.state;
    line.querySelector("[data-told]").textContent = booking.told;
    line.querySelector("[data-when]").textContent = new Date(booking.at).toLocaleString(document.documentElement.lang);
    line.querySelector("[data-state]").textContent = stateOf(booking);
    line.querySelector("[data-why]").textContent = booking.why;
    line.querySelector("[data-acts]").hidden = booking.state !== "refused" || booking.person !== person;
    line.querySelector("[data-again]").addEventListener("click", async () => { await queue.again(booking.key); await send(); });
    line.querySelector("[data-drop-it]").addEventListener("click", async () => { await queue.drop(booking.key); await show(); });
    return line;
  };
  const show = async () => {
    const bookings = await queue.all();
    box.hidden = !bookings.length;
    box.querySelector("[data-list]").replaceChildren(...bookings.reverse().map(row));
    const waits = bookings.some((each) => each.state === "waiting" && each.person === person);
    box.querySelector("[data-signin-note]").hidden = stopped !== "signin" || !waits;
    box.querySelector("[data-send-now]").hidden = !waits || !stopped;
    const isSent = bookings.some((each) => each.state === "sent" && unit && each.unit === unit.dataset.unit && each.doneAt > performance.timeOrigin);
    box.querySelector("[data-reload]").hidden = !isSent;
    return waits;
  };
  const tellConnection = () => {
    const isOff = !navigator.onLine || stopped === "offline";
    document.querySelectorAll("[data-offline]").forEach((note) => { note.hidden = !isOff; });
  };
  const send = async () => {
    stopped = "";
    await show();
    stopped = await queue.send(person, show);
    await show();
    tellConnection();
  };

  // ---- forms
  const day = () => {
    const now = new Date();
    return `${now.getFullYear()}-${String(now.getMonth() + 1).padStart(2, "0")}-${String(now.getDate()).padStart(2, "0")}`;
  };
  const sayings = (form) => {
    const says = {};
    for (const [name, value] of new FormData(form)) if (name.startsWith("says:") && value.trim()) says[name.slice(5)] = value.trim();
    const other = form.querySelector("[data-parameter-name]")?.value.trim();
    const its = form.querySelector("[data-parameter-value]")?.value.trim();
    if (other && its) says[other] = its;
    return says;
  };
  const book = async (form) => {
    const stated = new FormData(form);
    const says = sayings(form);
    if (!Object.keys(says).length) return;
    const isRemoval = stated.get("event") === "swapped" && Object.values(says).includes("empty");
    const body = { event: isRemoval ? "removed" : stated.get("event"), date: stated.get("date"), evidence: stated.get("evidence"), source: stated.get("source") || "technician's page", says };
    const what = Object.entries(says).map(([name, value]) => `${name}: ${value}`).join(", ");
    const word = form.closest("details").querySelector("summary span").textContent;
    await queue.add({ person, unit: unit.dataset.unit, path: form.dataset.booking, body, told: `${unit.dataset.serial}, ${word}: ${what}` });
    form.reset();
    form.closest("details").open = false;
  };
  // A photo goes out as large as it must be to be read, which also leaves behind what the phone wrote into it.
  const LONG_SIDE = 2560;
  const SMALL_BYTES = 400000;
  const shrunk = async (file) => {
    if (file.size <= SMALL_BYTES) return file;
    try {
      const picture = await createImageBitmap(file, { imageOrientation: "from-image" });
      const scale = Math.min(1, LONG_SIDE / Math.max(picture.width, picture.height));
      const canvas = document.createElement("canvas");
      canvas.width = Math.round(picture.width * scale);
      canvas.height = Math.round(picture.height * scale);
      canvas.getContext("2d").drawImage(picture, 0, 0, canvas.width, canvas.height);
      const made = await new Promise((resolve) => canvas.toBlob(resolve, "image/jpeg", 0.85));
      return made && made.size < file.size ? made : file;
    } catch {
      return file;
    }
  };
  const keepPhoto = async (form) => {
    const stated = new FormData(form);
    const note = stated.get("note").trim();
    const path = `${form.dataset.photo}?${new URLSearchParams({ note, taken_on: day() })}`;
    const word = form.closest("details").querySelector("summary span").textContent;
    const told = [`${unit.dataset.serial}, ${word}`, note].filter(Boolean).join(": ");
    await queue.add({ person, unit: unit.dataset.unit, path, file: await shrunk(stated.get("file")), told });
    form.reset();
    form.closest("details").open = false;
  };
  document.addEventListener("submit", async (event) => {
    const form = event.target.closest("[data-booking], [data-photo]");
    if (!form) return;
    event.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      await (form.matches("[data-photo]") ? keepPhoto(form) : book(form));
    } catch {
      window.alert(box.dataset.full);
    }
    button.disabled = false;
    await send();
    box.scrollIntoView({ block: "nearest" });
  });

  // ---- units that were opened here, so that they are found again without network
  const visited = () => { try { return JSON.parse(localStorage.getItem(VISITED)) || []; } catch { return []; } };
  const remember = () => {
    if (!unit) return;
    const { serial, item } = unit.dataset;
    const others = visited().filter((each) => each.path !== location.pathname && each.person === person);
    try { localStorage.setItem(VISITED, JSON.stringify([{ path: location.pathname, serial, item, person }, ...others].slice(0, 30))); } catch { /* no room: the list is a convenience */ }
  };
  const listVisited = () => {
    const area = document.querySelector("[data-visited]");
    const mine = visited().filter((each) => each.person === person);
    if (!area || !mine.length) return;
    const lines = mine.map((each) => {
      const line = area.querySelector("template").content.cloneNode(true).firstElementChild;
      line.querySelector("a").href = each.path;
      line.querySelector("span").textContent = each.serial;
      line.querySelector("small").textContent = each.item;
      return line;
    });
    area.querySelector("[data-visited-list]").replaceChildren(...lines);
    area.hidden = false;
  };
  // Without network a number that was opened before leads to its page.
  document.querySelector("[data-find]")?.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault();
    const folded = (text) => text.replace(/[\s]/g, "").toUpperCase();
    const found = visited().find((each) => folded(each.serial) === folded(event.target.elements.text.value));
    if (found) location.assign(found.path);
    else tellConnection();
  });

  document.querySelectorAll("[data-today]").forEach((field) => {
    const today = day();
    field.max = today;
    field.defaultValue = field.value = today;
  });
  window.addEventListener("online", () => { tellConnection(); send(); });
  window.addEventListener("offline", tellConnection);
  box.querySelector("[data-send-now]").addEventListener("click", send);
  setInterval(async () => { if (document.visibilityState === "visible" && navigator.onLine && (await show())) await send(); }, EVERY_MS);

  // The first page is opened before the worker rules it: it is fetched once more, to be kept.
  const keepThis = () => [location.pathname, home].forEach((path) => fetch(path, { headers: { "X-Keep": "1" } }).catch(() => undefined));
  const keepShell = () => [...document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]")].forEach((each) => fetch(each.href || each.src).catch(() => undefined));
  navigator.serviceWorker?.addEventListener("controllerchange", () => { keepThis(); keepShell(); });
  navigator.serviceWorker?.register(worker, { scope: home });
  remember();
  listVisited();
  tellConnection();
  send();
})();
