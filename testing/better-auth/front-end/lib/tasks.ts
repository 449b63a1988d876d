import { authClient } from "./auth-client";

export type Task = { id: string; title: string; completed: boolean };

let token: Promise<string> | undefined; // in memory only: any script on the page can read localStorage

async function fetchToken(): Promise<string> {
  const { data, error } = await authClient.token();
  if (error) throw new Error(error.status === 401 ? "signed out" : "no token", { cause: error });
  return data.token;
}

function currentToken(): Promise<string> {
  token ??= fetchToken();
  token.catch(forgetToken); // a failure is not kept
  return token;
}

/** Call this at every sign-in and sign-out: the token belongs to the user who was signed in when it was fetched. */
export function forgetToken() {
  token = undefined;
}

/** `fetch` for a path of the task API, in the browser. */
export async function callApi(path: string, options: RequestInit = {}): Promise<Response> {
  if (typeof window === "undefined") {
    throw new Error("callApi works in the browser only: on a server, all users would share one token");
  }
  const send = async () => {
    const headers = new Headers(options.headers);
    headers.set("authorization", `Bearer ${await currentToken()}`);
    return fetch(process.env.NEXT_PUBLIC_API_URL + path, { ...options, headers });
  };
  const response = await send();
  if (response.status !== 401) return response;
  forgetToken(); // it has expired
  return send(); // a request that got a 401 has changed nothing, so it can be sent again
}

export async function listTasks(): Promise<Task[]> {
  return bodyOf(await callApi("/api/me/tasks?status=pending"));
}

export async function createTask(title: string): Promise<Task> {
  const headers = { "content-type": "application/json" };
  return bodyOf(await callApi("/api/me/tasks", { method: "POST", headers, body: JSON.stringify({ title }) }));
}

async function bodyOf(response: Response) {
  const body = await response.json();
  if (!response.ok) throw new Error(body.detail ?? body.message); // a sentence that can be shown
  return body;
}
