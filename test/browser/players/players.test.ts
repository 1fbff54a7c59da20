import type { Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { paintedDesktop } from '../../support/painted-desktop.ts';
import { buildPlayerPage, openPlayerSite, removePlayerPage } from '../../support/player-site.ts';
import type { Channel, PlayerName } from './page/page.ts';

/** A loaded machine. */
const SEEN = { timeout: 20_000, interval: 100 };

const PLAYERS: readonly PlayerName[] = ['@eyevinn/webrtc-player', 'whip-whep'];

// The gateway has to know the origin before it starts, the page is built meanwhile.
const built = Promise.withResolvers<string>();
const [known, unknown] = await Promise.all([
  openPlayerSite(built.promise),
  openPlayerSite(built.promise),
]);

const painted = paintedDesktop({
  framesPerSecond: 20,
  background: 'none',
  flags: [
    ...['--webrtc', '--webrtc-cors-origins', known.origin, '--video-frame-rate', '20'],
    ...['--desktop-width', '1280', '--desktop-height', '400'],
  ],
});

beforeAll(async () => {
  built.resolve(await buildPlayerPage());
});

let page: Page;

afterEach(() => page.context().close());

afterAll(async () => {
  await Promise.all([known.close(), unknown.close()]);
  await removePlayerPage(await built.promise);
});

const channelOf = (link: string): Channel => {
  const { origin, hash } = new URL(link);
  return { url: `${origin}/whep`, token: hash.replace('#token=', '') };
};

/** Opens the page of a site; `problems` are what nobody caught, `answers` what the endpoint said. */
async function openSite(origin: string) {
  const context = await painted.browser.newContext();
  page = await context.newPage();
  const problems: string[] = [];
  const answers: string[] = [];
  page.on('pageerror', (error) => problems.push(error.message));
  page.on('response', (response) => {
    const method = response.request().method();
    if (response.url().includes('/whep')) answers.push(`${method} ${response.status()}`);
  });
  await page.goto(origin);
  await page.waitForFunction(() => 'players' in globalThis);
  return { problems, answers };
}

const play = (player: PlayerName, channel: Channel) =>
  page.evaluate(
    ([name, where]) =>
      globalThis.players.play(name, where).catch((error: unknown) => String(error)),
    [player, channel] as const,
  );

/** The number in the picture that is shown now. */
const counter = () => page.evaluate(() => globalThis.players.mark()?.counter);

describe.each(PLAYERS)('%s, as its package has it', (player) => {
  it('shows the desktop on a page of a known site, and says goodbye', async () => {
    const { problems, answers } = await openSite(known.origin);
    const left = painted.logged('"viewer left"').length;
    expect(await play(player, channelOf(await painted.link()))).toBeUndefined();
    await expect.poll(counter, SEEN).toBeDefined();
    const first = (await counter()) ?? 0;
    await expect.poll(async () => (await counter()) ?? 0, SEEN).toBeGreaterThan(first);
    await page.evaluate(() => globalThis.players.stop());
    await expect.poll(() => painted.logged('"viewer left"').length, SEEN).toBe(left + 1);
    expect(answers).toContain('POST 201');
    await expect.poll(() => answers, SEEN).toContain('DELETE 200');
    expect(answers.filter((answer) => / [45]\d\d$/.test(answer))).toEqual([]);
    expect(problems).toEqual([]);
  });

  it('is refused on a page of any other site, whose token stays unused', async () => {
    await openSite(unknown.origin);
    const channel = channelOf(await painted.link());
    expect(await play(player, channel)).toContain('Failed to fetch');
    expect(await counter()).toBeUndefined();
    const answer = await fetch(channel.url, {
      method: 'POST',
      headers: { 'content-type': 'application/sdp', authorization: `Bearer ${channel.token}` },
      body: 'v=0\r\n',
    });
    // Not 401: the token is let in, and what it brings is no offer.
    expect(answer.status).toBe(422);
  });
});

describe('whip-whep', () => {
  it('trickles its candidates, which are taken', async () => {
    const { answers } = await openSite(known.origin);
    await play('whip-whep', channelOf(await painted.link()));
    await expect.poll(() => answers, SEEN).toContain('PATCH 204');
    await page.evaluate(() => globalThis.players.stop());
  });
});
