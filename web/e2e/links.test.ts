// SPDX-License-Identifier: Apache-2.0

import { expect, test } from "vitest";
import { convokeCall, zoomCall } from "./api";
import { byId, enter, newPerson, otherIdentity } from "./people";
import { newWorld } from "./world";

const world = newWorld();

interface Meeting {
  id: number;
  start_url: string;
  join_url: string;
}

async function newMeeting(host: string, settings: object = {}): Promise<Meeting> {
  await zoomCall(world.demo, "POST", "/users", {
    action: "custCreate",
    user_info: { email: host, type: 2, first_name: "Noor" },
  });
  const made = await zoomCall(world.demo, "POST", `/users/${host}/meetings`, {
    topic: "Links",
    type: 2,
    settings,
  });
  expect(made.status).toBe(201);
  return (await made.json()) as Meeting;
}

test("a bad link gives a page that says what is wrong", async () => {
  const mine = await newMeeting("noor@people.example.com");
  const other = await newMeeting("omar@people.example.com");
  const zak = (link: string) => new URL(link).searchParams.get("zak") ?? "";
  const server = world.demo.info.server_url;
  const page = await (await newPerson(world.browser)).newPage();
  for (const [link, code] of [
    [`${server}/j/99999999999?pwd=x`, "meeting_not_found"],
    [`${server}/j/${mine.id}?pwd=wrong`, "wrong_passcode"],
    [`${server}/j/${mine.id}`, "wrong_passcode"],
    [`${server}/s/${mine.id}?zak=forged`, "invalid_host_token"],
    [`${server}/s/${mine.id}?zak=${zak(other.start_url)}`, "invalid_host_token"],
    [`${server}/t/nosuchticket`, "ticket_not_found"],
    [`${server}/my/nobody.here`, "meeting_not_found"],
    [`${server}/nowhere`, "page_not_found"],
  ] as const) {
    await page.goto(link);
    expect(await byId(page, "error-page").getAttribute("data-code"), link).toBe(code);
  }
});

test("guests wait for the host, and in the waiting room until they are let in", async () => {
  const meeting = await newMeeting("pia@people.example.com", { waiting_room: true });
  const guest = await (await newPerson(world.browser)).newPage();
  await guest.goto(meeting.join_url);
  await byId(guest, "prejoin-name").fill("Gil");
  await byId(guest, "prejoin-join").click();
  await byId(guest, "waiting").waitFor();

  const host = await (await newPerson(world.browser)).newPage();
  await host.goto(meeting.start_url);
  await enter(host);
  const hostIdentity = await otherIdentity(host, []);
  await byId(guest, "waiting").waitFor();
  if ((await byId(host, "admit").count()) === 0) await byId(host, "participants-toggle").click();
  await byId(host, "admit").click();
  await byId(guest, "room").waitFor();
  await otherIdentity(host, [hostIdentity]);

  await zoomCall(world.demo, "PUT", `/meetings/${meeting.id}/status`, { action: "end" });
  await byId(guest, "ended").waitFor();
  await guest.goto(meeting.join_url);
  expect(await byId(guest, "error-page").getAttribute("data-code")).toBe("meeting_ended");
});

test("a link without its passcode asks for it, and says when it is wrong", async () => {
  const meeting = await newMeeting("quinn@people.example.com");
  const read = await zoomCall(world.demo, "GET", `/meetings/${meeting.id}`);
  const { password } = (await read.json()) as { password: string };
  const guest = await (await newPerson(world.browser)).newPage();
  await guest.goto(`${world.demo.info.server_url}/j/${meeting.id}`);
  for (const [passcode, next] of [
    ["wrong1", "error-page"],
    [password, "prejoin-name"],
  ] as const) {
    await byId(guest, "passcode-input").fill(passcode);
    await byId(guest, "passcode-submit").click();
    await byId(guest, next).waitFor();
  }
});

test("the pages of a start link and of a ticket can be loaded again", async () => {
  const meeting = await newMeeting("tove@people.example.com");
  const host = await (await newPerson(world.browser)).newPage();
  await host.goto(meeting.start_url);
  await enter(host);
  expect(new URL(host.url()).search).toBe("");
  await host.reload();
  await enter(host);
  await byId(host, "end-for-all").waitFor();

  const made = await convokeCall(world.demo, "POST", `/meetings/${meeting.id}/tickets`, {
    display_name: "Tilda",
    role: "cohost",
  });
  const { url } = (await made.json()) as { url: string };
  const guest = await (await newPerson(world.browser)).newPage();
  await guest.goto(url);
  await enter(guest);
  await guest.reload();
  await enter(guest);
  await byId(guest, "leave").click();
  await byId(guest, "ended").waitFor();
  await guest.getByRole("button", { name: "Rejoin" }).click();
  await enter(guest);

  const stranger = await (await newPerson(world.browser)).newPage();
  await stranger.goto(url);
  expect(await byId(stranger, "error-page").getAttribute("data-code")).toBe("ticket_used");
});

test("a guest cannot make itself a host", async () => {
  const meeting = await newMeeting("rosa@people.example.com", { join_before_host: true });
  const guest = await (await newPerson(world.browser)).newPage();
  const joined = guest.waitForResponse((r) => r.url().endsWith("/room/v1/join"));
  await guest.goto(meeting.join_url);
  await enter(guest, "Mallory");
  const {
    session,
    role,
    participant_id: me,
  } = (await (await joined).json()) as Record<string, string>;
  expect(role).toBe("attendee");
  for (const path of ["end", "mute-all", `participants/${me}/remove`]) {
    const answer = await fetch(`${world.demo.info.server_url}/room/v1/${path}`, {
      method: "POST",
      headers: { authorization: `Bearer ${session}` },
    });
    expect(answer.status, path).toBe(403);
  }
});
