// SPDX-License-Identifier: Apache-2.0

import "@convoke/ui/base.css";
import { CrashGuard, ToastProvider } from "@convoke/ui";
import { createRoot } from "react-dom/client";
import { App } from "./App";
import { parseLink } from "./link";

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
