// SPDX-License-Identifier: Apache-2.0

import { Button, EmptyState, formatMoment, Loading } from "@convoke/ui";
import { MailOpen } from "lucide-react";
import { useCallback, useState } from "react";
import { Link, useSearchParams } from "wouter";
import { api, type MailSummary } from "../api";
import { LoadFailed } from "../shell/LoadFailed";
import { PageHead } from "../shell/PageHead";
import { usePages } from "../usePages";
import { MailView } from "./MailView";
import "./outbox.css";

/** The mails of the account; one of them open beside the list. */
export function Outbox() {
  const [search] = useSearchParams();
  const open = search.get("mail") ?? undefined;
  const [delivery, setDelivery] = useState<"outbox" | "smtp">();
  return (
    <>
      <PageHead title="Mail outbox">{delivery && describe[delivery]}</PageHead>
      <div className="outbox" data-open={open !== undefined}>
        <MailList open={open} onDelivery={setDelivery} />
        {open && <MailView key={open} id={open} />}
      </div>
    </>
  );
}

const describe = {
  outbox: "No mail server is set up, so mails stay here. Hand their links on yourself.",
  smtp: "Copies of the mails that were sent.",
};

interface MailListProps {
  open: string | undefined;
  onDelivery: (delivery: "outbox" | "smtp") => void;
}

function MailList({ open, onDelivery }: MailListProps) {
  const load = useCallback(
    async (token: string) => {
      const page = await api.mails(token);
      onDelivery(page.delivery);
      return { items: page.mails, next: page.next_page_token };
    },
    [onDelivery],
  );
  const list = usePages(load);
  return (
    <section className="card card--list outbox__list" aria-label="Mails">
      {list.items?.map((mail) => (
        <MailRow key={mail.id} mail={mail} isOpen={String(mail.id) === open} />
      ))}
      {list.items?.length === 0 && (
        <EmptyState icon={<MailOpen size={22} aria-hidden="true" />} title="No mails yet">
          The invitation of a user made with “create” appears here.
        </EmptyState>
      )}
      {list.problem && <LoadFailed problem={list.problem} onRetry={list.reload} />}
      {!list.items && list.loading && <Loading label="Loading mails" />}
      {list.next && (
        <div className="more">
          <Button busy={list.loading} onClick={list.more}>
            Show more
          </Button>
        </div>
      )}
    </section>
  );
}

function MailRow({ mail, isOpen }: { mail: MailSummary; isOpen: boolean }) {
  return (
    <Link
      href={`/portal/outbox?mail=${encodeURIComponent(mail.id)}`}
      className="mail-row"
      data-testid="outbox-row"
      data-id={mail.id}
      aria-current={isOpen ? "true" : undefined}
    >
      <span className="mail-row__to">{mail.to}</span>
      <time dateTime={mail.created_at}>{formatMoment(mail.created_at)}</time>
      <span className="mail-row__subject">{mail.subject}</span>
    </Link>
  );
}
