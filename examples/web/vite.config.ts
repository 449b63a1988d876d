import { defineConfig } from "vite";

/** VITE_API_URL, which src/session.ts reads, says where the task API is. */
export default defineConfig({ build: { target: "es2023" } });
