// SPDX-License-Identifier: Apache-2.0

import { Banner } from "@convoke/ui";
import { Link } from "wouter";
import { api, type Domain } from "../api";
import { useLoad } from "../useLoad";

const managed = ({ state }: Domain) => state === "verified" || state === "lapsing";

/** Says what becomes of people while no e-mail domain is the account's own. It has nothing to say otherwise. */
export function NoDomain() {
  const { data } = useLoad(api.domains);
  if (!data || data.domains.some(managed)) return null;
  return (
    <Banner tone="warn" title="No e-mail domain of this account is verified">
      Until one is, who comes from the identity provider for the first time gets a mail to confirm
      the address, and is let in after that only.{" "}
      <Link href="/portal/domains" data-testid="sso-domains">
        Verify a domain
      </Link>
    </Banner>
  );
}
