/** What somebody does first at a desktop that runs elsewhere: look, listen and type. */
import { expect } from 'vitest';
import { logOut, type OpenedPage } from '../support/chromium.ts';
import { startPatternPainter, type PatternPainter } from '../support/pattern-painter.ts';
import { probeOf } from '../support/probe.ts';
import { analyzeTone, type ToneReport } from '../support/tone.ts';
import { startTonePlayer } from '../support/tone-player.ts';
import { TypedText } from '../support/typed-text.ts';
import { pictureOn } from './desktop-page.ts';

/** A desktop in a container, and a way to a page of it. */
export interface VisitedDesktop {
  /** DISPLAY, XAUTHORITY and PULSE_SERVER for programs of the test. */
  readonly env: Readonly<Record<string, string>>;
  readonly open: (transport: 'webtransport' | 'websocket') => Promise<OpenedPage>;
}

const SENTENCE = 'Ship it in a container: 100 % (really) @ home!';

/** Slow: desktop, encoder and browser share two cores. */
const FRAMES_PER_SECOND = 20;

/** Paints the pattern on the desktop until it is closed, on whichever X server it has. */
export const paintOn = (env: VisitedDesktop['env']): Promise<PatternPainter> =>
  startPatternPainter({
    display: env['DISPLAY'] ?? '',
    authority: env['XAUTHORITY'] ?? '',
    framesPerSecond: FRAMES_PER_SECOND,
    background: 'still',
    again: true,
  });

/** The painted picture is read back and a played tone is heard, over this transport. */
export async function looksAndListens(
  { env, open }: VisitedDesktop,
  transport: 'webtransport' | 'websocket',
): Promise<void> {
  const painter = await paintOn(env);
  const stopPlaying = startTonePlayer(env);
  try {
    const opened = await open(transport);
    const probe = probeOf(opened.page);
    await expect.poll(probe.framesRead, { timeout: 40_000 }).toBeGreaterThan(60);
    const carrier = async (): Promise<string | undefined> =>
      (await probe.stats())?.network?.transport;
    await expect.poll(carrier, { message: opened.console.join('\n') }).toBe(transport);
    const tone = async (): Promise<ToneReport> => {
      const { samples, sampleRate } = await probe.recording();
      return analyzeTone(samples.subarray(-sampleRate), sampleRate, 1_000);
    };
    const purity = async (): Promise<number> => (await tone()).purity;
    await expect.poll(purity, { timeout: 40_000, interval: 1_000 }).toBeGreaterThan(0.98);
    expect((await tone()).frequencyHz).toBeCloseTo(1_000, -1.2);
    // Control is free at once, for the next who types.
    await logOut(opened);
  } finally {
    await stopPlaying();
    await painter.close();
  }
}

/** A sentence that is typed into the page arrives in a terminal of the desktop. */
export async function types(
  { env, open }: VisitedDesktop,
  transport: 'webtransport' | 'websocket',
): Promise<void> {
  const terminal = await TypedText.open(env);
  try {
    const opened = await open(transport);
    await pictureOn(opened.page);
    await opened.page.mouse.click(100, 200);
    await opened.page.keyboard.type(SENTENCE);
    await terminal.expect(SENTENCE);
    await logOut(opened);
  } finally {
    await terminal.close();
  }
}
