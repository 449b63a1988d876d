/**
 * What a user does in a browser, with the front end's code as docs/auth.md prints it (tasks.mjs). The little of a
 * browser that Node lacks is here: it keeps cookies, and sends the origin of the page.
 *
 * NEXT_PUBLIC_AUTH_URL and NEXT_PUBLIC_API_URL say where the servers are. It prints what came of it as JSON.
 */
const origin = process.env.NEXT_PUBLIC_AUTH_URL;
const api = process.env.NEXT_PUBLIC_API_URL;
const cookies = new Map();
const statuses = [];
const nodeFetch = globalThis.fetch;

globalThis.fetch = async (url, options = {}) => {
  const headers = new Headers(options.headers);
  headers.set("origin", origin);
  if (String(url).startsWith(origin)) {
    headers.set("cookie", [...cookies].map((pair) => pair.join("=")).join("; "));
  }
  if (String(url).startsWith(api) && statuses.length === 1) {
    headers.set("authorization", "Bearer of.times.past"); // the second request to the API: as if it were much later
  }
  const response = await nodeFetch(url, { ...options, headers });
  for (const cookie of response.headers.getSetCookie()) {
    const [name, value] = cookie.split(";", 1)[0].split("=");
    cookies.set(name, value);
  }
  if (String(url).startsWith(api)) statuses.push(response.status);
  return response;
};

const { authClient, callApi, createTask, forgetToken } = await import("./tasks.mjs");

const { data, error } = await authClient.signUp.email({
  name: "Carol",
  email: "carol@example.com",
  password: "a password of hers",
});
if (error) throw new Error("no sign-up", { cause: error });

const task = await createTask({ title: "Buy milk" });
const tasks = await (await callApi("/api/me/tasks")).json();
await authClient.signOut();
forgetToken();
const afterwards = await callApi("/api/me/tasks").catch((error) => error.message);

console.log(JSON.stringify({ user: data.user.id, task, tasks, afterwards, statuses }));
