/* Keeps the shell (style, script, the "no network" page) and nothing else. Pages, photos and answers are never kept. */
"use strict";
const KEEP = "liren-shell-{{ version }}";
const SHELL = {{ shell|safe }};
const OFFLINE = "{{ offline }}";

addEventListener("install", (event) => {
  event.waitUntil(
    caches.open(KEEP)
      .then((cache) => cache.addAll(SHELL.map((url) => new Request(url, { credentials: "omit", cache: url === OFFLINE ? "reload" : "default" }))))
      .then(() => skipWaiting()),
  );
});

addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name.startsWith("liren-shell-") && name !== KEEP).map((name) => caches.delete(name)))),
  );
});

addEventListener("fetch", (event) => {
  const { request } = event;
  if (request.method !== "GET") return;
  if (request.mode === "navigate") {
    event.respondWith(fetch(request).catch(() => caches.match(OFFLINE, { cacheName: KEEP })));
    return;
  }
  const url = new URL(request.url);
  if (url.origin === location.origin && SHELL.includes(url.pathname) && url.pathname !== OFFLINE) {
    event.respondWith(fetch(request).catch(() => caches.match(url.pathname, { cacheName: KEEP })));
  }
});
