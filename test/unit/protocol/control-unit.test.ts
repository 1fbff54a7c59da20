import { describe, expect, it } from 'vitest';
import {
  decodeControl,
  encodeControl,
  type ControlUnit,
} from '../../../protocol/control/control-unit.ts';
import { ProtocolError } from '../../../protocol/errors.ts';
import { flowId, sequence } from '../../../protocol/flow.ts';
import type { InputEvent } from '../../../protocol/input.ts';
import { clientLimits, maxUnitBytes } from '../../../protocol/limits.ts';
import { micros, micros32, millis } from '../../../protocol/time.ts';
import { encodeStreamUnit, StreamUnitReader } from '../../../protocol/unit.ts';

const input = (...events: readonly InputEvent[]): ControlUnit => ({
  type: 'input',
  sendTime: micros32(0),
  first: 0,
  events,
});
const flow = flowId(4);

describe('encodeControl refuses what the peer would refuse', () => {
  it.each<[string, ControlUnit]>([
    [
      '65 events',
      input(...Array<InputEvent>(65).fill({ type: 'button', button: 0, pressed: true })),
    ],
    [
      'more than 1,000 bytes of events',
      input(...Array<InputEvent>(2).fill({ type: 'text', text: 'x'.repeat(500) })),
    ],
    ['text of 513 bytes', input({ type: 'text', text: 'x'.repeat(513) })],
    ['button 8', input({ type: 'button', button: 8, pressed: true })],
    ['a place with a fraction', input({ type: 'pointerAbsolute', x: 0.5, y: 0 })],
    ['17 axes', input({ type: 'gamepad', index: 0, buttons: 0, axes: Array<number>(17).fill(0) })],
    ['65 held keys', input({ type: 'heldKeys', buttons: 0, codes: Array<number>(65).fill(1) })],
    ['a long error text', { type: 'error', code: 1, ref: 0, message: 'ä'.repeat(513) }],
    ['a long token', { type: 'auth', token: 'x'.repeat(1_025) }],
    [
      'an abandonment of nothing',
      { type: 'abandon', flow, first: sequence(1), count: 0, reason: 1 },
    ],
    ['a priority of 8', { type: 'flowUpdate', flow, key: 'priority', value: 8 }],
    ['a pause of 2', { type: 'flowUpdate', flow, key: 'pause', value: 2 }],
    [
      'a flow of priority 8',
      {
        type: 'flowOpen',
        flow,
        parent: undefined,
        kind: 'video',
        priority: 8,
        budget: millis(0),
        metadata: {},
      },
    ],
    [
      'large metadata',
      {
        type: 'flowOpen',
        flow,
        parent: undefined,
        kind: 'video',
        priority: 1,
        budget: millis(0),
        metadata: { a: 'x'.repeat(16_384) },
      },
    ],
    ['a moment before the clock began', { type: 'ping', id: 1, t0: micros(-1) }],
  ])('%s', (_what, unit) => {
    expect(() => encodeControl(unit)).toThrow(RangeError);
  });
});

describe('decodeControl', () => {
  it('keeps nothing of the bytes', () => {
    const unit: ControlUnit = {
      type: 'flowOpen',
      flow,
      parent: undefined,
      kind: 'video',
      priority: 4,
      budget: millis(150),
      metadata: { codec: 'avc1.42C028' },
    };
    const bytes = encodeControl(unit);
    const decoded = decodeControl(bytes);
    bytes.fill(0);
    expect(decoded).toEqual(unit);
  });

  it('does not tell in an error what a token or a text was', () => {
    const hello = { versions: [1], video: [], audio: [], mode: 'secret-mode', resume: 'secret' };
    const bytes = Uint8Array.of(0x20, ...Buffer.from(JSON.stringify(hello)));
    const refusal = new Error('nothing thrown');
    let thrown: unknown = refusal;
    try {
      decodeControl(bytes);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(ProtocolError);
    expect(String(thrown)).not.toContain('secret');
  });

  it('announces the limits of the specification unchanged', () => {
    const unit: ControlUnit = {
      type: 'helloAck',
      helloAck: {
        version: 1,
        session: 's',
        clock: micros(5),
        role: 'viewer',
        mayControl: true,
        desktop: { width: 1, height: 1 },
        limits: clientLimits,
      },
    };
    expect(decodeControl(encodeControl(unit))).toEqual(unit);
  });
});

describe('StreamUnitReader', () => {
  it('refuses a unit that is too large before it has arrived', () => {
    const reader = new StreamUnitReader(100);
    expect(() => reader.push(Uint8Array.of(0x40, 101))).toThrow(
      expect.objectContaining({ code: 'E_SIZE' }),
    );
  });

  it('takes a unit as large as allowed', () => {
    const ping = encodeControl({ type: 'ping', id: 1, t0: micros(2) });
    expect(new StreamUnitReader(ping.length).push(encodeStreamUnit(ping))).toHaveLength(1);
    expect(() => new StreamUnitReader(ping.length - 1).push(encodeStreamUnit(ping))).toThrow(
      ProtocolError,
    );
  });

  it('encodes no unit that it would refuse', () => {
    expect(() => encodeStreamUnit(new Uint8Array(0))).toThrow(RangeError);
    expect(() => encodeStreamUnit(new Uint8Array(maxUnitBytes + 1))).toThrow(RangeError);
  });
});
