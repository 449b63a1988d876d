/** Who is signed in, and the clients of the two servers. */
import { createAuthClient } from "better-auth/client";
import { jwtClient } from "better-auth/client/plugins";
import { TaskApiError, TaskClient } from "task-api-client";

export type User = { id: string; name: string };

const auth = createAuthClient({ baseURL: location.origin, plugins: [jwtClient()] });
let token: string | undefined; // in memory alone: what is in localStorage, any script on the page can read

export const api = new TaskClient({
  baseUrl: import.meta.env.VITE_API_URL, // an environment variable while Vite builds
  async token(renew) {
    if (renew || !token) token = (await asked(auth.token())).token;
    return token;
  },
});

/** Signs in, or up where there is a name. What is wrong is thrown, as a sentence to show. */
export async function signIn(email: string, password: string, name?: string): Promise<User> {
  const call = name === undefined ? auth.signIn.email({ email, password }) : auth.signUp.email({ email, password, name });
  return remember((await asked(call)).user)!;
}

export const signOut = () => asked(auth.signOut());

/** Whoever was signed in when the page was last open; offline nobody can be asked, so it is who it was. */
export async function currentUser(): Promise<User | undefined> {
  try {
    return remember((await asked<{ user: User } | null>(auth.getSession()))?.user);
  } catch (error) {
    if (!(error instanceof TaskApiError && error.passing)) throw error;
    return JSON.parse(localStorage.getItem("user") ?? "null") ?? undefined;
  }
}

/** The name and the id, no more. The token is of whoever was signed in when it was fetched, so it goes. */
export function remember(user: User | undefined): User | undefined {
  token = undefined;
  if (!user) return void localStorage.removeItem("user");
  const { id, name } = user;
  localStorage.setItem("user", JSON.stringify({ id, name }));
  return { id, name };
}

type AuthAnswer<T> = { data: T | null; error: { status: number; message?: string | undefined } | null };

/** What Better Auth answers. Its errors become such as the API's, so that one place can judge them all. */
async function asked<T>(call: Promise<AuthAnswer<T>>): Promise<T> {
  const { data, error } = await call.catch((cause: unknown) => {
    throw new TaskApiError(0, { message: "The server cannot be reached just now." }, null, { cause });
  });
  if (error) throw new TaskApiError(error.status, { message: error.message ?? "That did not work." });
  return data as T;
}
