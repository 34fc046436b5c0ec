// SPDX-License-Identifier: Apache-2.0

import { Select } from "@convoke/ui";
import { useState } from "react";
import { browserKind, type ChoosableKind, preferredDevice } from "../call/devices";
import { useDeviceList } from "./useDeviceList";

const labels: Record<ChoosableKind, string> = {
  microphone: "Microphone",
  camera: "Camera",
  speaker: "Speaker",
};

interface DevicePickerProps {
  kind: ChoosableKind;
  /** The track that is open now; it says which device is really in use. */
  opened?: MediaStreamTrack | undefined;
  onChoose: (deviceId: string) => void;
}

/** A choice among the devices of one kind. Without any it says so and cannot be opened. */
export function DevicePicker({ kind, opened, onChoose }: DevicePickerProps) {
  const devices = useDeviceList(browserKind[kind], opened);
  const [chosen, setChosen] = useState(() => preferredDevice(kind));
  const inUse = opened?.getSettings().deviceId ?? chosen;
  // Before permission there is one nameless entry a kind, which is no choice at all.
  const known = devices.filter((device) => device.deviceId !== "");
  return (
    <Select
      label={labels[kind]}
      value={inUse ?? ""}
      disabled={known.length === 0}
      onChange={(event) => {
        setChosen(event.target.value);
        onChoose(event.target.value);
      }}
    >
      {known.length === 0 && <option value="">{placeholder(devices, kind)}</option>}
      {known.map((device, index) => (
        <option key={device.deviceId} value={device.deviceId}>
          {device.label || `${labels[kind]} ${index + 1}`}
        </option>
      ))}
    </Select>
  );
}

function placeholder(devices: MediaDeviceInfo[], kind: ChoosableKind): string {
  return devices.length === 0 ? `No ${kind} found` : "Permission needed";
}
