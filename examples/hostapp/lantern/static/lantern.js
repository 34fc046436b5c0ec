// SPDX-License-Identifier: Apache-2.0

// The pages work without this script; with it, times are in the person's own
// time zone and a join link is copied by a button.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const field of document.querySelectorAll("[data-timezone]")) field.value = zone;
for (const note of document.querySelectorAll("[data-zone-note]")) note.textContent = `(${zone.replaceAll("_", " ")})`;

const when = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
for (const time of document.querySelectorAll("time")) time.textContent = when.format(new Date(time.dateTime));

for (const button of document.querySelectorAll("[data-copy]")) {
  button.hidden = !navigator.clipboard; // there is none without HTTPS, except on this machine
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(button.dataset.copy);
    const text = button.textContent;
    button.textContent = "Copied";
    setTimeout(() => { button.textContent = text; }, 2000);
  });
}
