// Keeps the technician's pages for when there is no network: what answers comes first, what was kept second.
const SHELL = "longmark-phone-shell";
const PAGES = "longmark-phone-pages"; // the name is also in leaving.js
const HOME = new URL("./", self.location).pathname;
const PATIENCE_MS = 6000;
const PAGES_KEPT = 60;

self.addEventListener("install", (event) => {
  event.waitUntil(self.skipWaiting());
});
self.addEventListener("activate", (event) => {
  event.waitUntil(self.clients.claim());
});

const isPage = (request, url) => request.method === "GET" && (request.mode === "navigate" || request.headers.get("X-Keep")) && url.pathname.startsWith(HOME) && !url.pathname.endsWith(".js");
const isShell = (request, url) => request.method === "GET" && url.pathname.startsWith("/static/");

const keep = async (name, key, response, limit) => {
  const cache = await caches.open(name);
  await cache.delete(key, { ignoreSearch: true });
  await cache.put(key, response);
  const keys = await cache.keys();
  await Promise.all(keys.slice(0, Math.max(0, keys.length - limit)).map((old) => cache.delete(old)));
};

const answered = (request, patience) => {
  const stop = new AbortController();
  const timer = setTimeout(() => stop.abort(), patience);
  return fetch(request, { signal: stop.signal }).finally(() => clearTimeout(timer));
};

const page = async (event, url) => {
  try {
    const response = await answered(event.request, PATIENCE_MS);
    const last = new URL(response.url || url).pathname;
    // A page behind a redirect is kept under its own name; a sign-in page means that the session is over.
    if (response.redirected && !last.startsWith(HOME)) await caches.delete(PAGES);
    else if (response.ok && !response.redirected) {
      const name = url.pathname === HOME ? SHELL : PAGES;
      event.waitUntil(keep(name, url.pathname, response.clone(), PAGES_KEPT));
    }
    return response;
  } catch {
    const kept = (await caches.match(url.pathname)) || (await caches.match(HOME));
    return kept || Response.error();
  }
};

const shell = async (event, url) => {
  const kept = await caches.match(url.pathname);
  const fresh = fetch(event.request).then((response) => {
    if (response.ok) event.waitUntil(keep(SHELL, url.pathname, response.clone(), PAGES_KEPT));
    return response;
  });
  if (!kept) return fresh;
  event.waitUntil(fresh.catch(() => undefined));
  return kept;
};

self.addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== self.location.origin) return;
  if (isPage(event.request, url)) event.respondWith(page(event, url));
  else if (isShell(event.request, url)) event.respondWith(shell(event, url));
});
