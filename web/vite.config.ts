// How the page is built and, with `make dev`, served while it is written. It serves nothing in production: the hub does.

import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";
import { mantineCss } from "./mantine-css.ts";

const hub = process.env.WACKET_HUB ?? "http://127.0.0.1:8080";
// The host that the browser asked for goes along: the hub compares it with where a page says that it is from.
const forwarded = { target: hub, ws: true };

export default defineConfig({
  plugins: [react(), mantineCss()],
  resolve: { alias: { "~": fileURLToPath(new URL("./src", import.meta.url)) } },
  server: { proxy: { "/api": forwarded, "/agent": forwarded } },
  build: {
    target: "es2022",
    assetsInlineLimit: 0, // the policy of the page allows no data: addresses for scripts and styles
    modulePreload: { polyfill: false },
    chunkSizeWarningLimit: 400,
  },
  test: { include: ["src/**/*.test.{ts,tsx}"] },
});
