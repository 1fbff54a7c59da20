import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect } from 'vitest';
import { launchChromium, openLink, type OpenedPage, type PageOptions } from './chromium.ts';
import { startDesktopGateway, type DesktopGateway } from './desktop-gateway.ts';
import type { Gateway } from './gateway.ts';
import { startPatternPainter, type PatternPainterOptions } from './pattern-painter.ts';
import { probeOf } from './probe.ts';

export interface PaintedDesktopOptions extends Pick<
  PatternPainterOptions,
  'framesPerSecond' | 'background'
> {
  /** Of the gateway; without sound unless given. */
  readonly flags?: readonly string[];
  /** Of Chromium, beside the usual ones. */
  readonly browserFlags?: readonly string[];
}

/** A private desktop on which the test pattern is painted, and a browser to look at it; there from `beforeAll` to `afterAll`. */
export interface PaintedDesktop {
  readonly gateway: Gateway;
  /** DISPLAY, XAUTHORITY and so on of the desktop. */
  readonly env: DesktopGateway['env'];
  readonly browser: Browser;
  /** A new link to the desktop. */
  link(): Promise<string>;
  /** Opens a page on a new link in a fresh browser profile. */
  open(options?: PageOptions): Promise<OpenedPage>;
  /** Lines of the gateway's log that contain this text. */
  logged(text: string): readonly string[];
}

/** Makes the painted desktop of a test file; call it at the top of the file. */
export function paintedDesktop(options: PaintedDesktopOptions): PaintedDesktop {
  const { framesPerSecond, background, flags = ['--no-audio'], browserFlags = [] } = options;
  const closers: (() => Promise<void>)[] = [];
  let desktop: DesktopGateway | undefined;
  let browser: Browser | undefined;
  beforeAll(async () => {
    const started = await startDesktopGateway(flags);
    desktop = started;
    closers.push(() => started.close());
    const { DISPLAY: display = '', XAUTHORITY: authority = '' } = started.env;
    const painter = await startPatternPainter({ display, authority, framesPerSecond, background });
    closers.push(() => painter.close());
    const launched = await launchChromium(browserFlags);
    browser = launched;
    closers.push(() => launched.close());
  });
  afterAll(async () => {
    for (const close of closers.reverse()) await close();
  });
  const painted: PaintedDesktop = {
    get gateway() {
      return begun(desktop).gateway;
    },
    get env() {
      return begun(desktop).env;
    },
    get browser() {
      return begun(browser);
    },
    link: () => painted.gateway.link(),
    open: async (page) => openLink(painted.browser, await painted.link(), page),
    logged: (text) => painted.gateway.log.filter((line) => line.includes(text)),
  };
  return painted;
}

/** Waits until the page has shown so many more painted frames; `timeout` in milliseconds. */
export async function framesAfter(page: Page, frames: number, timeout = 20_000): Promise<void> {
  const { framesRead } = probeOf(page);
  const before = await framesRead();
  await expect.poll(framesRead, { timeout, interval: 20 }).toBeGreaterThan(before + frames);
}

function begun<Part>(part: Part | undefined): Part {
  if (part === undefined) throw new Error('the painted desktop: expected a test to have begun');
  return part;
}
