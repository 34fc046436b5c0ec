// SPDX-License-Identifier: Apache-2.0

import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

/** Where `npm run dev` sends everything that is not a page: a running `convoke serve`. */
const server = process.env["CONVOKE_URL"] ?? "http://127.0.0.1:8080";

const pages: [RegExp, string][] = [
  [/^\/(s|j|t|my)\//, "/room/index.html"],
  [/^\/(portal(?!\/api)|activate\/)/, "/portal/index.html"],
];

/** Answers the addresses people open with the page that serves them, as the Go server does. */
function pageRoutes(): Plugin {
  return {
    name: "convoke-page-routes",
    configureServer(dev) {
      dev.middlewares.use((request, _response, next) => {
        const path = new URL(request.url ?? "/", "http://dev").pathname;
        const page = path.includes(".") ? undefined : pages.find(([route]) => route.test(path));
        if (page && request.method === "GET") request.url = page[1];
        next();
      });
    },
  };
}

export default defineConfig({
  plugins: [react(), pageRoutes()],
  server: {
    proxy: {
      "/room/v1": server,
      "/portal/api": server,
      "/rtc": { target: server, ws: true },
    },
  },
  build: {
    // Everything is a file of its own: the content security policy allows no inline code.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    // The media client is one big library, and the room needs all of it at the moment of joining.
    chunkSizeWarningLimit: 700,
    rolldownOptions: {
      input: { room: "room/index.html", portal: "portal/index.html" },
    },
  },
  test: {
    environment: "happy-dom",
    include: ["{ui,room,portal}/src/**/*.test.{ts,tsx}"],
  },
});
