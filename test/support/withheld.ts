import type { Page } from 'playwright-core';

/**
 * Chromium does not know that a script which a test has changed came from this machine, and keeps a worker of it away from the loopback
 * network; with this flag of its own it does not.
 */
export const CHANGED_SCRIPTS = '--disable-features=LocalNetworkAccessChecks';

/** Prepares a page without some globals, as a browser that withholds or does not have them: removed before any script of ours runs. */
export const withoutGlobals = (...names: readonly string[]): ((page: Page) => Promise<void>) =>
  withScript(names.map((name) => `delete globalThis.${name};`).join(''));

/** A VideoDecoder that decodes the keyframes of probes, which begin at 0, and is silent about everything else. */
export const withSilentDecoder = withScript(
  `globalThis.VideoDecoder = class extends VideoDecoder {
    decode(chunk) { if (chunk.timestamp === 0) super.decode(chunk); }
  };`,
);

/** A Media Source that takes the initialization segments of probes, and of pictures nothing: it says so, or not. */
export const withDeadMediaSource =
  (how: 'broken' | 'silent') =>
  (page: Page): Promise<unknown> =>
    page.addInitScript((isBroken) => {
      const { prototype } = SourceBuffer;
      const append: unknown = Reflect.get(prototype, 'appendBuffer');
      prototype.appendBuffer = function (data) {
        const bytes = ArrayBuffer.isView(data) ? new Uint8Array(data.buffer) : new Uint8Array(data);
        const isPicture = new TextDecoder('latin1').decode(bytes).includes('moof');
        if (!isPicture) Reflect.apply(append as () => void, this, [data]);
        else if (isBroken) throw new DOMException('broken on purpose', 'QuotaExceededError');
      };
    }, how === 'broken');

/** WebRTC in a network that lets nothing through: the browser is told of no address. */
export const withoutCandidates = (page: Page): Promise<unknown> =>
  page.addInitScript(() => {
    const { RTCPeerConnection: Original } = globalThis;
    globalThis.RTCPeerConnection = class extends Original {
      override setRemoteDescription({ type, sdp = '' }: RTCSessionDescriptionInit): Promise<void> {
        const told = sdp.replaceAll(/^a=(candidate:.*|end-of-candidates)\r\n/gm, '');
        return super.setRemoteDescription({ type, sdp: told });
      }
    };
  });

/** Prepares a page in which, and in whose workers, this script runs before any of ours. */
function withScript(script: string): (page: Page) => Promise<void> {
  return async (page) => {
    await page.addInitScript(script);
    // An init script runs in pages only; a worker's script begins with it instead.
    await page.route('**/*.worker-*.js', async (route) => {
      const response = await route.fetch();
      await route.fulfill({ response, body: `${script}${await response.text()}` });
    });
  };
}
