import { Outbox, type Task, TaskClient } from "task-api-client";
import { authClient } from "./auth-client.ts"; // createAuthClient with the plugin jwtClient()

let token: Promise<string> | undefined; // in memory only: any script on the page can read localStorage

async function fetchToken(): Promise<string> {
  const { data, error } = await authClient.token();
  if (error) throw new Error(error.status === 401 ? "signed out" : "no token", { cause: error });
  return data.token;
}

export const tasks = new TaskClient({
  baseUrl: process.env.NEXT_PUBLIC_API_URL!,
  token(renew) {
    if (typeof window === "undefined") throw new Error("in the browser only: on a server, all users would share one token");
    if (renew) forgetToken();
    token ??= fetchToken();
    token.catch(forgetToken); // a failure is not kept
    return token;
  },
});

/** Call this at every sign-in and sign-out: the token belongs to the user who was signed in when it was fetched. */
export function forgetToken() {
  token = undefined;
}

export type { Task };

export async function listTasks(): Promise<Task[]> {
  const all: Task[] = [];
  for await (const page of tasks.pages({ status: "pending" })) all.push(...page.tasks);
  return all;
}

export function createTask(title: string): Promise<Task> {
  return tasks.create({ title });
}

/** What this user has changed and the API does not know yet. */
export function outboxOf(userId: string, onRefused: (sentence: string) => void) {
  return new Outbox(tasks, {
    storage: localStorage,
    name: `outbox ${userId}`,
    onRefused: (operation, { message }) => onRefused(`${operation.op}: ${message}`),
  });
}
