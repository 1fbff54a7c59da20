import { readdirSync } from 'node:fs';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { freePort } from './free-port.ts';
import { Gateway } from './gateway.ts';
import { INSPECTABLE, InspectedHeap } from './inspected-heap.ts';
import { LoggedIn } from './logged-in.ts';
import { childrenOf } from './processes.ts';
import { RtpFeed } from './rtp-feed.ts';
import { shortVisits } from './short-visits.ts';

/** What is loaded at the first use is loaded after so many visits. */
const FIRST_VISITS = 16;
const VISITS = 100;
/** Visitors at once: most of a visit is waiting for the next keyframe. */
const AT_ONCE = 8;

/** What they see: small pictures, so that no encoder runs, with four keyframes a second. */
const FEED = { bitrateBps: 1_000_000, keyInterval: 15 } as const;

/** Bytes of heap that may be there afterwards and were not before: caches, statistics, compiled code. */
const MAX_GROWTH = 1_000_000;

/** The gateway notices within 5 s that a peer has gone, and idle connections of HTTP stay for 10 s; on a loaded machine. */
const GONE = { timeout: 25_000, interval: 200 };

let gateway: Gateway;
let heap: InspectedHeap;
let feed: RtpFeed;

beforeAll(async () => {
  const port = await freePort();
  gateway = await Gateway.start(
    ['--webrtc', '--source', 'rtp', '--rtp-video', `tcp:127.0.0.1:${port}`, '--no-audio'],
    INSPECTABLE,
  );
  feed = await RtpFeed.open({ port, ...FEED });
  heap = await InspectedHeap.open(gateway);
});

afterAll(async () => {
  feed.close();
  heap.close();
  expect(await gateway.stop()).toBe(0);
});

/** What the gateway and its children have, the process of the WebRTC library among them. */
function held(kind: 'fd' | 'task'): number {
  const processes = [gateway.pid, ...childrenOf(gateway.pid).map(({ pid }) => pid)];
  const counts = processes.map((pid) => readdirSync(`/proc/${pid}/${kind}`).length);
  return counts.reduce((sum, count) => sum + count, 0);
}

async function visit(transport: keyof typeof shortVisits, times: number): Promise<void> {
  let left = times;
  const visitor = async (): Promise<void> => {
    while (left > 0) {
      left -= 1;
      const login = await LoggedIn.open(await gateway.link());
      await shortVisits[transport](login);
      await login.logOut();
    }
  };
  await Promise.all(Array.from({ length: AT_ONCE }, visitor));
}

/**
 * Makes a test of a hundred visits by each of these transports; call it at the top of a file. Media Source plays what the first two carry:
 * to the gateway it is the same connection.
 */
export function visitsLeaveNothing(transports: readonly (keyof typeof shortVisits)[]): void {
  it.each(transports)(
    'a hundred visits by %s leave no descriptor, no thread and no heap behind',
    async (transport) => {
      await visit(transport, FIRST_VISITS);
      const before = { fd: held('fd'), task: held('task'), heap: await heap.usedBytes() };
      await visit(transport, VISITS);
      await expect.poll(() => held('fd'), GONE).toBeLessThanOrEqual(before.fd);
      await expect.poll(() => held('task'), GONE).toBeLessThanOrEqual(before.task);
      const grown = async () => (await heap.usedBytes()) - before.heap;
      await expect.poll(grown, GONE).toBeLessThan(MAX_GROWTH);
    },
  );
}
