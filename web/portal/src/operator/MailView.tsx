// SPDX-License-Identifier: Apache-2.0

import { formatMoment, Loading } from "@convoke/ui";
import { ArrowLeft } from "lucide-react";
import { useCallback } from "react";
import { Link } from "wouter";
import { api, type Mail } from "../api";
import { CopyButton } from "../person/CopyButton";
import { LoadFailed } from "../shell/LoadFailed";
import { useLoad } from "../useLoad";
import { linkify } from "./linkify";

/** One mail as its reader gets it, in plain text. */
export function MailView({ id }: { id: string }) {
  const { data, problem, reload } = useLoad(useCallback(() => api.mail(id), [id]));
  return (
    <article className="card mail" aria-label="Mail">
      <Link href="/portal/outbox" className="mail__back">
        <ArrowLeft size={18} aria-hidden="true" />
        All mails
      </Link>
      {problem && <LoadFailed problem={problem} onRetry={reload} />}
      {!data && !problem && <Loading label="Loading the mail" />}
      {data && <Letter mail={data} />}
    </article>
  );
}

function Letter({ mail }: { mail: Mail }) {
  const text = linkify(mail.text, window.location.origin);
  const link = text.find((stretch) => stretch.href)?.href;
  return (
    <>
      <header className="mail__head">
        <h2>{mail.subject}</h2>
        <p>
          To {mail.to} · {formatMoment(mail.created_at)}
        </p>
        {link && <CopyButton text={link} done="Link copied. Send it to the person yourself." />}
      </header>
      <div className="mail__text" data-testid="outbox-text">
        {text.map(({ text, href }, index) =>
          href ? (
            // biome-ignore lint/suspicious/noArrayIndexKey: the stretches of one text never move.
            <a key={index} href={href}>
              {text}
            </a>
          ) : (
            text
          ),
        )}
      </div>
    </>
  );
}
