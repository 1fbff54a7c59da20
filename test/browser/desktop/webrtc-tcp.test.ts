import { afterEach, expect, it } from 'vitest';
import { logOut, type OpenedPage } from '../../support/chromium.ts';
import { framesAfter } from '../../support/painted-desktop.ts';
import { probeOf } from '../../support/probe.ts';
import { usedPaths, watchPeerConnections } from '../../support/rtc-witness.ts';
import { TypedText } from '../../support/typed-text.ts';
import { webRtcDesktop } from '../../support/webrtc-desktop.ts';

const SENTENCE = 'One port of TCP is enough for the quick brown fox.';

/** A loaded machine. */
const SEEN = { timeout: 20_000, interval: 100 };

const painted = webRtcDesktop(['--no-webrtc-udp']);
let opened: OpenedPage;

afterEach(() => logOut(opened));

it('shows the picture and types over the one TCP port', async () => {
  const terminal = await TypedText.open(painted.env);
  try {
    opened = await painted.open({
      rung: 'webRtc',
      transport: 'websocket',
      prepare: watchPeerConnections,
    });
    const { page } = opened;
    await page.locator('oriel-desktop-view[place=webRtc]').waitFor();
    await expect.poll(() => usedPaths(page), SEEN).toMatchObject([{ protocol: 'tcp' }]);
    await framesAfter(page, 30);
    expect((await probeOf(page).pattern())?.unreadable).toBe(0);
    await page.mouse.click(200, 300);
    await page.keyboard.type(SENTENCE, { delay: 5 });
    await terminal.expect(SENTENCE);
  } finally {
    await terminal.close();
  }
});
