// SPDX-License-Identifier: Apache-2.0

import { EmptyState, formatClock, useSay } from "@convoke/ui";
import { MessageSquare, SendHorizontal } from "lucide-react";
import type { FormEvent, KeyboardEvent } from "react";
import { useEffect, useRef, useState } from "react";
import { Panel } from "./Panel";
import { longestMessage } from "./readMessage";
import type { ChatMessage } from "./useChatLog";

interface ChatProps {
  messages: ChatMessage[];
  onSend: (text: string) => Promise<void>;
  onClose: () => void;
}

/** Messages to everyone in the meeting. Text stays text: nothing in it is a link or markup. */
export function Chat({ messages, onSend, onClose }: ChatProps) {
  return (
    <Panel title="Chat" onClose={onClose}>
      <MessageList messages={messages} />
      <Composer onSend={onSend} />
    </Panel>
  );
}

function MessageList({ messages }: { messages: ChatMessage[] }) {
  const latest = messages.at(-1)?.id;
  const end = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new message scrolls into view.
  useEffect(() => {
    end.current?.scrollIntoView({ block: "end" });
  }, [latest]);
  return (
    <div className="panel__body chat" role="log" aria-label="Messages">
      {messages.length === 0 && (
        <EmptyState icon={<MessageSquare size={22} aria-hidden="true" />} title="No messages yet">
          Everyone in the meeting sees what you write. Messages are gone when you leave.
        </EmptyState>
      )}
      {messages.map((message, index) => (
        <Message key={message.id} message={message} follows={messages[index - 1]} />
      ))}
      <div ref={end} />
    </div>
  );
}

/** Messages of one person within this many milliseconds share one head line. */
const groupedWithin = 120_000;

function Message({ message, follows }: { message: ChatMessage; follows: ChatMessage | undefined }) {
  const grouped = follows?.from === message.from && message.at - follows.at < groupedWithin;
  return (
    <div className="message" data-testid="chat-message" data-own={message.own}>
      {!grouped && (
        <p className="message__head">
          <strong>{message.own ? "You" : message.name}</strong>
          <time>{formatClock(message.at)}</time>
        </p>
      )}
      <p className="message__text">{message.text}</p>
    </div>
  );
}

function Composer({ onSend }: Pick<ChatProps, "onSend">) {
  const [text, setText] = useState("");
  const say = useSay();

  async function send(event: FormEvent) {
    event.preventDefault();
    const message = text.trim();
    if (message === "") return;
    setText("");
    try {
      await onSend(message);
    } catch {
      setText(message);
      say("The message was not sent. Try again.", "danger");
    }
  }

  return (
    <form className="composer" onSubmit={send}>
      <textarea
        className="cv-input composer__input"
        data-testid="chat-input"
        aria-label="Message to everyone"
        placeholder="Message everyone"
        rows={1}
        maxLength={longestMessage}
        value={text}
        autoFocus
        onChange={(event) => setText(event.target.value)}
        onKeyDown={sendOnEnter}
      />
      <button
        type="submit"
        className="round round--send"
        data-testid="chat-send"
        aria-label="Send"
        disabled={text.trim() === ""}
      >
        <SendHorizontal size={20} aria-hidden="true" />
      </button>
    </form>
  );
}

/** Enter sends and Shift+Enter breaks the line; Enter that ends a composed character does neither. */
function sendOnEnter(event: KeyboardEvent<HTMLTextAreaElement>): void {
  if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
  event.preventDefault();
  event.currentTarget.form?.requestSubmit();
}
