/** Caches the page's files, so that it opens offline. Answers of the API and of the auth server are not cached here. */
const CACHE = "page";

addEventListener("install", (event) => event.waitUntil(keepAll()));
addEventListener("fetch", (event) => {
  const { method, url } = event.request;
  const { origin, pathname } = new URL(url);
  if (method === "GET" && origin === location.origin && !pathname.startsWith("/api/")) {
    event.respondWith(fetch(event.request).then(keep, () => caches.match(event.request)));
  }

  async function keep(answer) {
    if (answer.ok) await (await caches.open(CACHE)).put(event.request, answer.clone());
    return answer;
  }
});

async function keepAll() {
  const html = await (await fetch("/")).text();
  const parts = [...html.matchAll(/(?:src|href)="(\/[^"]+)"/g)].map(([, path]) => path);
  await (await caches.open(CACHE)).addAll(["/", ...parts]);
}
