import { describe, expect, test } from 'vitest';
import { ProtocolError } from '../../../protocol/errors.ts';
import { flowId } from '../../../protocol/flow.ts';
import { micros, micros32, millis } from '../../../protocol/time.ts';
import { InboundGuard } from '../../../server/transport/inbound-guard.ts';

const seconds = (value: number) => micros(value * 1e6);

const codeOf = (action: () => unknown): string | undefined => {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof ProtocolError) return error.code;
    throw error;
  }
};

const input = (first: number, count = 1) =>
  ({
    type: 'input',
    sendTime: micros32(0),
    first,
    events: Array.from(
      { length: count },
      () => ({ type: 'pointerRelative', dx: 1, dy: 1 }) as const,
    ),
  }) as const;

describe('inbound guard', () => {
  test('answers a ping with the moments of arrival and of the answer', () => {
    const guard = new InboundGuard(micros(0));
    const ping = { type: 'ping', id: 3, t0: micros(9) } as const;
    expect(guard.control(ping, micros(100), micros(130))).toEqual({
      type: 'answer',
      unit: { type: 'pong', id: 3, t0: 9, t1: 100, t2: 130 },
    });
  });

  test('20 pings a second are fine for ever; five seconds of them may come at once', () => {
    const guard = new InboundGuard(micros(0));
    const ping = { type: 'ping', id: 1, t0: micros(0) } as const;
    for (let at = 0; at < 400; at++) guard.control(ping, micros(at * 50_000));
    const late = seconds(100);
    for (let count = 0; count < 100; count++) guard.control(ping, late);
    expect(codeOf(() => guard.control(ping, late))).toBe('E_RATE');
  });

  test('repeated input events count once', () => {
    const guard = new InboundGuard(micros(0));
    for (let repeat = 0; repeat < 1_000; repeat++) guard.control(input(0, 64), micros(0));
    let first = 64;
    const flood = (): void => {
      for (; first < 10_000; first += 64) guard.control(input(first, 64), micros(0));
    };
    expect(codeOf(flood)).toBe('E_RATE');
    expect(first).toBeGreaterThanOrEqual(4_900);
  });

  test('a flow may be opened again after it was closed', () => {
    const guard = new InboundGuard(micros(0));
    const flowOpen = (flow: number) =>
      ({
        type: 'flowOpen',
        flow: flowId(flow),
        parent: undefined,
        kind: 'bulk',
        priority: 1,
        budget: millis(0),
        metadata: {},
      }) as const;
    for (let flow = 1; flow <= 31; flow += 2) guard.control(flowOpen(flow), micros(0));
    guard.control({ type: 'flowClose', flow: flowId(1), finalSeq: 0, code: 0 }, micros(0));
    guard.control(flowOpen(33), micros(0));
    expect(codeOf(() => guard.control(flowOpen(35), micros(0)))).toBe('E_COUNT');
    expect(codeOf(() => new InboundGuard(micros(0)).control(flowOpen(2), micros(0)))).toBe(
      'E_FLOW_STATE',
    );
  });

  test('a unit is at most 64 KiB', () => {
    const guard = new InboundGuard(micros(0));
    expect(codeOf(() => guard.unit(65_536, micros(0)))).toBeUndefined();
    expect(codeOf(() => guard.unit(65_537, micros(0)))).toBe('E_SIZE');
  });

  test('silence is 5 s without a byte', () => {
    const guard = new InboundGuard(seconds(10));
    expect(guard.isSilent(seconds(14.9))).toBe(false);
    expect(guard.isSilent(seconds(15))).toBe(true);
    guard.heard(seconds(15));
    expect(guard.isSilent(seconds(19))).toBe(false);
  });
});
