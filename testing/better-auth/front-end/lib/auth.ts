import { betterAuth } from "better-auth";
import { APIError } from "better-auth/api";
import { jwt } from "better-auth/plugins";
import { DatabaseSync } from "node:sqlite";

export const auth = betterAuth({
  database: new DatabaseSync("users.sqlite"),
  emailAndPassword: { enabled: true },
  plugins: [
    jwt({
      jwks: {
        rotationInterval: 30 * 24 * 60 * 60, // in seconds: a new key every 30 days
        gracePeriod: 24 * 60 * 60, // the old key stays published for a day: longer than a token lives
      },
      jwt: {
        issuer: process.env.BETTER_AUTH_URL, // the API's JWT_ISSUER
        audience: "task-api", // the API's JWT_AUDIENCE
        definePayload: () => ({}), // the API needs only `sub`, which is always there: no name, no e-mail address
      },
    }),
  ],
  user: {
    deleteUser: {
      enabled: true,
      async beforeDelete(_user, request): Promise<void> {
        // The tasks go first: without an account nobody can get a token for this user any more.
        const { token } = await auth.api.getToken({ headers: request!.headers });
        const answer = await fetch(`${process.env.NEXT_PUBLIC_API_URL}/api/me`, {
          method: "DELETE",
          headers: { authorization: `Bearer ${token}` },
        }).catch(() => null);
        if (answer?.status !== 204) throw new APIError("SERVICE_UNAVAILABLE", { message: "Try again later." });
      },
    },
  },
});
