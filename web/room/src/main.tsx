// SPDX-License-Identifier: Apache-2.0

import "@convoke/ui/base.css";
import { CrashGuard, ToastProvider } from "@convoke/ui";
import { LogLevel, setLogLevel } from "livekit-client";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { parseLink } from "./link";

// Connections end and break in the course of a meeting; the page says so, the console need not.
setLogLevel(LogLevel.error);

const link = parseLink(window.location);
// The host token must not be copied, bookmarked or shared on a screen with the
// address. The server keeps it for this browser, so that a reload works without.
if (link?.kind === "start" && link.zak) {
  window.history.replaceState(window.history.state, "", window.location.pathname);
}

const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <CrashGuard>
      <ToastProvider>
        <App link={link} />
      </ToastProvider>
    </CrashGuard>,
  );
}
