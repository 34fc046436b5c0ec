// SPDX-License-Identifier: Apache-2.0

import { EmptyState, Moment } from "@convoke/ui";
import { MailOpen } from "lucide-react";
import { useCallback, useState } from "react";
import { Link, useSearchParams } from "wouter";
import { api, type MailSummary } from "../api";
import { PagedList } from "../shell/PagedList";
import { PageHead } from "../shell/PageHead";
import { usePages } from "../usePages";
import { MailView } from "./MailView";
import "./outbox.css";

/** The mails of the account; one of them open beside the list. */
export function Outbox() {
  const [search] = useSearchParams();
  const open = search.get("mail") ?? undefined;
  const [delivery, setDelivery] = useState<Delivery>();
  return (
    <>
      <PageHead title="Mail outbox">{delivery && describe[delivery]}</PageHead>
      <div className="outbox" data-open={open !== undefined}>
        <MailList open={open} delivery={delivery} onDelivery={setDelivery} />
        {open && <MailView key={open} id={open} />}
      </div>
    </>
  );
}

type Delivery = "outbox" | "smtp";

const describe: Record<Delivery, string> = {
  outbox: "No mail server is set up, so mails stay here. Hand their links on yourself.",
  smtp: "Your mail server sends the mails, and no copy of them is kept here.",
};

interface MailListProps {
  open: string | undefined;
  delivery: Delivery | undefined;
  onDelivery: (delivery: Delivery) => void;
}

function MailList({ open, delivery, onDelivery }: MailListProps) {
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
      <PagedList list={list} loading="Loading mails" empty={<NoMails delivery={delivery} />}>
        {(mails) =>
          mails.map((mail) => (
            <MailRow key={mail.id} mail={mail} isOpen={String(mail.id) === open} />
          ))
        }
      </PagedList>
    </section>
  );
}

function NoMails({ delivery }: { delivery: Delivery | undefined }) {
  const icon = <MailOpen size={22} aria-hidden="true" />;
  if (delivery === "smtp") {
    return (
      <EmptyState icon={icon} title="No mails are kept here">
        Only mails from a time without a mail server are listed.
      </EmptyState>
    );
  }
  return (
    <EmptyState icon={icon} title="No mails yet">
      The invitation of a user made with “create” appears here.
    </EmptyState>
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
      <Moment at={mail.created_at} />
      <span className="mail-row__subject">{mail.subject}</span>
    </Link>
  );
}
