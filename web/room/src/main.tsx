// SPDX-License-Identifier: Apache-2.0

import "@convoke/ui/base.css";
import { CrashGuard, ToastProvider } from "@convoke/ui";
import { LogLevel, setLogLevel } from "livekit-client";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { parseLink } from "./link";

// Connections end and break in the course of a meeting; the page says so, the console need not.
setLogLevel(LogLevel.error);

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <CrashGuard>
      <ToastProvider>
        <App link={parseLink(window.location)} />
      </ToastProvider>
    </CrashGuard>,
  );
}
