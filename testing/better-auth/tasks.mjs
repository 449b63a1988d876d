import { createAuthClient } from "better-auth/client"; // or better-auth/react, /vue, /svelte, /solid
import { jwtClient } from "better-auth/client/plugins";

const API = process.env.NEXT_PUBLIC_API_URL;

export const authClient = createAuthClient({
  baseURL: process.env.NEXT_PUBLIC_AUTH_URL,
  plugins: [jwtClient()],
});

let token; // in memory alone: what is in localStorage, any script on the page can read

async function renewToken() {
  const { data, error } = await authClient.token();
  if (error) throw new Error(error.status === 401 ? "signed out" : "no token", { cause: error });
  token = data.token;
}

/** To be called at every sign-in and sign-out: the token is of whoever was signed in when it was fetched. */
export function forgetToken() {
  token = undefined;
}

/** `fetch`, of a path of the task API. */
export async function callApi(path, { headers, ...options } = {}) {
  const send = () => fetch(API + path, { ...options, headers: { ...headers, authorization: `Bearer ${token}` } });
  if (!token) await renewToken();
  const response = await send();
  if (response.status !== 401) return response;
  await renewToken(); // it had expired; nothing was done yet, so the request can be sent again
  return send();
}

export async function createTask(task) {
  const headers = { "content-type": "application/json" };
  const response = await callApi("/api/me/tasks", { method: "POST", headers, body: JSON.stringify(task) });
  if (!response.ok) throw new Error((await response.json()).message);
  return response.json();
}
