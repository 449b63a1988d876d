/** Better Auth as a front end has it, but for the database, which ends with the process. BETTER_AUTH_SECRET is set. */
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { jwt } from "better-auth/plugins";
import { SignJWT } from "jose";

/** Whom the tokens are for. */
const AUDIENCE = "https://api.example.com";

/** `algorithm`: EdDSA, ES256, ES512, PS256, RS256 or HS256; or `default`: the plugin without any option. */
export function createAuth(baseURL, algorithm) {
  return betterAuth({
    baseURL,
    database: memoryAdapter({ user: [], session: [], account: [], verification: [], jwks: [] }),
    emailAndPassword: { enabled: true },
    plugins: [plugin(baseURL, algorithm)],
  });
}

function plugin(baseURL, algorithm) {
  switch (algorithm) {
    case "default":
      return jwt();
    case "HS256":
      return signedBySecret(baseURL);
    default:
      return signedByKey(baseURL, algorithm);
  }
}

/** Tokens by a key pair: the plugin makes it, keeps it in the table `jwks`, and publishes the public half. */
function signedByKey(baseURL, alg) {
  return jwt({
    jwks: {
      keyPairConfig: { alg },
      rotationInterval: 30 * 24 * 60 * 60,
      gracePeriod: 24 * 60 * 60,
    },
    jwt: {
      issuer: baseURL,
      audience: AUDIENCE,
      definePayload: () => ({}),
    },
  });
}

/** Tokens by the shared secret. The plugin publishes no keys then, but still wants to be told where they are. */
function signedBySecret(baseURL) {
  const secret = new TextEncoder().encode(process.env.BETTER_AUTH_SECRET);
  return jwt({
    jwks: { remoteUrl: `${baseURL}/no-keys`, keyPairConfig: { alg: "EdDSA" } },
    jwt: {
      issuer: baseURL,
      audience: AUDIENCE,
      definePayload: () => ({}),
      sign: (claims) => new SignJWT(claims).setProtectedHeader({ alg: "HS256", typ: "JWT" }).sign(secret),
    },
  });
}

/**
 * Ends the time of all keys, as `rotationInterval` would: the next token is signed with a new one, and the old ones are
 * published for `gracePeriod` yet.
 */
export async function rotate(auth) {
  await setExpiry(auth, new Date(Date.now() - 1), () => true);
}

/** Ends that period as well: keys that have been replaced are not published any more. */
export async function withdraw(auth) {
  await setExpiry(auth, new Date(0), (key) => key.expiresAt < new Date());
}

async function setExpiry(auth, expiresAt, applies) {
  const { adapter } = await auth.$context;
  const keys = await adapter.findMany({ model: "jwks" });
  for (const { id } of keys.filter(applies)) {
    await adapter.update({ model: "jwks", where: [{ field: "id", value: id }], update: { expiresAt } });
  }
}
