import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { freePort } from '../support/free-port.ts';
import { Gateway } from '../support/gateway.ts';
import { childrenOf, processorSeconds } from '../support/processes.ts';
import { waitUntil } from '../support/wait.ts';
import { RtpFeed } from '../support/rtp-feed.ts';
import type { Report, Row } from './report.ts';

/** What the stream carries. */
const BITRATE_BPS = 10_000_000;

/** Until handshakes are done and the estimates have settled. */
const WARM_UP_MS = 4_000;

const goals: readonly { readonly viewers: number; readonly percent: number }[] = [
  { viewers: 1, percent: 5 },
  { viewers: 8, percent: 15 },
];

/** What viewers by WebRTC cost the gateway and the process of its library. */
export async function webrtc(seconds: number): Promise<Report> {
  const rows: Row[] = [];
  for (const goal of goals) rows.push(await measure(goal, seconds));
  return {
    name: 'WebRTC: processor of the gateway',
    method:
      `H.264 of ${BITRATE_BPS / 1e6} Mbit/s at 60 pictures a second comes in as RTP, so that nothing is encoded, and goes out to players by WHEP ` +
      `(werift, in a process of its own, which tells of packets every 50 ms, as browsers do) on the loopback address. CPU: from /proc over ${seconds} s after ${WARM_UP_MS / 1000} s; ` +
      `the gateway's has the ingest in it.`,
    goal: 'gateway and library together at most 5 % of a core for one viewer, 15 % for eight',
    rows,
  };
}

async function measure(
  { viewers, percent }: (typeof goals)[number],
  seconds: number,
): Promise<Row> {
  const port = await freePort();
  const gateway = await Gateway.start([
    ...['--webrtc', '--source', 'rtp', '--rtp-video', `tcp:127.0.0.1:${port}`, '--no-audio'],
    ...['--video-bitrate-kbps', String((BITRATE_BPS * 2) / 1000)],
  ]);
  const feed = await RtpFeed.open({ port, bitrateBps: BITRATE_BPS });
  const players = fork(new URL('./webrtc-viewers.ts', import.meta.url));
  try {
    for (let count = 0; count < viewers; count += 1) players.send(await gateway.link());
    const isPlaying = async () =>
      (await bytesOf(players)).filter((one) => one > 0).length === viewers;
    await waitUntil(isPlaying, 30_000);
    await pause(WARM_UP_MS);
    const library = childrenOf(gateway.pid).find(({ commandLine }) =>
      commandLine.includes('peer-child'),
    );
    const used = (): readonly number[] => [gateway.pid, library?.pid ?? 0].map(processorSeconds);
    await bytesOf(players);
    const [before, begun] = [used(), performance.now()];
    await pause(seconds * 1000);
    const elapsed = (performance.now() - begun) / 1000;
    const [own = NaN, below = NaN] = used().map(
      (now, index) => ((now - (before[index] ?? NaN)) / elapsed) * 100,
    );
    const rates = (await bytesOf(players)).map((bytes) => (bytes * 8) / elapsed / 1e6);
    return {
      label: viewers === 1 ? 'one viewer' : `${viewers} viewers`,
      figures: {
        'gateway, % of a core': own,
        'library, %': below,
        'together, %': own + below,
        'goal, %': percent,
        'least Mbit/s': Math.min(...rates),
        'most Mbit/s': Math.max(...rates),
      },
    };
  } finally {
    players.disconnect();
    feed.close();
    await gateway.stop();
  }
}

/** Of each viewer, since this was last asked. */
async function bytesOf(players: ChildProcess): Promise<readonly number[]> {
  players.send({});
  const [bytes] = (await once(players, 'message')) as [readonly number[]];
  return bytes;
}
