// Keeps the phone's pages on the phone, so that they open without a signal, and sends waiting notes when the browser wakes
// it. It answers only for what stands on the build's list; everything else goes to the network as if it were not here.
import { FILES, PAGES, VERSION } from "./kept.js"; // made by the build: sgapp/ui/offline.py
import { flush } from "./outbox.js";

const OURS = "visit-notes-pages-";
const CACHE = OURS + VERSION;
const ASSETS = "/assets/"; // named by their content, so any version's copy is the right one

// The hashes make a version whole or not there at all: a file of another version, or the login page of some Wi-Fi, is
// refused; then the old version stays, and the browser tries again later.
async function keepPages() {
  const cache = await caches.open(CACHE);
  await Promise.all(Object.entries(FILES).map(([path, integrity]) => keep(cache, path, integrity)));
}

// What the browser has already is taken, unless it is not what the list says.
async function keep(cache, path, integrity) {
  const ask = (how) => fetch(path, { integrity, cache: how });
  const found = await ask(path.startsWith(ASSETS) ? "default" : "no-cache").catch(() => ask("reload"));
  if (!found.ok) throw new Error(`${path}: ${found.status}`);
  // A page runs by the policy it came with. In the middle of a deploy that may be the one of the version before.
  const policy = found.headers.get("content-security-policy") ?? "";
  if (path in PAGES && !policy.includes(PAGES[path])) throw new Error(`${path}: another policy`);
  await cache.put(path, found);
}

// The browser lets a new version in only when no page is left that the old one answers for. A page that none answered for
// (a forced reload) may still need its own version's files, so then they stay until the next version comes.
async function takeOver() {
  const open = await self.clients.matchAll({ type: "window", includeUncontrolled: true });
  const older = (await caches.keys()).filter((name) => name.startsWith(OURS) && name !== CACHE);
  if (!open.length) await Promise.all(older.map((name) => caches.delete(name)));
  await self.clients.claim();
}

// Our answers differ by origin and encoding only, which is nothing to a kept copy: hence ignoreVary.
async function find(path) {
  const same = { ignoreVary: true };
  const found = await (await caches.open(CACHE)).match(path, same);
  return found ?? (path.startsWith(ASSETS) ? caches.match(path, same) : undefined);
}

const answer = async (path, request) => (await find(path).catch(() => undefined)) ?? fetch(request);

self.addEventListener("install", (event) => event.waitUntil(keepPages()));
self.addEventListener("activate", (event) => event.waitUntil(takeOver()));

self.addEventListener("fetch", (event) => {
  const { request } = event;
  const { origin, pathname, search } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode !== "navigate") {
    if (pathname.startsWith(ASSETS) || (pathname in FILES && !(pathname in PAGES))) event.respondWith(answer(pathname, request));
  } else if (pathname in PAGES) event.respondWith(answer(pathname, request));
  else if (`${pathname}/` in PAGES) event.respondWith(Response.redirect(`${pathname}/${search}`, 307)); // as the server does
});

// Rejected while a note still waits, so that the browser wakes us again.
self.addEventListener("sync", (event) => {
  if (event.tag === "notes") event.waitUntil(flush().then((left) => (left ? Promise.reject(new Error("notes still wait")) : left)));
});

self.addEventListener("message", (event) => {
  if (event.data?.kind === "flush") event.waitUntil(flush().catch(() => undefined));
});

// A notice says that something waits and what it is called on the telephone, and no more: a locked screen lies on a table.
self.addEventListener("push", (event) => {
  const { title, text, reference, id } = event.data.json();
  event.waitUntil(self.registration.showNotification(title, { body: `${text} ${reference}`, tag: id, icon: "/icon-192.png" }));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow("/desk/"));
});
