import { setTimeout as burst } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GapWitness } from '../../support/gap-witness.ts';
import { Gateway } from '../../support/gateway.ts';
import { relayedBy } from '../../support/relayed-answer.ts';
import type { UdpRelay } from '../../support/udp-relay.ts';
import { waitUntil } from '../../support/wait.ts';
import { WhepPlayer } from '../../support/whep-player.ts';

/** A loaded machine. */
const SEEN = { timeout: 15_000, interval: 10 };

/** From the first lost packet to the last that is there again, the best of several bursts. */
const LIMIT_MS = 400;

/** A keyframe would repair a picture, too, without any packet that comes again: so many have to. */
const LEAST_REPAIRED = 5;

const FLAGS = [
  ...['--webrtc', '--source', 'test', '--no-audio', '--video-frame-rate', '30'],
  ...['--desktop-width', '640', '--desktop-height', '360', '--video-bitrate-kbps', '2000'],
];

let gateway: Gateway;
let relay: UdpRelay;
let player: WhepPlayer;

beforeAll(async () => {
  gateway = await Gateway.start(FLAGS);
  player = await WhepPlayer.open(await gateway.link(), async (answer) => {
    const led = await relayedBy(answer);
    relay = led.relay;
    return led.answer;
  });
});

afterAll(async () => {
  await player.close();
  relay.close();
  await gateway.stop();
});

/**
 * Loses 200 ms of packets; milliseconds from the first lost one until every one of them has come again. Infinity for more than 3 s, and
 * when a keyframe took the place of one.
 */
async function freeze(witness: GapWitness): Promise<number> {
  const { highest: before = 0, repaired, forgiven } = witness;
  const begun = performance.now();
  relay.toClient = 'drop';
  await burst(200);
  relay.toClient = 'pass';
  const isBack = (): boolean =>
    (witness.highest ?? 0) > before && witness.repaired >= repaired + LEAST_REPAIRED;
  return waitUntil(() => isBack() && witness.isWhole, 3_000).then(
    () => (witness.forgiven > forgiven ? Infinity : performance.now() - begun),
    () => Infinity,
  );
}

it('sends every packet of a lost burst of 200 ms again, within 0.4 s of its begin', async () => {
  const { peer } = player;
  const witness = new GapWitness(peer);
  peer.packets.video.length = 0;
  const read = (): void => peer.packets.video.splice(0).forEach((packet) => witness.take(packet));
  const reading = setInterval(read, 2);
  const asking = setInterval(() => witness.ask(), 50);
  try {
    await expect.poll(() => witness.highest, SEEN).toBeGreaterThan(0);
    let frozenMs = Infinity;
    for (let bursts = 0; bursts < 6 && frozenMs >= LIMIT_MS; bursts += 1) {
      frozenMs = Math.min(frozenMs, await freeze(witness));
    }
    expect(frozenMs).toBeLessThan(LIMIT_MS);
  } finally {
    clearInterval(reading);
    clearInterval(asking);
  }
});

it('gives a peer up of which nothing is heard for 3 s', async () => {
  expect(await player.isOpen()).toBe(true);
  const begun = performance.now();
  relay.toServer = 'drop';
  await expect.poll(() => player.isOpen(), { timeout: 10_000, interval: 50 }).toBe(false);
  const silentMs = performance.now() - begun;
  // The last word may have come up to a second before, and is looked for twice a second; ICE alone takes 26 s.
  expect(silentMs).toBeGreaterThan(1_500);
  expect(gateway.log.join('\n')).toContain('3 s');
});
