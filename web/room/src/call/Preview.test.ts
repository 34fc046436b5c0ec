// SPDX-License-Identifier: Apache-2.0

import { beforeEach, expect, test, vi } from "vitest";
import { type Captured, capture, type Faults } from "./capture";
import type { DeviceKind } from "./devices";
import { Preview } from "./Preview";

// The devices are the edge of the world here: each test decides when they answer.
vi.mock("./capture", async (original) => ({ ...(await original()), capture: vi.fn() }));

type Result = { tracks: Captured; faults: Faults };

const captureMock = vi.mocked(capture);
let answer: (result: Result) => void;

beforeEach(() => {
  captureMock.mockReset();
  captureMock.mockImplementation(
    () =>
      new Promise<Result>((resolve) => {
        answer = resolve;
      }),
  );
});

const track = () => ({ stop: vi.fn() });

function tracks(...kinds: DeviceKind[]): Captured {
  return Object.fromEntries(kinds.map((kind) => [kind, track()])) as unknown as Captured;
}

test("opened devices show up in the state", async () => {
  const preview = new Preview();
  const opening = preview.open(["microphone", "camera"]);
  expect(preview.state().opening).toEqual(["microphone", "camera"]);
  const both = tracks("microphone", "camera");
  answer({ tracks: both, faults: {} });
  await opening;
  expect(preview.state()).toEqual({ tracks: both, faults: {}, opening: [] });
});

test("a device on its way is not asked for twice", () => {
  const preview = new Preview();
  void preview.open(["camera"]);
  void preview.open(["camera"]);
  expect(captureMock).toHaveBeenCalledTimes(1);
});

test("a fault goes away when the device opens after all", async () => {
  const preview = new Preview();
  let opening = preview.open(["camera"]);
  answer({ tracks: {}, faults: { camera: "blocked" } });
  await opening;
  expect(preview.state().faults.camera).toBe("blocked");
  opening = preview.open(["camera"]);
  answer({ tracks: tracks("camera"), faults: {} });
  await opening;
  expect(preview.state().faults).toEqual({});
});

test("switching a device off stops it for real", async () => {
  const preview = new Preview();
  const opening = preview.open(["camera"]);
  const opened = tracks("camera");
  answer({ tracks: opened, faults: {} });
  await opening;
  await preview.toggle("camera");
  expect(opened.camera?.stop).toHaveBeenCalled();
  expect(preview.state().tracks).toEqual({});
});

test("a device that opens after the hand-over still goes to the new owner, running", async () => {
  const preview = new Preview();
  void preview.open(["microphone", "camera"]);
  const handover = preview.handOver();
  expect(handover.kinds).toEqual(["microphone", "camera"]);
  const late = tracks("microphone", "camera");
  answer({ tracks: late, faults: {} });
  const handed = Object.assign({}, ...(await Promise.all(handover.tracks)));
  expect(handed).toEqual(late);
  preview.stop();
  expect(late.camera?.stop).not.toHaveBeenCalled();
});

test("a preview that is given up stops even what opens later", async () => {
  const preview = new Preview();
  void preview.open(["camera"]);
  preview.stop();
  const late = tracks("camera");
  answer({ tracks: late, faults: {} });
  await vi.waitFor(() => expect(late.camera?.stop).toHaveBeenCalled());
});
