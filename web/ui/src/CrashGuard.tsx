// SPDX-License-Identifier: Apache-2.0

import { Component, type ReactNode } from "react";
import { Button } from "./Button";
import { ErrorPage } from "./ErrorPage";
import { problemOf } from "./request";

interface State {
  error?: unknown;
}

/** Shows a page with a way out instead of nothing at all when the page below it breaks. */
export class CrashGuard extends Component<{ children: ReactNode }, State> {
  override state: State = {};

  static getDerivedStateFromError(error: unknown): State {
    return { error };
  }

  override render() {
    if (this.state.error === undefined) return this.props.children;
    const reload = <Button onClick={() => window.location.reload()}>Reload the page</Button>;
    return <ErrorPage problem={problemOf(this.state.error)} action={reload} />;
  }
}
