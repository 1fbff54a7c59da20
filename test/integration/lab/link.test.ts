import { afterEach, describe, expect, it } from 'vitest';
import type { PathSettings } from '../../lab/link.ts';
import { labAvailability } from '../../lab/namespace.ts';
import { Network, SERVER_ADDRESS } from '../../lab/network.ts';
import { startProgram } from '../../lab/program.ts';
import { UDP_HEADER_BYTES, type SinkReport } from '../../lab/udp-endpoint.ts';
import { percentile } from '../../bench/percentiles.ts';

const lab = labAvailability();
const PORT = 9_000;
const CLIENT_ADDRESS = '10.77.0.2';

describe.skipIf(lab.type === 'unavailable')(
  `the emulated path${lab.type === 'unavailable' ? ` (skipped: ${lab.reason})` : ''}`,
  () => {
    let network: Network | undefined;

    afterEach(async () => {
      await network?.close();
      network = undefined;
    });

    async function open(down: PathSettings, up: PathSettings = {}, seed = 1): Promise<Network> {
      network = await Network.open({ clients: [{ down, up }], seed });
      return network;
    }

    /** Round trip times that a program in the client's namespace measures, ms. */
    async function roundTrips({ server, clients }: Network): Promise<number[]> {
      const echo = startProgram(server, 'udp-endpoint.ts', ['echo', PORT]);
      await echo.next();
      const client = clients[0];
      if (client === undefined) throw new Error('no client');
      const args = ['ask', SERVER_ADDRESS, PORT, 100, 10];
      const trips = (await startProgram(
        client.namespace,
        'udp-endpoint.ts',
        args,
      ).next()) as number[];
      await echo.end();
      return trips;
    }

    /** What a sink in the client's namespace sees of packets that the server sends. */
    async function flood(
      { server, clients }: Network,
      packets: { readonly bytes: number; readonly count: number; readonly perSecond: number },
    ): Promise<SinkReport> {
      const client = clients[0];
      if (client === undefined) throw new Error('no client');
      const sink = startProgram(client.namespace, 'udp-endpoint.ts', ['sink', PORT]);
      await sink.next();
      const { bytes, count, perSecond } = packets;
      const args = ['flood', CLIENT_ADDRESS, PORT, bytes, count, perSecond];
      await startProgram(server, 'udp-endpoint.ts', args).next();
      // Everything is through when nothing waits and everything is delivered or dropped.
      await expect
        .poll(
          async () => {
            const { ab } = await client.link.counters();
            return ab.deliveredPackets + ab.lost + ab.tailDropped + ab.udpDropped;
          },
          { timeout: 10_000 },
        )
        .toBe(count);
      const report = sink.next() as Promise<SinkReport>;
      await sink.end();
      return report;
    }

    // A machine that is busy adds waiting of its own to most round trips, never to all: the least of them are the path's.
    it('takes the configured delay, within 2 ms of the round trip', async () => {
      const trips = await roundTrips(await open({ delayMs: 25 }, { delayMs: 15 }));
      expect(trips).toHaveLength(100);
      expect(Math.min(...trips)).toBeGreaterThanOrEqual(40);
      expect(percentile(trips, 0.05)).toBeLessThan(42);
    });

    it('adds jitter between nothing and what was configured, and keeps the order', async () => {
      const path = await open({ delayMs: 10, jitterMs: 30 });
      const report = await flood(path, { bytes: 200, count: 1_000, perSecond: 1_000 });
      expect(report.numbers).toEqual([...report.numbers].sort((a, b) => a - b));
      const trips = await roundTrips(path);
      expect(Math.min(...trips)).toBeGreaterThanOrEqual(10);
      expect(percentile(trips, 0.05)).toBeLessThan(20);
      expect(percentile(trips, 0.95)).toBeGreaterThan(30);
      expect(percentile(trips, 0.5)).toBeLessThan(42);
    });

    it.for([1e6, 5e6, 20e6])('carries %d bit/s, within one part in twenty', async (rateBps) => {
      const bytes = 1_200;
      const path = await open({ rateBps, queueBytes: 30_000 });
      const perSecond = (1.3 * rateBps) / (bytes * 8);
      const count = Math.round(2 * perSecond);
      const report = await flood(path, { bytes, count, perSecond });
      const wireBits = (report.numbers.length - 1) * (bytes + UDP_HEADER_BYTES) * 8;
      const measured = wireBits / ((report.lastUs - report.firstUs) / 1e6);
      expect(measured / rateBps).toBeGreaterThan(0.95);
      expect(measured / rateBps).toBeLessThan(1.05);
    });

    it('drops from the tail what does not fit the queue, and holds what fits', async () => {
      const path = await open({ rateBps: 1e6, queueBytes: 50_000 });
      await flood(path, { bytes: 1_000 - UDP_HEADER_BYTES, count: 100, perSecond: 100_000 });
      const counters = await path.clients[0]?.link.counters();
      // 50 packets wait; those that were sent meanwhile made room for as many.
      expect(counters?.ab.deliveredPackets).toBeGreaterThanOrEqual(50);
      expect(counters?.ab.deliveredPackets).toBeLessThan(60);
      expect((counters?.ab.longestWaitUs ?? 0) / 1_000).toBeGreaterThan(390);
      expect((counters?.ab.longestWaitUs ?? 0) / 1_000).toBeLessThan(410);
    });

    it('loses each packet with the configured probability', async () => {
      const loss = { type: 'bernoulli', probability: 0.02 } as const;
      const count = 10_000;
      const report = await flood(await open({ loss }), { bytes: 100, count, perSecond: 10_000 });
      const lost = count - report.numbers.length;
      // Four standard deviations of a binomial distribution: √(10,000 · 0.02 · 0.98) = 14.
      expect(lost).toBeGreaterThan(200 - 56);
      expect(lost).toBeLessThan(200 + 56);
    });

    it('loses in bursts when it is told to: Gilbert–Elliott', async () => {
      const loss = {
        type: 'gilbert',
        toBad: 0.01,
        toGood: 0.2,
        lossGood: 0,
        lossBad: 0.5,
      } as const;
      const count = 10_000;
      const report = await flood(await open({ loss }), { bytes: 100, count, perSecond: 10_000 });
      const came = new Set(report.numbers);
      const fates = Array.from({ length: count }, (_, number) => came.has(number));
      const lost = fates.filter((isThere) => !isThere).length;
      // In the bad state 0.01 / 0.21 of the time, half of which is lost: 2.4 %.
      expect(lost / count).toBeGreaterThan(0.015);
      expect(lost / count).toBeLessThan(0.034);
      // After a loss the next is lost with 0.8 · 0.5 = 40 %, not with 2.4 %.
      const followed = fates.filter((isThere, i) => i > 0 && !isThere && fates[i - 1] === false);
      expect(followed.length / lost).toBeGreaterThan(0.3);
      expect(followed.length / lost).toBeLessThan(0.5);
    });

    it('drops the same packets on the same seed, and others on another', async () => {
      const loss = { type: 'bernoulli', probability: 0.1 } as const;
      const arrived = async (seed: number): Promise<readonly number[]> => {
        const path = await open({ loss }, {}, seed);
        const { numbers } = await flood(path, { bytes: 100, count: 1_000, perSecond: 5_000 });
        await path.close();
        return numbers;
      };
      const first = await arrived(7);
      expect(await arrived(7)).toEqual(first);
      expect(await arrived(8)).not.toEqual(first);
    });

    it('changes when it is told to, also later, and drops UDP alone', async () => {
      const path = await open({ rateBps: 20e6 });
      const link = path.clients[0]?.link;
      link?.set('ab', { udp: 'drop' });
      const report = await flood(path, { bytes: 100, count: 10, perSecond: 1_000 });
      expect(report.numbers).toEqual([]);
      expect((await link?.counters())?.ab.udpDropped).toBe(10);
      link?.set('ab', { rateBps: 5e6 }, 200);
      expect((await link?.counters())?.ab.rateBps).toBe(20e6);
      await expect.poll(async () => (await link?.counters())?.ab.rateBps).toBe(5e6);
    });

    it('refuses a setting that it does not understand', async () => {
      const link = (await open({})).clients[0]?.link;
      link?.set('ab', { rateBps: -1 });
      await expect(link?.counters()).rejects.toThrow('not understood');
    });
  },
);
