// SPDX-License-Identifier: Apache-2.0

export type DeviceKind = "microphone" | "camera";

/** A kind of device that a person can choose among. */
export type ChoosableKind = DeviceKind | "speaker";

export const browserKind: Record<ChoosableKind, MediaDeviceKind> = {
  microphone: "audioinput",
  camera: "videoinput",
  speaker: "audiooutput",
};

/** The device this person chose last in this browser, if any. */
export function preferredDevice(kind: ChoosableKind): string | undefined {
  return remembered(`convoke.${kind}`);
}

/** The same as a wish: a device that is not there any more gives way to the system's own. */
export function preferred(kind: DeviceKind): { ideal: string } {
  return { ideal: preferredDevice(kind) ?? "default" };
}

export function rememberDevice(kind: ChoosableKind, deviceId: string): void {
  remember(`convoke.${kind}`, deviceId);
}

/** Reads a small preference. A browser may forbid storage altogether; then there is none. */
export function remembered(key: string): string | undefined {
  try {
    return localStorage.getItem(key) ?? undefined;
  } catch {
    return undefined;
  }
}

/** Keeps a small preference for the next visit, where the browser allows it. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(key, value);
  } catch {
    // Private windows may refuse; the choice then lasts as long as the page.
  }
}
