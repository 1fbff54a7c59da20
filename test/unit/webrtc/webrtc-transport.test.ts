import { describe, expect, it, onTestFinished, vi } from 'vitest';
import {
  decodeControl,
  encodeControl,
  type ControlUnit,
} from '../../../protocol/control/control-unit.ts';
import { SessionCode } from '../../../protocol/errors.ts';
import { micros, millis } from '../../../protocol/time.ts';
import type { PeerPlan } from '../../../server/signaling/peer-plan.ts';
import type { TransportSink, WireFeedback } from '../../../server/transport/transport.ts';
import type { Peer, PeerSink } from '../../../server/webrtc/peer-stack.ts';
import { SharedPayloads } from '../../../server/webrtc/shared-payloads.ts';
import { WebRtcTransport } from '../../../server/webrtc/webrtc-transport.ts';
import { bytes } from '../../support/ingest/bytes.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { peerPlan } from './tracks.ts';

/** A peer in memory: what the transport does to it, and what it does to the transport. */
class MemoryPeer implements Peer {
  readonly local = { ufrag: 'mBDt', pwd: 'qaNdzULQE/gQ8iiTcgPOTY', fingerprint: 'sha-256 80' };
  readonly tracks: Buffer[] = [];
  readonly units: ControlUnit[] = [];
  bufferedDataBytes = 0;
  isClosed = false;
  sink: PeerSink | undefined;

  listen(sink: PeerSink): void {
    this.sink = sink;
  }

  sendTrack(_: 'video' | 'audio', packet: Buffer): boolean {
    this.tracks.push(packet);
    return true;
  }

  sendData(message: Uint8Array): void {
    this.units.push(decodeControl(message));
  }

  close(): void {
    this.isClosed = true;
  }
}

const open = (plan: PeerPlan = peerPlan) => {
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const peer = new MemoryPeer();
  const heard: ControlUnit[] = [];
  const feedback: WireFeedback[] = [];
  const sink: TransportSink = {
    control: (unit) => heard.push(unit),
    message: () => undefined,
    acknowledged: () => undefined,
    sent: () => undefined,
    feedback: (told) => feedback.push(told),
  };
  const transport = new WebRtcTransport({
    peer,
    plan,
    backend: 'memory',
    payloads: new SharedPayloads(),
    clock: { now: () => micros(Date.now() * 1_000), fromMonotonicNanos: () => micros(0) },
    logger: silentLogger,
    randomSource: () => 1,
    onConnected: (connected) => connected.start({ next: () => undefined }, sink),
  });
  const say = (unit: ControlUnit): void => peer.sink?.data(encodeControl(unit));
  return { peer, heard, feedback, transport, say };
};

const hello: ControlUnit = { type: 'hello', hello: { versions: [1], video: [], audio: [] } };

describe('a WebRTC connection', () => {
  it('hands on what its page says on the data channel', () => {
    const { peer, heard, say } = open();
    peer.sink?.connected();
    peer.sink?.dataOpened();
    say(hello);
    vi.advanceTimersByTime(2_000);
    expect(heard).toEqual([hello]);
  });

  it('says HELLO for a player that offers no data channel, and for one that never opens it', () => {
    const player = open({ ...peerPlan, data: undefined });
    player.peer.sink?.connected();
    expect(player.heard).toMatchObject([
      { type: 'hello', hello: { video: ['avc1.42E01F', 'vp8'], pinned: true } },
    ]);
    const silent = open();
    silent.peer.sink?.connected();
    expect(silent.heard).toEqual([]);
    vi.advanceTimersByTime(1_600);
    expect(silent.heard).toHaveLength(1);
  });

  it('answers a PING by itself', () => {
    const { peer, say } = open();
    peer.sink?.connected();
    peer.sink?.dataOpened();
    say({ type: 'ping', id: 7, t0: micros(1) });
    expect(peer.units).toMatchObject([{ type: 'pong', id: 7 }]);
  });

  it('ends with the code of the goodbye of its page', async () => {
    const { peer, transport, say } = open();
    peer.sink?.connected();
    peer.sink?.dataOpened();
    say({ type: 'error', code: SessionCode.ok, ref: 0, message: 'left' });
    expect(await transport.closed).toEqual({ code: SessionCode.ok, reason: 'left', clean: true });
    expect(peer.isClosed).toBe(true);
  });

  it('says why before it closes', async () => {
    const { peer, transport } = open();
    peer.sink?.connected();
    peer.sink?.dataOpened();
    transport.close(SessionCode.superseded, 'elsewhere');
    expect(peer.units).toMatchObject([{ type: 'error', code: SessionCode.superseded }]);
    expect(peer.isClosed).toBe(false);
    vi.advanceTimersByTime(300);
    expect(peer.isClosed).toBe(true);
    expect((await transport.closed).code).toBe(SessionCode.superseded);
  });

  it('refuses acknowledgements, and text that is no unit', async () => {
    const acknowledging = open();
    acknowledging.peer.sink?.connected();
    acknowledging.say({ type: 'ack', cumulativeBytes: 1, echo: 0, received: 0, hold: 0 } as never);
    vi.advanceTimersByTime(300);
    expect((await acknowledging.transport.closed).code).toBe(SessionCode.protocol);
    const writing = open();
    writing.peer.sink?.connected();
    writing.peer.sink?.data(Buffer.from('hello'));
    vi.advanceTimersByTime(300);
    expect((await writing.transport.closed).code).toBe(SessionCode.protocol);
  });

  it('is over 3 s after the last word of its peer, whatever kind it was', async () => {
    const { peer, transport } = open();
    peer.sink?.connected();
    vi.advanceTimersByTime(2_000);
    peer.sink?.rtcp(bytes('80c90001 00000001'));
    vi.advanceTimersByTime(2_500);
    expect(peer.isClosed).toBe(false);
    vi.advanceTimersByTime(1_000);
    expect(await transport.closed).toMatchObject({ code: SessionCode.timeout, clean: false });
  });

  it('is given up when the handshake takes more than 10 s', async () => {
    const { peer, transport } = open();
    vi.advanceTimersByTime(10_001);
    expect((await transport.closed).code).toBe(SessionCode.timeout);
    expect(peer.isClosed).toBe(true);
  });

  it('asks for a keyframe at most five times a second, however often the peer does', () => {
    const { peer, feedback } = open();
    peer.sink?.connected();
    for (let asked = 0; asked < 10; asked += 1) {
      peer.sink?.rtcp(bytes('81ce 0002 00000001 00000457'));
      vi.advanceTimersByTime(50);
    }
    expect(feedback).toEqual(Array.from({ length: 3 }, () => ({ type: 'keyframeWanted' })));
  });

  it('is closed when its page takes no control units', async () => {
    const { peer, transport } = open();
    peer.sink?.connected();
    peer.sink?.dataOpened();
    peer.bufferedDataBytes = 300_000;
    transport.sendControl({ type: 'goaway', remaining: millis(1), message: '' });
    vi.advanceTimersByTime(300);
    expect((await transport.closed).code).toBe(SessionCode.limit);
  });
});
