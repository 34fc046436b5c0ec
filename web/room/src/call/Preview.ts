// SPDX-License-Identifier: Apache-2.0

import { type Captured, capture, type Faults, stopAll } from "./capture";
import { type DeviceKind, rememberDevice } from "./devices";

/** What the preview shows at one moment. Never changed in place, so React can compare. */
export interface PreviewState {
  tracks: Captured;
  faults: Faults;
  /** The devices that are being opened now. */
  opening: DeviceKind[];
}

/** What a preview gives away: the tracks, open or still being opened, and which devices they are. */
export interface Handover {
  kinds: DeviceKind[];
  tracks: Promise<Captured>[];
}

/**
 * The person's own camera and microphone before the meeting. It lives outside
 * React because the very same tracks are published at the moment of joining:
 * opening the devices again would cost half a second of everybody's waiting.
 */
export class Preview {
  #state: PreviewState = { tracks: {}, faults: {}, opening: [] };
  #listeners = new Set<() => void>();
  #opening = new Set<Promise<Captured>>();
  #over = false;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly state = (): PreviewState => this.#state;

  /** Opens devices, unless they are open or on their way. */
  async open(wanted: DeviceKind[]): Promise<void> {
    const fresh = wanted.filter((kind) => !this.#state.tracks[kind] && !this.#isOpening(kind));
    if (fresh.length === 0 || this.#over) return;
    this.#set({ opening: [...this.#state.opening, ...fresh] });
    const result = capture(fresh);
    const opening = result.then(({ tracks }) => tracks);
    this.#opening.add(opening);
    const { tracks, faults } = await result;
    this.#opening.delete(opening);
    // After the hand-over the new owner is waiting for the same promise.
    if (this.#over) return;
    this.#set({
      tracks: { ...this.#state.tracks, ...tracks },
      faults: { ...without(this.#state.faults, fresh), ...faults },
      opening: this.#state.opening.filter((kind) => !fresh.includes(kind)),
    });
  }

  /** Turns a device off for real, so that its light goes out too. */
  close(kind: DeviceKind): void {
    this.#state.tracks[kind]?.stop();
    this.#set({ tracks: without(this.#state.tracks, [kind]) });
  }

  toggle(kind: DeviceKind): Promise<void> | void {
    return this.#state.tracks[kind] ? this.close(kind) : this.open([kind]);
  }

  /** Changes to another device of the kind, and remembers it for the meeting and the next visit. */
  async choose(kind: DeviceKind, deviceId: string): Promise<void> {
    rememberDevice(kind, deviceId);
    if (!this.#state.tracks[kind]) return;
    this.close(kind);
    await this.open([kind]);
  }

  /**
   * Gives the tracks away for publishing: the open ones, and those on their way,
   * because a person may press Join before the camera has answered. The preview
   * is over then, and will not stop them.
   */
  handOver(): Handover {
    const { tracks, opening } = this.#state;
    const handover = {
      kinds: kinds.filter((kind) => tracks[kind] || opening.includes(kind)),
      tracks: [Promise.resolve(tracks), ...this.#opening],
    };
    this.#over = true;
    this.#set({ tracks: {}, opening: [] });
    return handover;
  }

  /** Stops everything that has not been handed over. */
  stop(): void {
    if (this.#over) return;
    for (const capturing of this.handOver().tracks) void capturing.then(stopAll);
  }

  #isOpening(kind: DeviceKind): boolean {
    return this.#state.opening.includes(kind);
  }

  #set(change: Partial<PreviewState>): void {
    this.#state = { ...this.#state, ...change };
    for (const listener of this.#listeners) listener();
  }
}

const kinds: DeviceKind[] = ["microphone", "camera"];

function without<T extends object>(whole: T, keys: DeviceKind[]): T {
  return Object.fromEntries(
    Object.entries(whole).filter(([key]) => !keys.includes(key as DeviceKind)),
  ) as T;
}
