import { expect, it } from 'vitest';
import type { OutboundFrame } from '../../../server/webrtc/frame-pipe.ts';
import { FrameType, type FrameTypeValue } from '../../../server/webrtc/peer-frame.ts';
import { PeerHost } from '../../../server/webrtc/peer-host.ts';
import type { Peer } from '../../../server/webrtc/peer-stack.ts';
import { peerPlan } from './tracks.ts';

/** A connection of a library that throws when something is sent, as it does while its end is under way. */
class LeavingPeer implements Peer {
  readonly local = { ufrag: 'mBDt', pwd: 'qaNdzULQE/gQ8iiTcgPOTY', fingerprint: 'sha-256 80' };
  readonly bufferedDataBytes = 0;
  readonly sent: string[] = [];
  isLeaving = false;
  isClosed = false;

  listen(): void {
    // It delivers nothing.
  }

  sendTrack(_: 'video' | 'audio', packet: Buffer): boolean {
    this.sendData(packet);
    return true;
  }

  sendData(message: Uint8Array): void {
    if (this.isLeaving) throw new Error('Sending failed, errno=2');
    this.sent.push(Buffer.from(message).toString());
  }

  close(): void {
    this.isClosed = true;
  }
}

it.each([
  ['a message', FrameType.sendData],
  ['a packet', FrameType.video],
] as const)('a peer that leaves while it is sent %s ends alone', async (_, type) => {
  const peers: LeavingPeer[] = [];
  const told: OutboundFrame[] = [];
  const host = new PeerHost(
    {
      name: 'leaving',
      open: () => {
        const peer = new LeavingPeer();
        peers.push(peer);
        return Promise.resolve(peer);
      },
      close: () => Promise.resolve(),
    },
    (frame) => told.push(frame) > 0,
  );
  const take = (frame: FrameTypeValue, peer: number, text: string): void =>
    host.take({ type: frame, peer, payload: Buffer.from(text) });
  for (const number of [1, 2]) take(FrameType.open, number, JSON.stringify(peerPlan));
  await expect.poll(() => told.filter((one) => one.type === FrameType.opened)).toHaveLength(2);
  const [leaving, staying] = peers;
  if (leaving !== undefined) leaving.isLeaving = true;
  take(type, 1, 'to one who leaves');
  take(type, 2, 'to one who stays');
  const ends = told.filter((one) => one.type === FrameType.closed);
  expect(ends.map(({ peer, payload = '' }) => [peer, Buffer.from(payload).toString()])).toEqual([
    [1, 'Sending failed, errno=2'],
  ]);
  expect([leaving?.isClosed, staying?.isClosed]).toEqual([true, false]);
  expect(staying?.sent).toEqual(['to one who stays']);
});
