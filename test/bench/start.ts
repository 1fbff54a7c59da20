import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { launchChromium, openLink } from '../support/chromium.ts';
import { Gateway } from '../support/gateway.ts';
import { probeOf } from '../support/probe.ts';
import { spread } from './percentiles.ts';
import type { Report } from './report.ts';

const RUNS = 5;

/** A warm `npm start`, and a link opened in a browser that runs already. */
export async function start(): Promise<Report> {
  const links: number[] = [];
  for (let run = 0; run <= RUNS; run += 1) {
    const elapsed = await npmStartToLink();
    // The first run fills caches; `warm` is what comes after.
    if (run > 0) links.push(elapsed);
  }
  const frames = await linkToFirstFrame();
  return {
    name: 'start, milliseconds',
    method:
      `npm start with everything installed and built, private desktop, until its link is printed (${RUNS} runs after one); then a ` +
      `link opened in a running headless Chromium with a fresh profile, from the start of the navigation until the first frame is ` +
      `drawn (${RUNS} runs).`,
    goal: 'link at most 4,000, first frame at most 1,500',
    rows: [
      { label: 'npm start to link', figures: { ...spread(links), max: Math.max(...links) } },
      { label: 'link to first frame', figures: { ...spread(frames), max: Math.max(...frames) } },
    ],
  };
}

async function npmStartToLink(): Promise<number> {
  const begin = performance.now();
  const npm = spawn('npm', ['start', '--', '--port', '0'], {
    stdio: ['pipe', 'pipe', 'ignore'],
    detached: true,
  });
  const ended = once(npm, 'exit');
  try {
    for await (const line of createInterface({ input: npm.stdout })) {
      if (line.includes('#token=')) return performance.now() - begin;
    }
    throw new Error('npm start printed no link');
  } finally {
    // Ctrl-C reaches every process of the terminal's foreground group.
    if (npm.pid !== undefined) process.kill(-npm.pid, 'SIGINT');
    npm.stdout.resume();
    await ended;
  }
}

async function linkToFirstFrame(): Promise<readonly number[]> {
  const gateway = await Gateway.start([]);
  const browser = await launchChromium();
  const samples: number[] = [];
  try {
    for (let run = 0; run < RUNS; run += 1) {
      const { page, context } = await openLink(browser, await gateway.link());
      samples.push(await probeOf(page).firstFrameMs());
      await context.close();
    }
  } finally {
    await browser.close();
    await gateway.stop();
  }
  return samples;
}
