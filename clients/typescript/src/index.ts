export type { components, operations, paths } from "./api.js";
export * from "./client.js";
export * from "./errors.js";
export * from "./ids.js";
export * from "./outbox.js";
export type { ClientOptions } from "./send.js";
