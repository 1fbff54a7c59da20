import { afterAll, beforeAll, expect, it } from 'vitest';
import { Gateway } from '../../support/gateway.ts';
import { HeadlessViewer } from '../../support/headless-viewer.ts';
import { childrenOf } from '../../support/processes.ts';
import { WeriftPeer } from '../../support/werift-peer.ts';

/** A loaded machine. */
const SEEN = { timeout: 15_000, interval: 50 };

const FLAGS = [
  ...['--webrtc', '--source', 'test', '--video-frame-rate', '15'],
  ...['--desktop-width', '320', '--desktop-height', '180'],
];

let gateway: Gateway;

beforeAll(async () => {
  gateway = await Gateway.start(FLAGS);
});

afterAll(async () => {
  expect(await gateway.stop()).toBe(0);
});

/** The processes of the WebRTC library. */
const carriers = (): readonly number[] =>
  childrenOf(gateway.pid)
    .filter(({ commandLine }) => commandLine.includes('peer-child'))
    .map(({ pid }) => pid);

/** A player that has picture and sound, and what asks after its session. */
const play = async () => {
  const { origin, hash } = new URL(await gateway.link());
  const authorization = `Bearer ${hash.replace('#token=', '')}`;
  const peer = new WeriftPeer();
  const answer = await fetch(`${origin}/whep`, {
    method: 'POST',
    headers: { authorization, 'content-type': 'application/sdp' },
    body: await peer.offer(),
  });
  expect(answer.status).toBe(201);
  await peer.answered(await answer.text());
  const { video, audio } = peer.packets;
  await expect.poll(() => Math.min(video.length, audio.length), SEEN).toBeGreaterThan(10);
  const path = answer.headers.get('location') ?? '';
  const ask = async (): Promise<number> => {
    const headers = { authorization, 'content-type': 'application/trickle-ice-sdpfrag' };
    const said = await fetch(origin + path, { method: 'PATCH', headers, body: 'a=end\r\n' });
    return said.status;
  };
  return { peer, ask };
};

it('runs no process of the WebRTC library before a peer comes', () => {
  expect(carriers()).toEqual([]);
});

it.each(['SIGKILL', 'SIGSEGV'] as const)(
  'goes on when the process of the WebRTC library dies by %s',
  async (signal) => {
    const viewer = await HeadlessViewer.open(await gateway.link());
    const { peer, ask } = await play();
    expect(await ask()).toBe(204);
    const [carrier = 0, ...others] = carriers();
    expect(others).toEqual([]);
    process.kill(carrier, signal);

    // The session of the peer has ended, with a reason, and a new offer is taken.
    await expect.poll(ask, SEEN).toBe(404);
    expect(gateway.log.join('\n')).toContain(`killed by ${signal}`);
    const next = await play();
    expect(await next.ask()).toBe(204);
    expect(carriers()).not.toContain(carrier);

    // Who watches over WebSocket has the same connection, and its picture.
    const seen = viewer.dataUnits;
    await expect.poll(() => viewer.dataUnits, SEEN).toBeGreaterThan(seen + 15);
    expect(viewer.closeCode).toBeUndefined();
    viewer.close();
    await Promise.all([peer.close(), next.peer.close()]);
  },
);
