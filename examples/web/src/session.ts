/** The signed-in user, and the clients for the two servers. */
import { createAuthClient } from "better-auth/client";
import { jwtClient } from "better-auth/client/plugins";
import { TaskApiError, TaskClient } from "task-api-client";

export type User = { id: string; name: string };

const auth = createAuthClient({ baseURL: location.origin, plugins: [jwtClient()] });
let token: string | undefined; // only in memory, because every script on the page can read localStorage

export const api = new TaskClient({
  baseUrl: import.meta.env.VITE_API_URL, // a variable of the Vite build
  async token(renew) {
    if (renew || !token) token = (await asked(auth.token())).token;
    return token;
  },
});

/** Signs in, or signs up if a name is given. Throws an error with a sentence for people. */
export async function signIn(email: string, password: string, name?: string): Promise<User> {
  const call = name === undefined ? auth.signIn.email({ email, password }) : auth.signUp.email({ email, password, name });
  return remember((await asked(call)).user)!;
}

export const signOut = () => asked(auth.signOut());

/** The user of the session. Offline, it is the user who was signed in when the page was last open. */
export async function currentUser(): Promise<User | undefined> {
  try {
    return remember((await asked<{ user: User } | null>(auth.getSession()))?.user);
  } catch (error) {
    if (!(error instanceof TaskApiError && error.passing)) throw error;
    return JSON.parse(localStorage.getItem("user") ?? "null") ?? undefined;
  }
}

/** Stores the user's id and name only. Drops the token, because it may belong to the user who was signed in before. */
export function remember(user: User | undefined): User | undefined {
  token = undefined;
  if (!user) return void localStorage.removeItem("user");
  const { id, name } = user;
  localStorage.setItem("user", JSON.stringify({ id, name }));
  return { id, name };
}

type AuthAnswer<T> = { data: T | null; error: { status: number; message?: string | undefined } | null };

/** Better Auth's answer. Its errors become TaskApiErrors, so that one place can handle all errors. */
async function asked<T>(call: Promise<AuthAnswer<T>>): Promise<T> {
  const { data, error } = await call.catch((cause: unknown) => {
    throw new TaskApiError(0, { message: "The server cannot be reached right now." }, null, { cause });
  });
  if (error) throw new TaskApiError(error.status, { message: error.message ?? "The server refused the request." });
  return data as T;
}
