// SPDX-License-Identifier: Apache-2.0

import { useEffect, useState } from "react";

/**
 * The devices of one kind, kept current as they come and go. Browsers name them
 * only after permission, so `refresh` (an opened track, say) asks again.
 */
export function useDeviceList(kind: MediaDeviceKind, refresh: unknown): MediaDeviceInfo[] {
  const [devices, setDevices] = useState<MediaDeviceInfo[]>([]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the labels change with permission.
  useEffect(() => {
    const media = navigator.mediaDevices as MediaDevices | undefined;
    if (!media) return;
    let current = true;
    const list = () =>
      media.enumerateDevices().then(
        (all) => current && setDevices(all.filter((device) => device.kind === kind)),
        () => undefined,
      );
    void list();
    media.addEventListener("devicechange", list);
    return () => {
      current = false;
      media.removeEventListener("devicechange", list);
    };
  }, [kind, refresh]);
  return devices;
}
