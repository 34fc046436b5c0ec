// SPDX-License-Identifier: Apache-2.0

/**
 * Makes an offer that goes nowhere. The first one of a page loads codecs, makes a
 * certificate and looks at the network; done while the person looks at the
 * preview, none of that is waited for after pressing Join. It never rejects.
 */
export async function warmUp(): Promise<void> {
  let connection: RTCPeerConnection | undefined;
  try {
    connection = new RTCPeerConnection();
    connection.createDataChannel("warm-up");
    connection.addTransceiver("audio", { direction: "recvonly" });
    connection.addTransceiver("video", { direction: "recvonly" });
    await connection.setLocalDescription();
  } catch {
    // A browser without WebRTC says so when the person joins.
  } finally {
    connection?.close();
  }
}
