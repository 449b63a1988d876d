/**
 * What a user does in a browser with the front end of docs/front-end.md. The little of a browser that Node lacks is here:
 * it keeps cookies, and sends the origin of the page.
 *
 * NEXT_PUBLIC_BETTER_AUTH_URL and NEXT_PUBLIC_API_URL say where the servers are. It prints what came of it as JSON.
 */
import "./next.mjs";

const origin = process.env.NEXT_PUBLIC_BETTER_AUTH_URL;
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

const { authClient } = await import("./front-end/lib/auth-client.ts");
const { createTask, forgetToken, listTasks } = await import("./front-end/lib/tasks.ts");
const messageOf = (error) => error.message;

const onAServer = await listTasks().catch(messageOf); // there is no window yet
globalThis.window = {};

const { data, error } = await authClient.signUp.email({
  name: "Carol",
  email: "carol@example.com",
  password: "a password of hers",
});
if (error) throw new Error("no sign-up", { cause: error });

const task = await createTask("Buy milk");
const tasks = await listTasks();
const refused = await createTask("").catch(messageOf);
const byTheServer = await (await fetch(`${origin}/on-the-server`)).json();

await authClient.signOut();
forgetToken();
const signedOut = await listTasks().catch(messageOf);

await authClient.signIn.email({ email: "carol@example.com", password: "a password of hers" });
const [kept] = await listTasks();
const headers = { authorization: `Bearer ${(await authClient.token()).data.token}` };
const deletion = await authClient.deleteUser();
const left = await (await fetch(`${api}/api/me/tasks`, { headers })).json(); // the token is valid for some minutes yet
const deleted = { error: deletion.error, left, session: (await authClient.getSession()).data };

console.log(JSON.stringify({
  user: data.user.id, onAServer, task, tasks, refused, byTheServer, signedOut, kept, deleted, statuses,
}));
process.exit();
