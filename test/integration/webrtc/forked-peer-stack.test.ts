import { readdirSync } from 'node:fs';
import { resolve } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readOffer } from '../../../server/signaling/offer.ts';
import { planPeer, type PeerPlan } from '../../../server/signaling/peer-plan.ts';
import { SignalingFault } from '../../../server/signaling/signaling-fault.ts';
import { ForkedPeerStack } from '../../../server/webrtc/forked-peer-stack.ts';
import { mutatedOffers } from '../../support/mutated-offers.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { freeUdpPort, WebRtcDesk } from '../../support/webrtc-desk.ts';
import { peerPlan } from '../../unit/webrtc/tracks.ts';

/** A loaded machine. */
const SEEN = { timeout: 15_000, interval: 20 };

const open = async (options: { idleMs?: number; childModule?: string } = {}) => {
  const port = await freeUdpPort();
  const stack = new ForkedPeerStack({
    address: '127.0.0.1',
    port,
    logger: silentLogger,
    ...options,
  });
  onTestFinished(() => stack.close());
  const desk = new WebRtcDesk(stack, port);
  const connect = async () => {
    const pair = await desk.connect();
    await expect.poll(() => pair.here.isConnected && pair.here.hasData, SEEN).toBe(true);
    return pair;
  };
  return { stack, desk, connect };
};

/** An RTP packet of 1,000 bytes for the track with the picture. */
const packet = ({ video }: PeerPlan, sequence: number): Buffer => {
  const bytes = Buffer.alloc(1_000);
  bytes.writeUInt8(0x80, 0);
  bytes.writeUInt8(video?.formats[0]?.payloadType ?? 0, 1);
  bytes.writeUInt16BE(sequence, 2);
  bytes.writeUInt32BE(video?.ssrc ?? 0, 8);
  return bytes;
};

/** A plan for a peer that never comes. */
const planWith = (value: string): PeerPlan => ({
  ...peerPlan,
  transport: { ...peerPlan.transport, fingerprint: { algorithm: 'sha-256', value } },
});

const FINGERPRINT = Array(32).fill('79').join(':');

const descriptorsOf = (pid: number | 'self'): number => readdirSync(`/proc/${pid}/fd`).length;
const threadsOf = (pid: number): number => readdirSync(`/proc/${pid}/task`).length;

describe('peers in a process of their own', () => {
  it('carry packets and messages in both directions', async () => {
    const { stack, connect } = await open();
    expect(stack.pid).toBeUndefined();
    const { here, there } = await connect();
    let sequence = 0;
    const timer = setInterval(
      () => here.peer.sendTrack('video', packet(here.plan, sequence++)),
      20,
    );
    onTestFinished(() => clearInterval(timer));
    await expect.poll(() => there.packets.video.length, SEEN).toBeGreaterThan(5);

    await there.askForKeyframe(here.plan.video?.ssrc ?? 0);
    await expect.poll(() => here.reports.length, SEEN).toBeGreaterThan(0);
    there.channel?.send(Buffer.from('from there'));
    await expect.poll(() => here.messages, SEEN).toEqual([Buffer.from('from there')]);

    for (let index = 0; index < 20; index += 1) here.peer.sendData(Buffer.alloc(10_000, index));
    expect(here.peer.bufferedDataBytes).toBe(200_000);
    await expect.poll(() => there.messages.length, SEEN).toBe(20);
    expect(there.messages.map((message) => message[9_999])).toEqual([...Array(20).keys()]);
    await expect.poll(() => here.peer.bufferedDataBytes, SEEN).toBe(0);
    expect(here.drained).toBeGreaterThan(0);

    await there.close();
    await expect.poll(() => here.ends.length, SEEN).toBe(1);
  });

  it.each(['SIGKILL', 'SIGSEGV'] as const)(
    'end with it by %s, and the next ones live',
    async (signal) => {
      const { stack, connect } = await open();
      const first = await connect();
      const second = await connect();
      process.kill(stack.pid ?? 0, signal);
      for (const { here } of [first, second]) {
        const reason: unknown = expect.stringContaining(
          `the webrtc process ended: killed by ${signal}`,
        );
        await expect.poll(() => here.ends, SEEN).toEqual([reason]);
        expect(here.peer.sendTrack('video', packet(here.plan, 1))).toBe(false);
      }
      const { here, there } = await connect();
      here.peer.sendData(Buffer.from('again'));
      await expect.poll(() => there.messages, SEEN).toEqual([Buffer.from('again')]);
      for (const pair of [first, second]) await pair.there.close();
      await there.close();
    },
  );

  it('end with it when it hangs', async () => {
    const { stack, connect } = await open();
    const { here, there } = await connect();
    process.kill(stack.pid ?? 0, 'SIGSTOP');
    const timer = setInterval(() => {
      for (let count = 0; count < 50; count += 1)
        here.peer.sendTrack('video', packet(here.plan, 1));
    }, 5);
    onTestFinished(() => clearInterval(timer));
    const reason: unknown = expect.stringContaining('read nothing for 3000 ms');
    await expect.poll(() => here.ends, SEEN).toEqual([reason]);
    const next = await connect();
    await Promise.all([there.close(), next.there.close()]);
  });

  it('leave no descriptor here when it dies', async () => {
    const { stack } = await open();
    const before = descriptorsOf('self');
    for (let deaths = 0; deaths < 5; deaths += 1) {
      await stack.open(planWith(FINGERPRINT));
      process.kill(stack.pid ?? 0, 'SIGKILL');
      await expect.poll(() => stack.pid, SEEN).toBeUndefined();
    }
    await expect.poll(() => descriptorsOf('self'), SEEN).toBeLessThanOrEqual(before);
  });

  it('leave it to end when there are none, and find the port free again', async () => {
    const { stack, connect } = await open({ idleMs: 1 });
    const { here, there } = await connect();
    here.peer.close();
    await expect.poll(() => stack.pid, SEEN).toBeUndefined();
    const next = await connect();
    expect(here.ends).toEqual([]);
    next.here.peer.close();
    await Promise.all([there.close(), next.there.close()]);
  });

  it('are told when the gateway ends', async () => {
    const { stack, connect } = await open();
    const { there } = await connect();
    await stack.close();
    expect(stack.pid).toBeUndefined();
    await expect.poll(() => there.channel?.readyState, SEEN).toBe('closed');
    await expect(stack.open(peerPlan)).rejects.toThrow('stopping');
    await there.close();
  });
});

describe('a process that fails', () => {
  it('refuses a plan that its library does not take', async () => {
    const { stack, connect } = await open();
    await expect(stack.open(planWith('79:EC'))).rejects.toThrow('fingerprint');
    const { there } = await connect();
    await there.close();
  });

  it.each([
    ['ends at once', 'ending-child.ts', 'the library does not load'],
    ['makes no sense', 'senseless-child.ts', 'made no sense'],
  ])('and %s opens no peer, says why and is started again', async (_, module, reason) => {
    const childModule = resolve(import.meta.dirname, module);
    const { stack } = await open({ childModule });
    await expect(stack.open(peerPlan)).rejects.toThrow(reason);
    await expect(stack.open(peerPlan)).rejects.toThrow(reason);
  });
});

it('a hundred connections leave nothing behind', async () => {
  const { stack, connect } = await open();
  const cycle = async () => {
    const { here, there } = await connect();
    here.peer.close();
    await there.close();
  };
  const keeper = await connect();
  const pid = stack.pid ?? 0;
  for (let count = 0; count < 10; count += 1) await cycle();
  const before = { descriptors: descriptorsOf(pid), threads: threadsOf(pid) };
  for (let count = 0; count < 90; count += 1) await cycle();
  expect(stack.pid).toBe(pid);
  await expect.poll(() => descriptorsOf(pid), SEEN).toBeLessThanOrEqual(before.descriptors);
  expect(threadsOf(pid)).toBeLessThanOrEqual(before.threads);
  await keeper.there.close();
});

/** What the gateway would ask of the library for an offer; undefined: it refuses the offer before. */
function planOf(sdp: string): PeerPlan | undefined {
  try {
    return planPeer(readOffer(sdp), { running: 'avc1.42C028', randomSource: () => 7 });
  } catch (error) {
    if (error instanceof SignalingFault) return undefined;
    throw error;
  }
}

it('5,000 mutated offers crash nothing', async () => {
  const { stack, connect } = await open();
  const keeper = await connect();
  const { pid } = stack;
  const plans = fc
    .sample(mutatedOffers, { numRuns: 5_000, seed: 1 })
    .flatMap((sdp) => planOf(sdp) ?? []);
  expect(plans.length).toBeGreaterThan(100);
  let refused = 0;
  for (const plan of plans) {
    await stack.open(plan).then(
      (peer) => peer.close(),
      (reason: unknown) => {
        // The library may refuse what it cannot do, and says so.
        expect(String(reason)).not.toContain('ended');
        refused += 1;
      },
    );
  }
  expect(refused).toBeLessThan(plans.length / 2);
  expect(stack.pid).toBe(pid);
  keeper.here.peer.sendData(Buffer.from('still there'));
  await expect.poll(() => keeper.there.messages, SEEN).toEqual([Buffer.from('still there')]);
  await keeper.there.close();
});
