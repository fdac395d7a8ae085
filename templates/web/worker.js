/* Reading without a network. Pages the server marks with Cx-Offline are kept for a day and shown again while the
   network is away; whatever else is asked for then is answered by one page that says so. Nothing is sent later: a form
   that could not be sent stays on the screen. Signing out, and every look at the sign-in page, forgets all pages. */
"use strict";
const PAGES = "cx-pages";
const FILES = "cx-files-{{ release }}";
const FALLBACK = "{% url 'web:offline' %}";
const LOGIN = "{% url 'organisation:login' %}", LOGOUT = "{% url 'organisation:logout' %}";
const DAY_MS = 24 * 60 * 60 * 1000, PATIENCE_MS = 8000;

self.addEventListener("install", event => {
  event.waitUntil((async () => {
    const files = await caches.open(FILES), answer = await fetch(FALLBACK);
    await keepFiles(await answer.clone().text());
    await files.put(FALLBACK, answer);
    await self.skipWaiting();
  })());
});

self.addEventListener("activate", event => {
  event.waitUntil((async () => {
    const names = await caches.keys();
    await Promise.all(names.filter(name => name !== PAGES && name !== FILES).map(name => caches.delete(name)));
    await self.clients.claim();
  })());
});

self.addEventListener("fetch", event => {
  const request = event.request, url = new URL(request.url);
  if (url.origin !== self.location.origin) return;
  if (request.method === "GET" && url.pathname.startsWith("/static/")) event.respondWith(file(request));
  else if (request.mode !== "navigate") return;
  else if (request.method === "GET") event.respondWith(page(event));
  else event.respondWith(sent(event, url));
});

/* A page tells which others it leads to. */
self.addEventListener("message", event => {
  if (event.data.keep) event.waitUntil(keepAll(event.data.keep));
});

async function keepAll(addresses) {
  const pages = await caches.open(PAGES);
  for (const old of await pages.keys()) if (!fresh(await pages.match(old))) await pages.delete(old);
  for (const address of addresses) {
    try { await keep(await fetch(address, { credentials: "same-origin", redirect: "error" }), address); } catch { return; }
  }
}

/* Keep a page and the files it is drawn with. */
async function keep(answer, address) {
  if (!answer.ok || answer.headers.get("Cx-Offline") !== "keep") return;
  const pages = await caches.open(PAGES);
  await keepFiles(await answer.clone().text());
  await pages.put(address, answer);
}

async function keepFiles(text) {
  const files = await caches.open(FILES);
  const drawn = new Set([...text.matchAll(/(?:href|src)="(\/static\/[^"#]+)/g)].map(found => found[1]));
  for (const name of drawn) if (!await files.match(name)) await files.add(name).catch(() => undefined);
}

async function page(event) {
  const address = event.request.url, kept = await known(address);
  const patience = new AbortController();
  const timer = kept && setTimeout(() => patience.abort(), PATIENCE_MS);
  try {
    const answer = await fetch(event.request, { signal: patience.signal });
    if (new URL(address).pathname === LOGIN) await caches.delete(PAGES);
    event.waitUntil(keep(answer.clone(), address));
    return answer;
  } catch {
    return kept ? marked(kept) : (await caches.match(FALLBACK)) || Response.error();
  } finally { clearTimeout(timer); }
}

async function known(address) {
  const pages = await caches.open(PAGES), found = await pages.match(address);
  return found && fresh(found) ? found : null;
}

function fresh(answer) { return Date.now() - Date.parse(answer.headers.get("Date")) < DAY_MS; }

/* The kept page says when it was kept; its own policy on scripts and styles stays in force. */
async function marked(answer) {
  const headers = new Headers(answer.headers), text = await answer.text();
  headers.delete("Content-Encoding");
  headers.delete("Content-Length");
  return new Response(text.replace("<html ", `<html data-kept="${answer.headers.get("Date")}" `), { headers });
}

async function file(request) { return (await caches.match(request)) || fetch(request); }

/* A form: without a network the answer is "no content", which leaves the page with everything typed on the screen. */
async function sent(event, url) {
  try {
    const answer = await fetch(event.request);
    if (url.pathname === LOGOUT) await caches.delete(PAGES);
    return answer;
  } catch {
    const client = await self.clients.get(event.clientId);
    if (client) client.postMessage("unsent");
    return new Response(null, { status: 204 });
  }
}
