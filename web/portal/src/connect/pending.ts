// SPDX-License-Identifier: Apache-2.0

const key = "convoke.connect";
const life = 10 * 60 * 1000;

/**
 * Keeps the app's request while the person signs in at their organisation: what
 * goes there and back has no room for it.
 */
export function keepRequest(): void {
  if (window.location.pathname !== "/portal/connect") return;
  const request = { search: window.location.search, until: Date.now() + life };
  window.sessionStorage.setItem(key, JSON.stringify(request));
}

/** The address of the request that was kept, once. */
export function takeRequest(): string | undefined {
  const kept = window.sessionStorage.getItem(key);
  window.sessionStorage.removeItem(key);
  if (!kept) return undefined;
  const { search, until } = JSON.parse(kept) as { search: string; until: number };
  return Date.now() < until ? `/portal/connect${search}` : undefined;
}
