/** What a Better Auth client with `jwtClient()` offers, as far as example.ts uses it. */
import { someone, tokenOf } from "./stack.ts";

type Answer = { data: { token: string }; error: null } | { data: null; error: { status: number } };

export const session = { user: someone() as string | undefined, tokens: 0 };

export const authClient = {
  async token(): Promise<Answer> {
    if (!session.user) return { data: null, error: { status: 401 } };
    session.tokens++;
    return { data: { token: tokenOf(session.user) }, error: null };
  },
};
