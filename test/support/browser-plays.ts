import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { RungName } from '../../client/ladder/rungs.ts';
import type { TransportKind } from '../../client/transport/transport.ts';
import { SoundServerProcess } from '../../server/desktop/sound-server-process.ts';
import { startDesktopGateway, type DesktopGateway } from './desktop-gateway.ts';
import { startPatternPainter } from './pattern-painter.ts';
import { readingsOf } from './probe.ts';
import type { BrowserKind, RealBrowser, RealPage } from './real-browser.ts';
import { silentLogger } from './silent-logger.ts';
import { startTonePlayer } from './tone-player.ts';
import { analyzeTone } from './tone.ts';
import { TypedText } from './typed-text.ts';
import { TypingDesktop } from './typing-desktop.ts';

const SENTENCE = 'The quick brown fox tries every browser, window by window.';

/** What a loaded machine gets for each of the conditions, ms. */
const SEEN = { timeout: 20_000, interval: 200 };

/** A small and slow picture: two cores carry desktop, encoder and browser at once. */
const FLAGS = [
  ...['--webrtc', '--video-frame-rate', '20'],
  ...['--desktop-width', '1280', '--desktop-height', '400'],
];

/** What is to be found on a page. */
export interface Playing {
  readonly title: string;
  /** What the address asks for; nothing where the browser takes what it likes best. */
  readonly asks?: Readonly<Partial<Record<'rung' | 'transport', string>>>;
  readonly rung: RungName;
  readonly transport: TransportKind;
}

/** What every browser has to do: take its rung, show the picture, play the sound, pass on what is typed. */
export function describeBrowser(kind: BrowserKind, playings: readonly Playing[]): void {
  const missing = kind.programs.filter((path) => !existsSync(path));
  if (missing.length > 0) {
    describe.skip(`${kind.name}, whose package ${kind.debianPackage} is not installed here`, () => {
      it.todo('plays');
    });
    return;
  }
  describe(kind.name, () => {
    const stage = stageFor(kind);
    describe.each(playings)('$title', (playing) => describePlaying(stage, playing));
  });
}

interface Stage {
  readonly desktop: DesktopGateway;
  readonly browser: RealBrowser;
}

/** A desktop with a picture and a sound, and a browser with a sound card, from `beforeAll` to `afterAll`. */
function stageFor(kind: BrowserKind): () => Stage {
  const closers: (() => Promise<unknown>)[] = [];
  let stage: Stage | undefined;
  beforeAll(async () => {
    const desktop = await startDesktopGateway([...FLAGS, ...kind.gatewayFlags]);
    closers.push(() => desktop.close());
    const { DISPLAY: display = '', XAUTHORITY: authority = '' } = desktop.env;
    const painter = await startPatternPainter({
      ...{ display, authority },
      ...{ framesPerSecond: 20, background: 'none' },
    });
    closers.push(() => painter.close(), startTonePlayer(desktop.env));
    const directory = await mkdtemp(join(tmpdir(), 'oriel-heard-'));
    closers.push(() => rm(directory, { recursive: true, force: true }));
    const env = { PATH: process.env['PATH'] ?? '', HOME: directory };
    const card = new SoundServerProcess({ directory, env, logger: silentLogger });
    await card.process.start();
    closers.push(() => card.process.stop());
    const browser = await kind.launch({ PULSE_SERVER: card.address });
    closers.push(() => browser.close());
    stage = { desktop, browser };
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });
  return () => {
    if (stage === undefined) throw new Error('the stage: expected a test to have begun');
    return stage;
  };
}

function describePlaying(stage: () => Stage, { asks = {}, rung, transport }: Playing): void {
  let page: RealPage;

  beforeAll(async () => {
    const { desktop, browser } = stage();
    const url = new URL(await desktop.gateway.link());
    url.search = new URLSearchParams({ ...asks, probe: '1' }).toString();
    page = await browser.open(url.href);
  });

  afterAll(async () => {
    await page.evaluate(async () => {
      await fetch('/api/logout', { method: 'POST' });
    });
    await page.close();
  });

  it(`plays by ${rung} over ${transport}, with every pattern readable`, async () => {
    const { pattern, rungs, framesRead, stats } = readingsOf(page);
    await expect.poll(async () => (await rungs())?.current, SEEN).toBe(rung);
    await expect.poll(framesRead, SEEN).toBeGreaterThan(30);
    expect((await pattern())?.unreadable).toBe(0);
    expect((await stats())?.network?.transport).toBe(transport);
  });

  it('plays the tone after a click, as people make one', async () => {
    await page.click(200, 300);
    const { lastSecond } = readingsOf(page);
    const measure = async () => {
      const { samples, sampleRate } = await lastSecond();
      return analyzeTone(samples, sampleRate, 1_000);
    };
    // A machine that stalls makes a gap in one second, not in all.
    await expect.poll(async () => (await measure()).purity, SEEN).toBeGreaterThan(0.97);
  });

  it('types a sentence exactly', async () => {
    const { env } = stage().desktop;
    const [keyboard, terminal] = [await TypingDesktop.open(env), await TypedText.open(env)];
    try {
      const clickIntoTerminal = async (): Promise<string> => {
        await page.click(200, 300);
        return keyboard.focusedClass();
      };
      await expect.poll(clickIntoTerminal, SEEN).toContain('XTerm');
      await page.type(SENTENCE);
      await terminal.expect(SENTENCE);
    } finally {
      keyboard.close();
      await terminal.close();
    }
  });
}
