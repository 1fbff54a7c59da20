import { setTimeout as burst } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { GapWitness } from '../../support/gap-witness.ts';
import { Gateway } from '../../support/gateway.ts';
import { UdpRelay } from '../../support/udp-relay.ts';
import { waitUntil } from '../../support/wait.ts';
import { WhepPlayer } from '../../support/whep-player.ts';

/** A loaded machine. */
const SEEN = { timeout: 15_000, interval: 10 };

/** From the first lost packet to the last that is there again, the best of several bursts. */
const LIMIT_MS = 400;

const FLAGS = [
  ...['--webrtc', '--source', 'test', '--no-audio', '--video-frame-rate', '30'],
  ...['--desktop-width', '640', '--desktop-height', '360', '--video-bitrate-kbps', '2000'],
];

let gateway: Gateway;
let relay: UdpRelay;
let player: WhepPlayer;

/** Leads a player to the relay and nowhere else. */
async function throughRelay(answer: string): Promise<string> {
  const [candidate = '', port] =
    /^a=candidate:.* udp \d+ 127\.0\.0\.1 (\d+) typ host\r\n/m.exec(answer) ?? [];
  relay = await UdpRelay.open(Number(port));
  const others = answer.replace(/^a=candidate:.*\r\n/gm, '');
  const relayed = candidate.replace(` ${port} typ`, ` ${relay.port} typ`);
  return others.replace('a=end-of-candidates', `${relayed}a=end-of-candidates`);
}

beforeAll(async () => {
  gateway = await Gateway.start(FLAGS);
  player = await WhepPlayer.open(await gateway.link(), throughRelay);
});

afterAll(async () => {
  await player.close();
  relay.close();
  await gateway.stop();
});

/** Loses 200 ms of packets; milliseconds from the first lost one until none is missing any more, Infinity for more than 3 s. */
async function freeze(witness: GapWitness): Promise<number> {
  const before = witness.highest ?? 0;
  const begun = performance.now();
  relay.toClient = 'drop';
  await burst(200);
  relay.toClient = 'pass';
  // Whatever was sent in 200 ms at 30 pictures a second.
  const isBack = (): boolean => (witness.highest ?? 0) > before + 5 && witness.isWhole;
  return waitUntil(isBack, 3_000).then(
    () => performance.now() - begun,
    () => Infinity,
  );
}

it('makes up for a burst of 200 ms of lost packets within 0.4 s of its begin', async () => {
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
