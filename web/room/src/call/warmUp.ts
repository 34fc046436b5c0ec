// SPDX-License-Identifier: Apache-2.0

/**
 * Makes the browser load its WebRTC engine, by describing a connection that goes
 * nowhere. The first connection of a page pays for that, about a tenth of a
 * second; better while the person looks at the preview than after pressing Join.
 */
export async function warmUp(): Promise<void> {
  const connection = new RTCPeerConnection();
  try {
    connection.addTransceiver("audio");
    connection.addTransceiver("video");
    await connection.createOffer();
  } catch {
    // Joining will meet the same fault and can say what it means.
  } finally {
    connection.close();
  }
}
