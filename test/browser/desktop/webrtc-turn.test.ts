import { afterAll, afterEach, expect, it } from 'vitest';
import { logOut, type OpenedPage } from '../../support/chromium.ts';
import { Coturn } from '../../support/coturn.ts';
import { framesAfter } from '../../support/painted-desktop.ts';
import { probeOf } from '../../support/probe.ts';
import { usedPaths, watchPeerConnections } from '../../support/rtc-witness.ts';
import { TypedText } from '../../support/typed-text.ts';
import { webRtcDesktop } from '../../support/webrtc-desktop.ts';

const SENTENCE = 'The quick brown fox goes round by way of a relay.';

/** A loaded machine. */
const SEEN = { timeout: 20_000, interval: 100 };

const coturn = await Coturn.start();

const painted = webRtcDesktop([
  ...['--webrtc-ice-servers', coturn.url, '--webrtc-turn-secret-file', coturn.secretFile],
]);
let opened: OpenedPage;

afterEach(() => logOut(opened));
afterAll(() => coturn.stop());

it('shows the picture and types through a TURN server, when nothing else may be used', async () => {
  const terminal = await TypedText.open(painted.env);
  try {
    opened = await painted.open({
      rung: 'webRtc',
      transport: 'websocket',
      isRelayed: true,
      prepare: watchPeerConnections,
    });
    const { page } = opened;
    await page.locator('oriel-desktop-view[place=webRtc]').waitFor();
    await expect
      .poll(() => usedPaths(page), SEEN)
      .toMatchObject([{ localType: 'relay', protocol: 'udp' }]);
    await framesAfter(page, 30);
    expect((await probeOf(page).pattern())?.unreadable).toBe(0);
    await page.mouse.click(200, 300);
    await page.keyboard.type(SENTENCE, { delay: 5 });
    await terminal.expect(SENTENCE);
  } finally {
    await terminal.close();
  }
});
