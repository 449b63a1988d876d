/**
 * The page's own server: the files that Vite has built, and Better Auth at /api/auth. Its users are in memory and go
 * with it; for real ones give betterAuth a database. PAGE_URL is its address, PAGE_FILES where the build is, API_URL the
 * task API's address, AUDIENCE whom the tokens are for. BETTER_AUTH_SECRET is read by Better Auth.
 */
import { readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname } from "node:path";
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { toNodeHandler } from "better-auth/node";
import { jwt } from "better-auth/plugins";

const { PAGE_URL, PAGE_FILES, API_URL, AUDIENCE } = process.env;
const authenticate = toNodeHandler(betterAuth({
  baseURL: PAGE_URL,
  database: memoryAdapter({ user: [], session: [], account: [], verification: [], jwks: [] }),
  emailAndPassword: { enabled: true },
  plugins: [jwt({ jwt: { issuer: PAGE_URL, audience: AUDIENCE, definePayload: () => ({}) } })],
}));

const TYPES = { ".html": "text/html; charset=utf-8", ".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml" };
const HEADERS = {
  "content-security-policy": `default-src 'self'; connect-src 'self' ${API_URL}; base-uri 'none'; frame-ancestors 'none'`,
  "cache-control": "no-cache",
  "x-content-type-options": "nosniff",
};

/** A file of the build; its names have no dots but the one before the ending. */
async function file(path) {
  const name = /^(\/[\w-]+)+\.\w+$/.test(path) ? path : "/index.html";
  return { body: await readFile(PAGE_FILES + name), type: TYPES[extname(name)] };
}

createServer((request, response) => {
  if (request.url.startsWith("/api/auth/")) return void authenticate(request, response);
  file(request.url.split("?")[0]).then(
    ({ body, type }) => response.writeHead(200, { ...HEADERS, "content-type": type }).end(body),
    () => response.writeHead(404).end(),
  );
}).listen(new URL(PAGE_URL).port, "127.0.0.1");
