import type { Page } from 'playwright-core';

/** Round trips from which the quickest is taken as the check. */
const ROUND_TRIPS = 50;

/**
 * The machine's monotonic clock minus the clock of a page and its workers (`timeOrigin` plus `now()`), in µs. The browser
 * counts on the same clock and tells its reading at the start of the page; only what it takes for 1970 is its own. Checked
 * against round trips to `/clock`, which answers with this machine's reading in µs.
 *
 * @throws Error when the two disagree by more than the quickest round trip allows
 */
export async function pageClockOffset(page: Page): Promise<number> {
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Performance.enable');
  const { metrics } = await devtools.send('Performance.getMetrics');
  const startedAt = metrics.find(({ name }) => name === 'NavigationStart')?.value ?? Number.NaN;
  const offset = startedAt * 1e6 - (await page.evaluate(() => performance.timeOrigin * 1000));
  const { earliest, latest } = await offsetBounds(page);
  if (!(offset >= earliest - TOLERANCE_US && offset <= latest + TOLERANCE_US)) {
    throw new Error(`page clock: expected ${earliest} to ${latest} µs, got ${offset}`);
  }
  return offset;
}

/** Pages see their clock in steps of 5 µs, of 100 µs when they are not isolated. */
const TOLERANCE_US = 100;

async function offsetBounds(page: Page): Promise<{ earliest: number; latest: number }> {
  return page.evaluate(async (count) => {
    const local = () => (performance.timeOrigin + performance.now()) * 1000;
    const bounds = { earliest: -Infinity, latest: Infinity };
    for (let trip = 0; trip < count; trip += 1) {
      const askedAt = local();
      const response = await fetch('/clock', { cache: 'no-store' });
      const answeredAt = local();
      const { now } = (await response.json()) as { readonly now: number };
      bounds.earliest = Math.max(bounds.earliest, now - answeredAt);
      bounds.latest = Math.min(bounds.latest, now - askedAt);
    }
    return bounds;
  }, ROUND_TRIPS);
}
