import { describe, expect, it } from 'vitest';
import type { FrameRule } from '../../../server/webrtc/frame-queue.ts';
import { readLocal } from '../../../server/webrtc/local-description.ts';
import { FrameType, type FrameTypeValue } from '../../../server/webrtc/peer-frame.ts';
import { PeerHost } from '../../../server/webrtc/peer-host.ts';
import { LOW_DATA_BYTES, type Peer, type PeerSink } from '../../../server/webrtc/peer-stack.ts';
import { RemotePeer } from '../../../server/webrtc/remote-peer.ts';
import { peerPlan } from './tracks.ts';

const local = { ufrag: 'mBDt', pwd: 'qaNdzULQE/gQ8iiTcgPOTY', fingerprint: 'sha-256 80:0B' };

interface Sent {
  readonly type: FrameTypeValue;
  readonly payload: Uint8Array | undefined;
  readonly rule: FrameRule;
}

/** Lets what is due in later turns happen. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

/** The gateway's side, with a process that takes everything until told otherwise. */
const openRemote = () => {
  const sent: Sent[] = [];
  const heard: string[] = [];
  const process = { isThere: true };
  let forgotten = 0;
  const peer = new RemotePeer({
    local,
    send: (type, payload, rule) => {
      if (process.isThere) sent.push({ type, payload, rule });
      return process.isThere;
    },
    onClosed: () => (forgotten += 1),
  });
  peer.listen({
    connected: () => heard.push('connected'),
    rtcp: () => heard.push('rtcp'),
    dataOpened: () => heard.push('dataOpened'),
    data: (message) => heard.push(`data ${message.byteLength}`),
    dataDrained: () => heard.push('drained'),
    closed: (reason) => heard.push(`closed: ${reason}`),
  });
  const buffered = (taken: number, held: number): void => {
    const payload = Buffer.alloc(8);
    payload.writeUInt32BE(taken, 0);
    payload.writeUInt32BE(held, 4);
    peer.take(FrameType.buffered, payload);
  };
  return { peer, sent, heard, process, buffered, forgotten: () => forgotten };
};

describe('a peer of another process', () => {
  it('has in its buffer what was not taken, and what was taken and has not left', () => {
    const { peer, heard, buffered } = openRemote();
    for (let count = 0; count < 5; count += 1) peer.sendData(Buffer.alloc(10_000));
    expect(peer.bufferedDataBytes).toBe(50_000);
    buffered(20_000, 15_000);
    expect(peer.bufferedDataBytes).toBe(45_000);
    buffered(50_000, LOW_DATA_BYTES);
    expect(peer.bufferedDataBytes).toBe(LOW_DATA_BYTES);
    buffered(50_000, 0);
    expect(heard).toEqual(['drained']);
  });

  it('says once that it is connected', () => {
    const { peer, heard } = openRemote();
    peer.take(FrameType.connected, Buffer.alloc(0));
    peer.take(FrameType.connected, Buffer.alloc(0));
    expect(heard).toEqual(['connected']);
  });

  it('ends, in a later turn, when a message finds no room', async () => {
    const { peer, heard, process, forgotten } = openRemote();
    process.isThere = false;
    peer.sendData(Buffer.alloc(10));
    expect(heard).toEqual([]);
    await turn();
    expect(heard).toEqual(['closed: the webrtc process does not take what is sent']);
    expect(forgotten()).toBe(1);
  });

  it('is silent once it was closed here, also about its end', async () => {
    const { peer, heard, sent, forgotten } = openRemote();
    peer.lost('the process died');
    peer.close();
    peer.close();
    peer.take(FrameType.rtcp, Buffer.alloc(8));
    expect(peer.sendTrack('audio', Buffer.alloc(8))).toBe(false);
    await turn();
    expect(heard).toEqual([]);
    expect(sent.map(({ type, rule }) => [type, rule])).toEqual([[FrameType.close, 'final']]);
    expect(forgotten()).toBe(1);
  });
});

describe('what a peer is called by', () => {
  it('is read, and nothing that could become a line of an answer', () => {
    const read = (value: unknown) => readLocal(Buffer.from(JSON.stringify(value)));
    expect(read(local)).toEqual(local);
    expect(read({ ...local, ufrag: 'mBDt\r\na=candidate:1' })).toBeUndefined();
    expect(read({ ...local, pwd: undefined })).toBeUndefined();
    expect(read({ ...local, fingerprint: 7 })).toBeUndefined();
    expect(read(null)).toBeUndefined();
    expect(readLocal(Buffer.from('{'))).toBeUndefined();
  });
});

/** The side of the process, with a peer in memory. */
const openHost = async () => {
  const sent: { readonly type: FrameTypeValue; readonly text: string; readonly rule: FrameRule }[] =
    [];
  const pipe = { hasRoom: true };
  const did: string[] = [];
  const found: { sink?: PeerSink } = {};
  const peer: Peer = {
    local,
    bufferedDataBytes: 0,
    listen: (sink) => (found.sink = sink),
    sendTrack: (kind) => did.push(kind) > 0,
    sendData: (message) => did.push(`data ${message.byteLength}`),
    close: () => did.push('closed'),
  };
  const stack = {
    name: 'memory',
    open: () => Promise.resolve(peer),
    close: () => Promise.resolve(),
  };
  const host = new PeerHost(stack, ({ type, payload }, rule) => {
    if (!pipe.hasRoom && rule === 'lossless') return false;
    sent.push({ type, text: Buffer.from(payload ?? []).toString('utf8'), rule });
    return true;
  });
  const take = (type: FrameTypeValue, payload = Buffer.alloc(0)): void =>
    host.take({ type, peer: 7, payload });
  take(FrameType.open, Buffer.from(JSON.stringify(peerPlan)));
  await turn();
  return { take, sent, did, pipe, sink: found.sink };
};

describe('the process of the peers', () => {
  it('opens one, says what it is called by, and does what it is told', async () => {
    const { take, sent, did } = await openHost();
    expect(sent.map(({ type, text }) => [type, text])).toEqual([
      [FrameType.opened, JSON.stringify(local)],
    ]);
    take(FrameType.video, Buffer.alloc(5));
    take(FrameType.sendData, Buffer.alloc(9));
    take(FrameType.close);
    take(FrameType.audio);
    expect(did).toEqual(['video', 'data 9', 'closed']);
    expect(sent.at(-1)?.type).toBe(FrameType.buffered);
  });

  it('closes a peer that sends faster than it is read, or too much at once', async () => {
    for (const [hasRoom, bytes, reason] of [
      [false, 10, 'the peer sends faster than it is read'],
      [true, 65_537, 'message: expected at most 65536 bytes'],
    ] as const) {
      const { sent, did, pipe, sink } = await openHost();
      pipe.hasRoom = hasRoom;
      sink?.data(Buffer.alloc(bytes));
      expect(did).toEqual(['closed']);
      expect(sent.at(-1)).toEqual({ type: FrameType.closed, text: reason, rule: 'final' });
    }
  });

  it('lets reports of the network give way, and nothing else', async () => {
    const { sent, sink } = await openHost();
    sink?.connected();
    sink?.dataOpened();
    sink?.rtcp(Buffer.alloc(8));
    expect(sent.filter(({ rule }) => rule === 'newest').map(({ type }) => type)).toEqual([
      FrameType.rtcp,
    ]);
  });
});
