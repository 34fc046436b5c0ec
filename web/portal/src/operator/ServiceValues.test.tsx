// SPDX-License-Identifier: Apache-2.0

import { cleanup, render, screen } from "@testing-library/react";
import { afterEach, expect, test } from "vitest";
import type { OpenIDClient, ServiceProvider, SingleSignOnView } from "../sso";
import { ServiceValues } from "./ServiceValues";

afterEach(cleanup);

test.each<[string, string, string]>([
  ["oidc", "sso-copy-redirect_uri", "Copy redirect URI"],
  ["oidc", "sso-copy-post_logout_redirect_uri", "Copy post-logout URI"],
  ["saml", "sso-copy-entity_id", "Copy entity id"],
])("with %s, the button %s reads %s", (protocol, button, label) => {
  const oidc = protocol === "oidc" ? ({} as OpenIDClient) : null;
  const sso = { oidc, service_provider: {} as ServiceProvider } as SingleSignOnView;
  render(<ServiceValues sso={sso} />);
  expect(screen.getByTestId(button).textContent).toBe(label);
});
