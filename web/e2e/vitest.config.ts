// SPDX-License-Identifier: Apache-2.0

import { defineConfig } from "vitest/config";

// The browser tests run the real binary and the distribution's Chromium, one
// story after another: two cores carry one meeting at a time.
export default defineConfig({
  test: {
    include: ["e2e/**/*.test.ts"],
    environment: "node",
    fileParallelism: false,
    testTimeout: 120_000,
    hookTimeout: 60_000,
  },
});
