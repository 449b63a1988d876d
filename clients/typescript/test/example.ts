import { Outbox, TaskClient } from "task-api-client";
import { authClient } from "./auth-client.ts"; // createAuthClient with the plugin jwtClient()

let token: string | undefined; // in memory alone: what is in localStorage, any script on the page can read

export const tasks = new TaskClient({
  baseUrl: process.env.NEXT_PUBLIC_API_URL!,
  async token(renew) {
    if (renew || !token) {
      const { data, error } = await authClient.token();
      if (error) throw new Error(error.status === 401 ? "signed out" : "no token", { cause: error });
      token = data.token;
    }
    return token;
  },
});

/** To be called at every sign-in and sign-out: the token is of whoever was signed in when it was fetched. */
export function forgetToken() {
  token = undefined;
}

/** What this user has done that the API does not know yet. */
export function outboxOf(userId: string, onRefused: (sentence: string) => void) {
  return new Outbox(tasks, {
    storage: localStorage,
    name: `outbox ${userId}`,
    onRefused: (operation, { message }) => onRefused(`${operation.op}: ${message}`),
  });
}
