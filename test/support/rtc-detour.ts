import type { Page } from 'playwright-core';

/**
 * Leads the WebRTC connections of a page to other UDP ports of this machine than the gateway names: the first one to the first port, and
 * so on, the last one for all that follow. To be run on a page before the link is opened.
 */
export function detour(page: Page, ports: readonly number[]): Promise<unknown> {
  return page.addInitScript((left: number[]) => {
    const { prototype } = RTCPeerConnection;
    const answered: (this: RTCPeerConnection, answer: RTCSessionDescriptionInit) => Promise<void> =
      Reflect.get(prototype, 'setRemoteDescription');
    Object.assign(prototype, {
      setRemoteDescription(this: RTCPeerConnection, answer: RTCSessionDescriptionInit) {
        const port = left.length > 1 ? left.shift() : left[0];
        // ICE over TCP would be a way past it.
        const sdp = (answer.sdp ?? '')
          .replace(/^a=candidate:.* tcp .*\r\n/gm, '')
          .replace(/^(a=candidate:.* udp \d+ \S+) \d+ typ/gm, `$1 ${String(port)} typ`);
        return answered.call(this, { ...answer, sdp });
      },
    });
  }, ports as number[]);
}
