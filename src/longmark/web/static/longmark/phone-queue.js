// The bookings of this phone: kept in the browser until the server has answered each of them.
// Each has a key of its own, which goes along: sent twice, it is booked once.
window.longmarkQueue = (() => {
  const STORE = "bookings";
  const KEPT_AFTERWARDS_MS = 24 * 3600 * 1000;

  const open = () => new Promise((resolve, reject) => {
    const asked = indexedDB.open("longmark-phone", 1);
    asked.onupgradeneeded = () => asked.result.createObjectStore(STORE, { keyPath: "key" });
    asked.onsuccess = () => resolve(asked.result);
    asked.onerror = () => reject(asked.error);
  });
  const inStore = async (mode, act) => {
    const database = await open();
    try {
      return await new Promise((resolve, reject) => {
        const transaction = database.transaction(STORE, mode);
        const asked = act(transaction.objectStore(STORE));
        transaction.oncomplete = () => resolve(asked?.result);
        transaction.onerror = transaction.onabort = () => reject(transaction.error);
      });
    } finally {
      database.close();
    }
  };
  const put = (booking) => inStore("readwrite", (store) => store.put(booking));
  const drop = (key) => inStore("readwrite", (store) => store.delete(key));
  const all = async () => (await inStore("readonly", (store) => store.getAll())).sort((one, other) => one.at - other.at);

  const newKey = () => [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  const cookie = (name) => document.cookie.split("; ").find((each) => each.startsWith(`${name}=`))?.slice(name.length + 1) || "";

  const add = async (booking) => {
    await put({ ...booking, key: newKey(), at: Date.now(), state: "waiting", why: "" });
  };
  const again = async (key) => {
    const booking = (await all()).find((each) => each.key === key);
    if (!booking) return;
    await drop(key);
    await put({ ...booking, key: newKey(), state: "waiting", why: "" });
  };

  const request = (booking) => {
    const headers = { "Idempotency-Key": booking.key, "X-CSRFToken": cookie("csrftoken"), Accept: "application/json" };
    if (booking.file) {
      const form = new FormData();
      form.append("file", booking.file, "photo");
      return { method: "POST", headers, body: form, credentials: "same-origin" };
    }
    return { method: "POST", headers: { ...headers, "Content-Type": "application/json" }, body: JSON.stringify(booking.body), credentials: "same-origin" };
  };

  // What an answer means: sent, refused for good, or not now.
  const outcome = async (response) => {
    if (response.ok) return { state: "sent", why: "" };
    if (response.status === 401 || response.redirected) return { stop: "signin" };
    if (response.status >= 500 || response.status === 429 || response.headers.has("Retry-After")) return { stop: "later" };
    const problem = await response.json().catch(() => ({}));
    return { state: "refused", why: problem.detail || `${response.status}` };
  };

  const sendOne = async (booking) => {
    let response;
    try {
      response = await fetch(booking.path, request(booking));
    } catch {
      return { stop: "offline" };
    }
    const found = await outcome(response);
    if (found.state) await put({ ...booking, ...found, file: found.state === "sent" ? undefined : booking.file, doneAt: Date.now() });
    return found;
  };

  // Sends what waits, in the order in which it was booked, until something says: not now.
  const send = async (person, changed) => {
    const act = async () => {
      const now = Date.now();
      for (const booking of await all()) {
        if (booking.state === "sent" && now - booking.doneAt > KEPT_AFTERWARDS_MS) await drop(booking.key);
        if (booking.state !== "waiting" || booking.person !== person) continue;
        const found = await sendOne(booking);
        await changed();
        if (found.stop) return found.stop;
      }
      return "";
    };
    if (!navigator.locks) return act();
    return navigator.locks.request("longmark-phone-send", { ifAvailable: true }, (lock) => (lock ? act() : ""));
  };

  return { add, again, all, drop, send };
})();
