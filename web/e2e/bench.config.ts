// SPDX-License-Identifier: Apache-2.0

import { defineConfig } from "vitest/config";

// Figures for a person to read, never a timed test: `npm run bench`.
export default defineConfig({
  test: {
    include: ["e2e/**/*.bench.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 300_000,
    disableConsoleIntercept: true,
  },
});
