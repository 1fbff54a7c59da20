import { expect, it } from 'vitest';
import { Receiver, type ReceiverOutput } from '../../../client/receive/receiver.ts';
import { flowId } from '../../../protocol/flow.ts';
import { received } from './messages.ts';

const VIDEO = flowId(2);
const AUDIO = flowId(4);
const CURSOR = flowId(6);

const summary = (outputs: readonly ReceiverOutput[]): string[] =>
  outputs.map((output) => {
    if (output.type === 'keyRequest') return `keyRequest ${output.flow}`;
    const seq = output.received.message.header.seq;
    return output.type === 'audio'
      ? `audio ${seq} missing ${output.missing}`
      : `${output.type} ${seq}`;
  });

function opened(): Receiver {
  const receiver = new Receiver({ inOrder: false });
  receiver.open(VIDEO, 'video', 0, 0);
  receiver.open(AUDIO, 'audio', 0, 0);
  receiver.open(CURSOR, 'cursor', 0, 0);
  return receiver;
}

it('keeps messages that come before their FLOW_OPEN', () => {
  const receiver = new Receiver({ inOrder: false });
  expect(receiver.push(received(1), 0, 0)).toEqual([]);
  expect(receiver.push(received(0, { key: true }), 0, 0)).toEqual([]);
  expect(receiver.push(received(0, { key: true, flow: 4 }), 0, 0)).toEqual([]);
  expect(summary(receiver.open(VIDEO, 'video', 0, 0))).toEqual([
    'unused 1',
    'keyRequest 2',
    'video 0',
  ]);
  expect(summary(receiver.open(AUDIO, 'audio', 0, 0))).toEqual(['audio 0 missing 0']);
});

it('keeps at most 32 of them', () => {
  const receiver = new Receiver({ inOrder: false });
  for (let seq = 0; seq < 50; seq += 1) {
    receiver.push(received(seq, { key: true, flow: 4 }), 0, 0);
  }
  expect(receiver.open(AUDIO, 'audio', 0, 0)).toHaveLength(32);
});

it('drops the repeated packets of redundant datagrams and counts lost ones', () => {
  const receiver = opened();
  const audio = (seq: number): string[] =>
    summary(receiver.push(received(seq, { key: true, flow: 4 }), 0, 0));
  expect(audio(5)).toEqual(['audio 5 missing 0']);
  expect(audio(5)).toEqual([]);
  expect(audio(6)).toEqual(['audio 6 missing 0']);
  expect(audio(9)).toEqual(['audio 9 missing 2']);
  expect(audio(8)).toEqual(['unused 8']);
  expect(receiver.counters).toMatchObject({
    audioPackets: 3,
    audioMissing: 2,
    audioDuplicates: 1,
  });
});

it('keeps the flows apart', () => {
  const receiver = opened();
  expect(summary(receiver.push(received(0, { key: true, flow: 6 }), 0, 0))).toEqual(['other 0']);
  expect(summary(receiver.push(received(0, { key: true }), 0, 0))).toEqual(['video 0']);
  receiver.close(VIDEO);
  expect(receiver.push(received(1), 0, 0)).toEqual([]);
});

it('knows which messages of a range did not come', () => {
  const receiver = opened();
  receiver.push(received(0, { key: true }), 0, 0);
  receiver.push(received(3), 0, 0);
  receiver.push(received(1, { key: true, flow: 4 }), 0, 0);
  expect(receiver.missingOf({ flow: VIDEO, first: 0, count: 5 }, 64)).toEqual([1, 2, 4]);
  expect(receiver.missingOf({ flow: VIDEO, first: 0, count: 2 ** 50 }, 2)).toHaveLength(2);
  expect(receiver.missingOf({ flow: AUDIO, first: 0, count: 2 }, 64)).toEqual([0]);
  expect(receiver.missingOf({ flow: flowId(8), first: 0, count: 2 }, 64)).toEqual([]);
  expect(receiver.videoFlow).toBe(VIDEO);
});

it('tells a sound that comes late from one that comes twice', () => {
  const receiver = opened();
  const push = (seq: number) => summary(receiver.push(received(seq, { key: true, flow: 4 }), 0, 0));
  expect([push(5), push(7), push(6), push(6), push(7)].flat()).toEqual([
    'audio 5 missing 0',
    'audio 7 missing 1',
    'unused 6',
  ]);
});

it('asks for a keyframe on the video flow when the decoder failed', () => {
  const receiver = opened();
  receiver.push(received(0, { key: true }), 0, 0);
  expect(summary(receiver.loseDecoder(1000, 0))).toEqual(['keyRequest 2']);
  expect(summary(receiver.push(received(1), 2000, 0))).toEqual(['unused 1']);
  expect(summary(receiver.tick(300_000, 0))).toEqual(['keyRequest 2']);
});
