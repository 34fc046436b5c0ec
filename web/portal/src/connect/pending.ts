// SPDX-License-Identifier: Apache-2.0

const key = "convoke.connect";
const life = 10 * 60 * 1000;
const kept = ["/portal/connect", "/portal/device"];

/**
 * Keeps the app's request while the person signs in at their organisation: what
 * goes there and back has no room for it.
 */
export function keepRequest(): void {
  const { pathname, search } = window.location;
  if (!kept.includes(pathname)) return;
  const request = { address: pathname + search, until: Date.now() + life };
  window.sessionStorage.setItem(key, JSON.stringify(request));
}

/** The address of the request that was kept, once. */
export function takeRequest(): string | undefined {
  const text = window.sessionStorage.getItem(key);
  window.sessionStorage.removeItem(key);
  if (!text) return undefined;
  const { address, until } = JSON.parse(text) as { address: string; until: number };
  return Date.now() < until ? address : undefined;
}
