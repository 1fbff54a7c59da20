import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launchChromium, openLink } from '../../support/chromium.ts';
import { startDesktopGateway, type DesktopGateway } from '../../support/desktop-gateway.ts';
import { probeOf } from '../../support/probe.ts';
import { textMarks, XPainter, type Rectangle } from '../../support/x-painter.ts';

const SIZE = { width: 1280, height: 720 };

let desktop: DesktopGateway;
let painter: XPainter;
let browser: Browser;

beforeAll(async () => {
  // So little that the first picture of a page of text cannot be sharp.
  desktop = await startDesktopGateway(['--no-audio', '--video-bitrate-kbps', '1000']);
  painter = await XPainter.open(desktop.env);
  browser = await launchChromium();
});

afterAll(async () => {
  await browser.close();
  painter.close();
  await desktop.close();
});

/** Peak signal-to-noise ratio of what the page shows against black marks on white, dB. */
async function likeness(page: Page, marks: readonly Rectangle[]): Promise<number> {
  const shot = await page.locator('canvas').screenshot();
  const png = shot.toString('base64');
  return page.evaluate(
    async ({ png, marks, width, height }) => {
      const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes]));
      const draw = (paint: (context: OffscreenCanvasRenderingContext2D) => void) => {
        const context = new OffscreenCanvas(width, height).getContext('2d');
        if (context === null) throw new Error('canvas: expected a 2d context, got null');
        paint(context);
        return context.getImageData(0, 0, width, height).data;
      };
      const shown = draw((context) => context.drawImage(image, 0, 0, width, height));
      const painted = draw((context) => {
        context.fillStyle = 'white';
        context.fillRect(0, 0, width, height);
        context.fillStyle = 'black';
        for (const mark of marks) context.fillRect(...mark);
      });
      let sum = 0;
      for (let at = 0; at < shown.length; at += 4) {
        sum += ((shown[at + 1] ?? 0) - (painted[at + 1] ?? 0)) ** 2;
      }
      return 10 * Math.log10(255 ** 2 / (sum / (width * height) + 1e-9));
    },
    { png, marks, ...SIZE },
  );
}

describe('a page of text on a link of 1 Mbit/s', () => {
  it('is sharpened while it stands still, until nothing is sent any more', async () => {
    const { page } = await openLink(browser, await desktop.gateway.link(), {
      viewport: { width: 1280, height: 800 },
    });
    const shown = async () => (await probeOf(page).stats())?.video?.shown ?? 0;
    let last = { count: 0, at: 0 };
    const isStill = async (): Promise<boolean> => {
      const count = await shown();
      if (count !== last.count) last = { count, at: performance.now() };
      return count > 0 && performance.now() - last.at > 1_500;
    };
    await expect.poll(isStill, { timeout: 30_000 }).toBe(true);
    const marks = textMarks(SIZE.width, SIZE.height, 7);
    const before = await shown();
    await painter.fill(0, marks);
    await expect.poll(shown, { timeout: 10_000, interval: 10 }).toBeGreaterThan(before);
    const early = await likeness(page, marks);
    await expect.poll(isStill, { timeout: 30_000 }).toBe(true);
    const late = await likeness(page, marks);
    process.stdout.write(`early ${early.toFixed(1)} dB, late ${late.toFixed(1)} dB\n`);
    expect(late).toBeGreaterThan(30);
    expect(late).toBeGreaterThan(early + 5);
  });
});
