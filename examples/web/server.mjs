/**
 * The page's server: the files that Vite has built, and Better Auth at /api/auth. Its users are in memory and are lost
 * when it ends; for real users, give betterAuth a database. Variables: PAGE_URL is its address, PAGE_FILES the
 * directory of the build, API_URL the address of the task API, AUDIENCE the audience of the tokens. Better Auth reads
 * BETTER_AUTH_SECRET.
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

/** A file of the build. Its names have only one dot, before the extension. */
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
