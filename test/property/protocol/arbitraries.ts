/** Arbitrary units, every field over its whole range. */

import fc from 'fast-check';
import type { ControlUnit } from '../../../protocol/control/control-unit.ts';
import { FlowUpdateKey, type FlowUpdateKeyName } from '../../../protocol/control/flow-control.ts';
import type { JsonObject } from '../../../protocol/control/json.ts';
import { AbandonReason } from '../../../protocol/errors.ts';
import { flowId, FlowKind, sequence, type FlowKindName } from '../../../protocol/flow.ts';
import { inputEventBytes, type InputEvent } from '../../../protocol/input.ts';
import { refusalReasons } from '../../../protocol/control/stream.ts';
import { latencyModeNames } from '../../../protocol/latency-mode.ts';
import type { DataUnit, MessageHeader } from '../../../protocol/message.ts';
import {
  audioFrameLengths,
  qualityNames,
  streamRanges,
  streamSettingNames,
  transportChoices,
  videoVisibilities,
  type RangedName,
  type SettingRange,
  type StreamChange,
} from '../../../protocol/stream-settings.ts';
import { videoCodecNames } from '../../../protocol/video-codec.ts';
import { micros, micros32, millis } from '../../../protocol/time.ts';

type FieldsOf<Type extends ControlUnit['type']> = {
  readonly [Name in keyof Extract<ControlUnit, { type: Type }>]: fc.Arbitrary<
    Extract<ControlUnit, { type: Type }>[Name]
  >;
};

/** 0 to 2^53 - 1, with the values around the lengths of a varint as likely as all the others. */
export const varint: fc.Arbitrary<number> = fc.oneof(
  fc.maxSafeNat(),
  fc.nat(300),
  fc.constantFrom(63, 64, 16_383, 16_384, 2 ** 30 - 1, 2 ** 30, 2 ** 32 - 1, 2 ** 32),
);
const u8 = fc.nat(0xff);
const u16 = fc.nat(0xffff);
const i16 = fc.integer({ min: -0x8000, max: 0x7fff });
const u32 = fc.nat(0xffff_ffff);
const flow = varint.map(flowId);
const seq = varint.map(sequence);
const moment = varint.map(micros);
const span = varint.map(millis);
const stamp = u32.map(micros32);
/** At most `maxLength` code points, each at most four bytes. */
const text = (maxLength: number) => fc.string({ unit: 'binary', maxLength });
/** JSON has no negative zero that both sides would keep; a detour through text removes it. */
const metadata = fc
  .dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 }), { maxKeys: 5 })
  .map((object): JsonObject => JSON.parse(JSON.stringify(object)) as JsonObject)
  .filter((object) => JSON.stringify(object).length < 5_000);

const extensions = fc.array(
  fc.record({
    id: varint.map((id) => id - (id % 2)),
    bytes: fc.uint8Array({ maxLength: 40 }),
  }),
  { maxLength: 4 },
);

export const header: fc.Arbitrary<MessageHeader> = fc
  .record({
    flow,
    seq,
    captureTime: moment,
    budget: span,
    key: fc.boolean(),
    discardable: fc.boolean(),
    recovery: fc.boolean(),
    late: fc.boolean(),
    epoch: fc.boolean(),
    layer: fc.record({ temporal: fc.nat(7), spatial: fc.nat(3), priority: fc.nat(7) }),
    back: fc.oneof(fc.constant(1), varint),
    extensions,
  })
  .map(({ back, ...fields }) => {
    // A message that is no key needs one to depend on.
    const key = fields.key || fields.seq === 0;
    return { ...fields, key, dependency: key ? 0 : Math.max(1, Math.min(back, fields.seq)) };
  });

const bytes = fc.uint8Array({ maxLength: 64 });

export const dataUnit: fc.Arbitrary<DataUnit> = fc.oneof(
  fc.record({ type: fc.constant('message'), sendTime: stamp, header, payload: bytes }),
  fc
    .record({ sendTime: stamp, header, more: fc.nat(1_000_000), bytes })
    .map(({ more, ...unit }) => ({
      type: 'fragmentFirst' as const,
      ...unit,
      totalLength: unit.bytes.length + more,
    })),
  fc.record({ type: fc.constant('fragmentMiddle'), sendTime: stamp, flow, bytes }),
  fc.record({ type: fc.constant('fragmentLast'), sendTime: stamp, flow, bytes }),
  fc.record({ type: fc.constant('padding'), length: fc.integer({ min: 1, max: 100 }) }),
);

export const inputEvent: fc.Arbitrary<InputEvent> = fc.oneof(
  fc.record({ type: fc.constant('pointerAbsolute'), x: u16, y: u16 }),
  fc.record({ type: fc.constant('pointerRelative'), dx: i16, dy: i16 }),
  fc.record({ type: fc.constant('button'), button: fc.nat(7), pressed: fc.boolean() }),
  fc.record({ type: fc.constant('wheel'), dx: i16, dy: i16 }),
  fc.record({ type: fc.constant('key'), code: u16, keysym: u32, pressed: fc.boolean() }),
  fc.record({ type: fc.constant('text'), text: text(128) }),
  fc.record({
    type: fc.constant('touch'),
    id: u8,
    phase: fc.constantFrom('start', 'move', 'end', 'cancel'),
    x: u16,
    y: u16,
    pressure: u8,
  }),
  fc.record({
    type: fc.constant('gamepad'),
    index: u8,
    buttons: u32,
    axes: fc.array(i16, { maxLength: 16 }),
  }),
  fc.record({
    type: fc.constant('heldKeys'),
    codes: fc.array(u16, { maxLength: 64 }),
    buttons: u8,
  }),
);

/** As many of some events as fit into one INPUT unit. */
const inputEvents = fc.array(inputEvent, { maxLength: 64 }).map((events) => {
  let left = 1_000 - 14;
  return events.filter((event) => (left -= inputEventBytes(event)) >= 0);
});

const count = fc.integer({ min: 1, max: 2 ** 32 });
/** A first message that leaves room for `count`. */
const first = fc.nat(2 ** 31 - 1).map(sequence);
const codecs = fc.array(text(32), { maxLength: 8 });
const token = text(64);
const size = fc.integer({ min: 1, max: 100_000 });

const largestUpdate: Readonly<Record<FlowUpdateKeyName, number>> = {
  priority: 7,
  budget: Number.MAX_SAFE_INTEGER,
  pause: 1,
};
const flowUpdate = fc
  .constantFrom(...(Object.keys(FlowUpdateKey) as FlowUpdateKeyName[]))
  .chain((key) =>
    fc.record({
      type: fc.constant('flowUpdate' as const),
      flow,
      key: fc.constant(key),
      value: fc.maxSafeNat().map((value) => Math.min(value, largestUpdate[key])),
    }),
  );

const entry = fc.record({
  flow,
  seq,
  status: fc.constantFrom('complete', 'reset', 'expired', 'undecodable'),
  bytes: varint,
  echo: stamp,
  first: stamp,
  last: stamp,
});
const values = fc.record(
  {
    decodeQueue: varint,
    audioBufferUs: varint,
    renderedSeq: varint,
    shownLatencyUs: varint,
    underruns: varint,
    lateFrames: varint,
    networkUs: varint,
    decodeUs: varint,
    presentUs: varint,
  },
  { requiredKeys: [] },
);
const hello = fc.record(
  {
    versions: fc.array(size, { maxLength: 16 }),
    video: codecs,
    audio: codecs,
    mode: fc.constantFrom(...latencyModeNames),
    maxWidth: size,
    maxHeight: size,
    maxFrameRate: size,
    resume: token,
    move: token,
    pinned: fc.boolean(),
    transports: fc.array(text(32), { maxLength: 16 }),
  },
  { requiredKeys: ['versions', 'video', 'audio'] },
);
const helloAck = fc.record(
  {
    version: size,
    session: token,
    clock: moment,
    role: fc.constantFrom('controller', 'viewer'),
    mayControl: fc.boolean(),
    desktop: fc.record({ width: size, height: size }),
    limits: fc.record({
      unitBytes: varint,
      messageBytes: varint,
      inputBytes: varint,
      inputUnitsPerSecond: varint,
      inputEventsPerSecond: varint,
      flows: varint,
      pingsPerSecond: varint,
      reportsPerSecond: varint,
      settingsPerSecond: varint,
      clipboardPartBytes: varint,
    }),
    resume: token,
    input: varint,
    requests: size,
  },
  { requiredKeys: ['version', 'session', 'clock', 'role', 'mayControl', 'desktop', 'limits'] },
);

const whole = (name: RangedName) => {
  const { least, most } = streamRanges[name];
  return fc.integer({ min: least, max: most });
};
const orAuto = <Value>(value: fc.Arbitrary<Value>) => fc.oneof(fc.constant('auto' as const), value);
const scale = fc.double({
  min: streamRanges.scale.least,
  max: streamRanges.scale.most,
  noNaN: true,
});
const mode = fc.oneof(
  fc.record({ mode: fc.constantFrom(...latencyModeNames) }),
  fc.record({
    mode: fc.constant('custom' as const),
    custom: fc.record({
      delayTargetMs: whole('delayTargetMs'),
      videoBudgetMs: whole('videoBudgetMs'),
      audioBudgetMs: whole('audioBudgetMs'),
    }),
  }),
);
const settingsButMode = {
  codec: orAuto(fc.constantFrom(...videoCodecNames)),
  maxBitrateKbps: orAuto(whole('maxBitrateKbps')),
  maxFrameRate: orAuto(whole('maxFrameRate')),
  scale: orAuto(scale),
  quality: fc.constantFrom(...qualityNames),
  audioBitrateKbps: orAuto(whole('audioBitrateKbps')),
  audioFrameMs: orAuto(fc.constantFrom(...audioFrameLengths)),
  video: fc.constantFrom(...videoVisibilities),
  transport: fc.constantFrom(...transportChoices),
};
/** Some settings of a stream, each in its widest range. */
export const streamChange: fc.Arbitrary<StreamChange> = fc
  .tuple(fc.oneof(fc.constant({}), mode), fc.record(settingsButMode, { requiredKeys: [] }))
  .map(([chosen, others]) => ({ ...chosen, ...others }));
const range = (name: RangedName): fc.Arbitrary<SettingRange> =>
  fc.record({ least: whole(name), most: whole(name) });
const settings = fc.tuple(mode, fc.record(settingsButMode)).map(([a, b]) => ({ ...a, ...b }));
const policy = {
  locked: fc.subarray([...streamSettingNames]),
  ranges: fc.record({
    maxBitrateKbps: range('maxBitrateKbps'),
    maxFrameRate: range('maxFrameRate'),
    scale: fc.record({ least: scale, most: scale }),
    audioBitrateKbps: range('audioBitrateKbps'),
    delayTargetMs: range('delayTargetMs'),
    videoBudgetMs: range('videoBudgetMs'),
    audioBudgetMs: range('audioBudgetMs'),
  }),
  defaults: settings,
};
const stream = fc.record(
  {
    answers: varint,
    settings,
    video: fc.record({
      codec: text(16),
      name: fc.constantFrom(...videoCodecNames),
      encoder: text(16),
      width: size,
      height: size,
      frameRate: fc.double({ min: 0, max: 1e6, noNaN: true }).map((rate) => rate + 0),
    }),
    desktop: fc.record({ width: size, height: size }),
    audio: fc.record({ bitrateKbps: whole('audioBitrateKbps'), frameMs: size }),
    offers: fc.record({ codecs: fc.subarray([...videoCodecNames]) }),
    policy: fc.record(policy, { requiredKeys: ['locked', 'ranges'] }),
    isAway: fc.constant(true),
    controls: fc.boolean(),
    refused: fc.dictionary(
      fc.constantFrom(...streamSettingNames),
      fc.constantFrom(...refusalReasons),
    ),
  },
  { requiredKeys: ['answers', 'settings', 'desktop', 'video', 'offers', 'policy', 'controls'] },
);

function unit<Type extends ControlUnit['type']>(
  type: Type,
  fields: Omit<FieldsOf<Type>, 'type'>,
): fc.Arbitrary<ControlUnit> {
  // The mapped type ties each field to its arbitrary; fc.record cannot say so for a type parameter.
  return fc.record({ type: fc.constant(type), ...fields }) as unknown as fc.Arbitrary<ControlUnit>;
}

const part = (minLength: number): fc.Arbitrary<Uint8Array<ArrayBuffer>> =>
  fc.array(u8, { minLength, maxLength: 40 }).map((bytes) => Uint8Array.from(bytes));

/** One arbitrary for every type of control unit. */
export const controlUnits: Readonly<Record<ControlUnit['type'], fc.Arbitrary<ControlUnit>>> = {
  auth: unit('auth', { token }),
  hello: unit('hello', { hello }),
  helloAck: unit('helloAck', { helloAck }),
  error: unit('error', { code: varint, ref: varint, message: text(256) }),
  goaway: unit('goaway', { remaining: span, message: text(256) }),
  flowOpen: unit('flowOpen', {
    flow,
    parent: fc.option(
      fc.maxSafeNat().map((id) => flowId(Math.max(0, id - 1))),
      {
        nil: undefined,
      },
    ),
    kind: fc.constantFrom(...(Object.keys(FlowKind) as FlowKindName[])),
    priority: fc.nat(7),
    budget: span,
    metadata,
  }),
  flowAccept: unit('flowAccept', { flow, credit: varint }),
  flowClose: unit('flowClose', { flow, finalSeq: varint, code: varint }),
  flowUpdate,
  credit: unit('credit', { flow, absoluteBytes: varint }),
  abandon: unit('abandon', {
    flow,
    first,
    count,
    reason: fc.constantFrom(...Object.values(AbandonReason)),
  }),
  revise: unit('revise', { flow, first, count, newBudget: span }),
  keyRequest: unit('keyRequest', {
    flow,
    lastDecoded: fc.option(first, { nil: undefined }),
    reason: u8,
  }),
  role: unit('role', { role: fc.constantFrom('viewer', 'controller') }),
  settings: unit('settings', { id: fc.integer({ min: 1 }), settings: streamChange }),
  stream: unit('stream', { stream }),
  move: unit('move', { transport: text(32), reason: text(256) }),
  ping: unit('ping', { id: varint, t0: moment }),
  pong: unit('pong', { id: varint, t0: moment, t1: moment, t2: moment }),
  ackConfig: unit('ackConfig', { bytes: varint, maxDelay: span, reportInterval: span }),
  ack: unit('ack', { cumulativeBytes: varint, echo: stamp, received: stamp, hold: moment }),
  report: unit('report', { now: stamp, entries: fc.array(entry, { maxLength: 64 }), values }),
  rate: unit('rate', {
    targetBps: varint,
    capacityBps: varint,
    queue: moment,
    state: fc.constantFrom('hold', 'increase', 'decrease'),
  }),
  input: unit('input', { sendTime: stamp, first: fc.nat(2 ** 31 - 1), events: inputEvents }),
  inputAck: unit('inputAck', { cumulative: varint }),
  request: unit('request', {
    id: varint,
    head: fc.record({ method: fc.constantFrom('GET', 'POST'), path: text(64) }),
    total: varint,
    bytes: part(0),
  }),
  response: unit('response', {
    id: varint,
    head: fc.record({ status: fc.integer({ min: 100, max: 599 }) }),
    total: varint,
    bytes: part(0),
  }),
  body: unit('body', { id: varint, bytes: part(1) }),
};

export const controlUnit: fc.Arbitrary<ControlUnit> = fc.oneof(...Object.values(controlUnits));

/** A cutting of `bytes` into consecutive parts, empty ones among them. */
export const chunksOf = (whole: Uint8Array): fc.Arbitrary<readonly Uint8Array[]> =>
  fc.array(fc.nat(whole.length), { maxLength: 12 }).map((cuts) => {
    const ends = [...cuts, whole.length].sort((a, b) => a - b);
    return ends.map((end, index) => whole.subarray(ends[index - 1] ?? 0, end));
  });
