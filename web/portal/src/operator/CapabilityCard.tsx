// SPDX-License-Identifier: Apache-2.0

import { Badge } from "@convoke/ui";
import { Link } from "wouter";
import type { Capability, Prerequisite } from "../api";
import { inWords } from "./names";

const summaries: Record<string, string> = {
  create: "The person gets a mail and chooses a password.",
  autoCreate: "Your app sets the password; the person signs in with it at once.",
  custCreate: "A user without any sign-in, run by your app through start links.",
  ssoCreate: "The person signs in through your identity provider.",
};

/** One way to create a user: usable, or exactly what is missing and how to get it. */
export function CapabilityCard({ capability }: { capability: Capability }) {
  const { action, usable, missing } = capability;
  return (
    <article
      className="card capability"
      data-testid="capability"
      data-action={action}
      data-usable={usable}
    >
      <header className="capability__head">
        <h3>{action}</h3>
        <Badge tone={usable ? "good" : "warn"}>{usable ? "Usable" : "Not yet usable"}</Badge>
      </header>
      {summaries[action] && <p className="capability__summary">{summaries[action]}</p>}
      {missing.length > 0 && (
        <ul className="capability__missing" aria-label="What is missing">
          {missing.map((prerequisite) => (
            <Missing key={prerequisite.code} prerequisite={prerequisite} />
          ))}
        </ul>
      )}
      <Traits capability={capability} />
    </article>
  );
}

/** Where the portal itself can do what is missing. */
const remedies: Record<string, { path: string; label: string }> = {
  no_managed_domain: { path: "/portal/domains", label: "Add a domain" },
  sso_not_set_up: { path: "/portal/sso", label: "Set up single sign-on" },
  provisioning_not_prior_to_sign_in: { path: "/portal/sso", label: "Change who gets in" },
};

function Missing({ prerequisite }: { prerequisite: Prerequisite }) {
  const remedy = remedies[prerequisite.code];
  return (
    <li data-code={prerequisite.code}>
      <p>
        {prerequisite.message} {remedy && <Link href={remedy.path}>{remedy.label}</Link>}
      </p>
      <code>{prerequisite.fix}</code>
    </li>
  );
}

function Traits({ capability }: { capability: Capability }) {
  const traits = [
    ["Sign-in", capability.login],
    ["Password", capability.password],
    ["Mail", capability.mail],
    ["Status at once", capability.status_at_once],
  ] as const;
  return (
    <dl className="capability__traits">
      {traits.map(([name, value]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{inWords(value)}</dd>
        </div>
      ))}
    </dl>
  );
}
