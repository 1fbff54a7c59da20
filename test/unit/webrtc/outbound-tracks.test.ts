import { describe, expect, it } from 'vitest';
import { trackTimestamp } from '../../../protocol/figure-extension.ts';
import { flowId, Priority, sequence, type FlowKindName } from '../../../protocol/flow.ts';
import type { MessageHeader } from '../../../protocol/message.ts';
import { streamCodec } from '../../../protocol/stream-codec.ts';
import { millis, type Micros } from '../../../protocol/time.ts';
import { parseRtpPacket } from '../../../server/ingest/rtp-packet.ts';
import { NtpClock } from '../../../server/webrtc/ntp.ts';
import { OutboundTracks, type TrackOutput } from '../../../server/webrtc/outbound-tracks.ts';
import { SharedPayloads } from '../../../server/webrtc/shared-payloads.ts';
import { opusTicks, SoundTimeline } from '../../../server/webrtc/sound-timeline.ts';
import { hexOf } from '../../support/ingest/bytes.ts';
import { annexB, nal } from '../../support/ingest/rtp.ts';
import { at, peerPlan } from './tracks.ts';

const VIDEO = flowId(4);
const AUDIO = flowId(2);

const header = (flow: number, seq: number, given: Partial<MessageHeader> = {}): MessageHeader => ({
  flow: flowId(flow),
  seq: sequence(seq),
  captureTime: at(1_000),
  budget: millis(100),
  key: true,
  discardable: false,
  recovery: false,
  late: false,
  epoch: false,
  layer: { temporal: 0, spatial: 0, priority: Priority.videoBase },
  dependency: 0,
  extensions: [],
  ...given,
});

const openTracks = (plan = peerPlan) => {
  const tracks = new OutboundTracks({
    plan,
    payloads: new SharedPayloads(),
    ntp: new NtpClock(0, at(0)),
    randomSource: () => 100,
  });
  const open = (flow: number, kind: FlowKindName, codec: string): void =>
    tracks.open({
      type: 'flowOpen',
      flow: flowId(flow),
      parent: undefined,
      kind,
      priority: 4,
      budget: millis(0),
      metadata: { codec },
    });
  open(VIDEO, 'video', 'avc1.42C028');
  open(AUDIO, 'audio', 'opus');
  return tracks;
};

const nothing = new Uint8Array(0);

/** A keyframe of one large slice. */
const keyframe = annexB([nal.sps, nal.pps, new Uint8Array(5_000).fill(0x65)]);

const writeWhole = (tracks: OutboundTracks, given: MessageHeader, payload: Uint8Array) =>
  tracks.write({ message: { header: given, payload }, offset: 0, bytes: payload, last: true });

const packetsOf = (outputs: ReturnType<OutboundTracks['write']>) => {
  if ('type' in outputs) throw new Error('expected packets');
  return outputs.map((output, index) => parse(output, index));
};

const parse = (output: TrackOutput, transportSequence: number) => {
  const bytes = output.write(transportSequence);
  const packet = bytes && parseRtpPacket(bytes);
  if (packet === undefined) throw new Error('expected a packet');
  return packet;
};

describe('a picture', () => {
  it('goes out piece by piece, each packet once and the last one marked', () => {
    const tracks = openTracks();
    const message = { header: header(VIDEO, 0), payload: keyframe };
    const packets = [];
    for (let offset = 0; offset < keyframe.length; offset += 700) {
      const bytes = keyframe.subarray(offset, offset + 700);
      const last = offset + 700 >= keyframe.length;
      packets.push(...packetsOf(tracks.write({ message, offset, bytes, last })));
    }
    expect(packets.map(({ marker }) => marker)).toEqual([false, false, false, false, false, true]);
    expect(packets.map(({ sequence: number }) => number)).toEqual([100, 101, 102, 103, 104, 105]);
    expect(new Set(packets.map(({ timestamp }) => timestamp))).toEqual(new Set([90_100]));
  });

  it('says with its first packet how long it is to be held back, least and most', () => {
    const tracks = openTracks();
    const said = (seq: number): number | undefined => {
      const outputs = writeWhole(tracks, header(VIDEO, seq), keyframe);
      const packets = 'type' in outputs ? [] : outputs.map((output, i) => output.write(i));
      // Behind the fixed header, that of extensions, and the number among all: an id, a length, and 12 bits each.
      const [first, second] = packets;
      expect(second?.readUInt8(16 + 3)).not.toBe(0x52);
      return first?.readUInt32BE(16 + 3);
    };
    expect(said(0)).toBe(0x52_000_000);
    tracks.holdMs = 70;
    expect(said(1)).toBe(0x52_007_007);
  });

  it('that is given up leaves no gap in the numbers', () => {
    const tracks = openTracks();
    const message = { header: header(VIDEO, 0), payload: keyframe };
    tracks.write({ message, offset: 0, bytes: keyframe.subarray(0, 700), last: false });
    const [begun] = packetsOf(
      tracks.write({ message, offset: 700, bytes: keyframe.subarray(700, 1_400), last: false }),
    );
    const [next] = packetsOf(writeWhole(tracks, header(VIDEO, 2), keyframe));
    expect((next?.sequence ?? 0) - (begun?.sequence ?? 0)).toBe(1);
  });

  it('of another codec goes out under its payload type, if that was agreed upon', () => {
    const tracks = openTracks();
    const changed = (codec: string) => header(VIDEO, 1, { extensions: [streamCodec(codec)] });
    const [packet] = packetsOf(writeWhole(tracks, changed('vp8'), Uint8Array.of(1, 2, 3)));
    expect(packet?.payloadType).toBe(96);
    expect(writeWhole(tracks, changed('hvc1.1.6.L93.B0'), keyframe)).toEqual({
      type: 'untaken',
      codec: 'hvc1.1.6.L93.B0',
    });
  });

  it('for a peer without a track of its kind goes nowhere', () => {
    const tracks = openTracks({ ...peerPlan, audio: undefined });
    expect(tracks.carries(AUDIO)).toBe(true);
    expect(writeWhole(tracks, header(AUDIO, 0), Uint8Array.of(0))).toEqual([]);
    expect(tracks.carries(flowId(6))).toBe(false);
  });
});

describe('a packet that is missed', () => {
  it('is sent again under the number and source of retransmissions, its own number before it', () => {
    const tracks = openTracks();
    const [, second] = packetsOf(writeWhole(tracks, header(VIDEO, 0), keyframe));
    const { outputs, isHopeless } = tracks.lost(1_111, [101], at(1_100));
    expect(isHopeless).toBe(false);
    const [again] = outputs.map((output) => parse(output, 9));
    expect(again?.payloadType).toBe(109);
    expect(hexOf(again?.payload ?? nothing)).toBe(`0065${hexOf(second?.payload ?? nothing)}`);
  });

  it('is sent again twice while there is plenty to spend, under its own name', () => {
    const tracks = openTracks();
    packetsOf(writeWhole(tracks, header(VIDEO, 0), keyframe));
    const { outputs } = tracks.lost(1_111, [101], at(1_100));
    const name = { ssrc: 1_111, sequence: 101 };
    expect(outputs.map(({ repeat }) => repeat)).toEqual([name, name]);
    const numbers = outputs.map((output, index) => parse(output, index).sequence);
    expect(new Set(numbers).size).toBe(2);
  });

  it('that is not kept calls for a keyframe; sound does not', () => {
    const tracks = openTracks();
    packetsOf(writeWhole(tracks, header(VIDEO, 0), keyframe));
    expect(tracks.lost(1_111, [5_000], at(0))).toEqual({ outputs: [], isHopeless: true });
    expect(tracks.lost(2_222, [5_000], at(0))).toEqual({ outputs: [], isHopeless: false });
    expect(tracks.lost(9_999, [100], at(0))).toEqual({ outputs: [], isHopeless: false });
  });
});

describe('sender reports', () => {
  it('are made of tracks that were begun', () => {
    const tracks = openTracks();
    expect(tracks.reports(at(0))).toEqual([]);
    packetsOf(writeWhole(tracks, header(VIDEO, 0), keyframe));
    const reports = tracks.reports(at(2_000));
    expect(reports.map(({ kind, isReport }) => [kind, isReport])).toEqual([['video', true]]);
    expect(reports[0]?.write(0)?.readUInt32BE(16)).toBe(180_100);
  });
});

describe('timestamps of sound', () => {
  /** Opus of 10 ms: configuration 26, one frame. */
  const packet = Uint8Array.of(26 << 3, 0);
  const place = (timeline: SoundTimeline, captured: Micros) => timeline.place(packet, captured);

  it('know how long a packet is', () => {
    expect(opusTicks(packet)).toBe(480);
    expect(opusTicks(Uint8Array.of((31 << 3) | 1))).toBe(1_920);
    expect(opusTicks(Uint8Array.of((16 << 3) | 3, 4))).toBe(480);
    expect(opusTicks(new Uint8Array(0))).toBe(0);
  });

  it('follow each other without a gap, however capture times tremble', () => {
    const timeline = new SoundTimeline(7);
    const stamps = [0, 12, 19, 30, 41].map((ms) => place(timeline, at(ms)).timestamp);
    expect(stamps).toEqual([7, 487, 967, 1_447, 1_927]);
  });

  it('jump where sound was missing', () => {
    const timeline = new SoundTimeline(0);
    place(timeline, at(0));
    expect(place(timeline, at(1_000))).toEqual({ timestamp: 48_000, isAfterGap: true });
    expect(timeline.at(at(1_020))).toBeCloseTo(48_960, -1);
  });
});

describe('what is told of a picture on its track', () => {
  it('is its header, with the timestamp of its packets', () => {
    const tracks = openTracks();
    const note = tracks.noteOf(header(VIDEO, 7));
    const [packet] = packetsOf(writeWhole(tracks, header(VIDEO, 7), keyframe));
    expect(note).toMatchObject({ flow: VIDEO, seq: 7, captureTime: at(1_000) });
    expect(trackTimestamp.read(note?.extensions ?? [])).toBe(packet?.timestamp);
  });

  it('is nothing of sound, and of flows without a track', () => {
    const tracks = openTracks();
    expect(tracks.noteOf(header(AUDIO, 1))).toBeUndefined();
    expect(tracks.noteOf(header(6, 1))).toBeUndefined();
  });
});
