// SPDX-License-Identifier: Apache-2.0

import { request } from "@convoke/ui";
import type { Link } from "./link";

export type Role = "host" | "cohost" | "attendee";

/** What a person may know before joining; asking for it changes nothing. */
export interface Lobby {
  meeting: {
    id: string;
    topic: string;
    host_name: string;
    status: "waiting" | "started";
    start_time: string | null;
  };
  role: Role;
  /** A suggested display name, or empty. */
  name: string;
  /** The name comes from the link and cannot be chosen here. */
  name_fixed: boolean;
  settings: {
    host_video: boolean;
    participant_video: boolean;
    mute_upon_entry: boolean;
    waiting_room: boolean;
  };
}

/** One person's place in a meeting, as the server sees it. */
export interface Session {
  participant_id: string;
  name: string;
  role: Role;
  state: "waiting" | "admitted" | "removed" | "ended";
  reason?: "host_not_started" | "waiting_room";
  /** Where the media server is and the token for it; there while admitted. */
  media?: { url: string; token: string };
  meeting: { id: string; topic: string; join_url: string; passcode: string };
}

/** The answer to a join: the session, and the secret that speaks for it from then on. */
export interface JoinedSession extends Session {
  session: string;
}

export interface WaitingPerson {
  id: string;
  name: string;
}

/** Where a person's sound or picture comes from, in the server's words. */
export type MediaSource = "microphone" | "camera" | "screen_share";

export function fetchLobby(link: Link, signal?: AbortSignal): Promise<Lobby> {
  return request("/room/v1/lobby", { method: "POST", body: { link }, signal });
}

export function join(link: Link, name: string): Promise<JoinedSession> {
  return request("/room/v1/join", { method: "POST", body: { link, name } });
}

/** The calls one joined person can make. Authority is the secret; the server checks the role. */
export class SessionApi {
  readonly #bearer: string;

  constructor(bearer: string) {
    this.#bearer = bearer;
  }

  /** Answers at once when the state is no longer `state`, else after 25 seconds. */
  poll(state: Session["state"], signal?: AbortSignal): Promise<Session> {
    return this.#get(`/room/v1/session?wait=25&state=${state}`, signal);
  }

  current(): Promise<Session> {
    return this.#get("/room/v1/session?wait=0");
  }

  async waiting(signal?: AbortSignal): Promise<WaitingPerson[]> {
    const answer = await this.#get<{ participants: WaitingPerson[] }>("/room/v1/waiting", signal);
    return answer.participants;
  }

  admit(id: string): Promise<void> {
    return this.#post(`/room/v1/participants/${encodeURIComponent(id)}/admit`);
  }

  remove(id: string): Promise<void> {
    return this.#post(`/room/v1/participants/${encodeURIComponent(id)}/remove`);
  }

  mute(id: string, source: MediaSource): Promise<void> {
    return this.#post(`/room/v1/participants/${encodeURIComponent(id)}/mute`, { source });
  }

  muteAll(): Promise<void> {
    return this.#post("/room/v1/mute-all");
  }

  endForAll(): Promise<void> {
    return this.#post("/room/v1/end");
  }

  /** Gives the place up. Sent so that it survives the closing of the page; nobody waits for it. */
  leave(): void {
    const options = { method: "POST", bearer: this.#bearer, keepalive: true } as const;
    request("/room/v1/leave", options).catch(() => undefined);
  }

  #get<T>(path: string, signal?: AbortSignal): Promise<T> {
    return request<T>(path, { bearer: this.#bearer, signal });
  }

  #post(path: string, body: unknown = {}): Promise<void> {
    return request<void>(path, { method: "POST", bearer: this.#bearer, body });
  }
}
