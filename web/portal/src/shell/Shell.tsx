// SPDX-License-Identifier: Apache-2.0

import { Button, Logo } from "@convoke/ui";
import { LogOut } from "lucide-react";
import { type ReactNode, useEffect, useRef } from "react";
import { Link, useRoute } from "wouter";
import type { Session } from "../api";
import { useSession } from "../session";
import { useAct } from "../useAct";
import "./shell.css";

/** The pages about the account in the order of the navigation; App.tsx says what each address shows. */
const accountPages = [
  { path: "/portal/overview", label: "Overview", testId: "nav-overview" },
  { path: "/portal/users", label: "Users", testId: "nav-users" },
  { path: "/portal/domains", label: "Domains", testId: "nav-domains" },
  { path: "/portal/sso", label: "Single sign-on", testId: "nav-sso" },
  { path: "/portal/mapping", label: "Mapping", testId: "nav-mapping" },
  { path: "/portal/imports", label: "Imports", testId: "nav-imports" },
  { path: "/portal/apps", label: "Apps", testId: "nav-apps" },
  { path: "/portal/webhooks", label: "Webhooks", testId: "nav-webhooks" },
  { path: "/portal/audit", label: "Audit", testId: "nav-audit" },
];
const outbox = { path: "/portal/outbox", label: "Outbox", testId: "nav-outbox" };
const home = { path: "/portal/home", label: "My meetings", testId: "nav-home" };

/** Where one can go: the owner and the admins have pages of their own and the account's. */
function pagesOf(session: Session) {
  if (session.kind === "operator") return [...accountPages, outbox];
  return session.user.role === "member" ? [] : [home, ...accountPages];
}

/** The frame around every page: where one is, whose account it is, and the way out. */
export function Shell({ session, children }: { session: Session; children: ReactNode }) {
  return (
    <div className="shell">
      <a className="shell__skip" href="#content">
        Skip to the content
      </a>
      <header className="shell__head">
        <div className="shell__bar">
          <Logo />
          <Navigation session={session} />
          <Identity session={session} />
          <SignOut />
        </div>
      </header>
      <main id="content" className="shell__main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}

function Navigation({ session }: { session: Session }) {
  const pages = pagesOf(session);
  if (pages.length === 0) return null;
  return (
    <nav className="shell__nav" aria-label="Pages">
      {pages.map((page) => (
        <NavigationLink key={page.path} {...page} />
      ))}
    </nav>
  );
}

function NavigationLink({ path, label, testId }: (typeof accountPages)[number]) {
  const [here] = useRoute(path);
  const link = useRef<HTMLAnchorElement>(null);
  // On a narrow window the links stand in a row that is wider than it.
  useEffect(() => {
    if (here) link.current?.scrollIntoView?.({ block: "nearest", inline: "center" });
  }, [here]);
  return (
    <Link ref={link} href={path} data-testid={testId} aria-current={here ? "page" : undefined}>
      {label}
    </Link>
  );
}

function Identity({ session }: { session: Session }) {
  const who = session.kind === "operator" ? "Operator" : session.user.display_name;
  return (
    <div className="shell__who">
      <strong>{who}</strong>
      <span>{session.account.name}</span>
    </div>
  );
}

function SignOut() {
  const { signOut } = useSession();
  const [busy, run] = useAct();
  return (
    <Button
      size="sm"
      variant="quiet"
      data-testid="signout"
      className="shell__out"
      title="Sign out"
      busy={busy}
      onClick={() => run(signOut)}
    >
      <LogOut size={18} aria-hidden="true" />
      <span>Sign out</span>
    </Button>
  );
}
