import { expect, it } from 'vitest';
import { HeadlessViewer } from '../../support/headless-viewer.ts';
import { childrenOf } from '../../support/processes.ts';
import { WeriftPeer } from '../../support/werift-peer.ts';
import { play, webRtcGateway, whep } from '../../support/whep.ts';

/** A loaded machine. */
const SEEN = { timeout: 15_000, interval: 50 };

const gateway = webRtcGateway();

/** The processes of the WebRTC library. */
const carriers = (): readonly number[] =>
  childrenOf(gateway().pid)
    .filter(({ commandLine }) => commandLine.includes('peer-child'))
    .map(({ pid }) => pid);

/** A player that has picture and sound, and what asks after its session. */
const begin = async () => {
  const link = await gateway().link();
  const peer = new WeriftPeer();
  const headers = await play(peer, link);
  const { video, audio } = peer.packets;
  await expect.poll(() => Math.min(video.length, audio.length), SEEN).toBeGreaterThan(10);
  const fragment = { type: 'application/trickle-ice-sdpfrag', body: 'a=end\r\n' };
  const path = headers.get('location') ?? '';
  const ofSession = { path, headers: { 'if-match': headers.get('etag') ?? '' } };
  const ask = async () => (await whep(link, 'PATCH', { ...fragment, ...ofSession })).status;
  return { peer, ask };
};

it('runs no process of the WebRTC library before a peer comes', () => {
  expect(carriers()).toEqual([]);
});

it.each(['SIGKILL', 'SIGSEGV'] as const)(
  'goes on when the process of the WebRTC library dies by %s',
  async (signal) => {
    const viewer = await HeadlessViewer.open(await gateway().link());
    const { peer, ask } = await begin();
    expect(await ask()).toBe(204);
    const [carrier = 0, ...others] = carriers();
    expect(others).toEqual([]);
    process.kill(carrier, signal);

    // The session of the peer has ended, with a reason, and a new offer is taken.
    await expect.poll(ask, SEEN).toBe(404);
    expect(gateway().log.join('\n')).toContain(`killed by ${signal}`);
    const next = await begin();
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
