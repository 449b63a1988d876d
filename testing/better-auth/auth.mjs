/** Better Auth as a front end has it, except that its database is in memory. BETTER_AUTH_SECRET is set. */
import { betterAuth } from "better-auth";
import { memoryAdapter } from "better-auth/adapters/memory";
import { jwt } from "better-auth/plugins";
import { SignJWT } from "jose";

/** The audience of the tokens. */
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

/** Tokens that a key pair signs: the plugin makes it, keeps it in the table `jwks`, and publishes the public key. */
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

/** Tokens that the shared secret signs. The plugin then publishes no keys, but still requires an address of keys. */
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
 * Lets all keys expire, as `rotationInterval` would: a new key signs the next token, and the old ones stay published for
 * `gracePeriod`.
 */
export async function rotate(auth) {
  await setExpiry(auth, new Date(Date.now() - 1), () => true);
}

/** Ends that period, too: keys that have been replaced are no longer published. */
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
