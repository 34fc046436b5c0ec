// SPDX-License-Identifier: Apache-2.0

import "@convoke/ui/base.css";
import { CrashGuard, ToastProvider } from "@convoke/ui";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { SessionProvider } from "./session";

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <CrashGuard>
        <ToastProvider>
          <SessionProvider>
            <App />
          </SessionProvider>
        </ToastProvider>
      </CrashGuard>
    </StrictMode>,
  );
}
