import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

import {
  nextRotationStep,
  type RotationState,
  type ServedPort,
  type Validity,
} from '../../../certs/rotation.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
const at = (days: number): Date => new Date(Date.UTC(2026, 0, 1) + days * DAY_MS);
const after = (moment: Date, ms: number): Date => new Date(moment.getTime() + ms);

/** A certificate of thirteen days that was made `days` after the start, valid from an hour before. */
const made = (days: number): Validity => ({
  notBefore: after(at(days), -HOUR_MS),
  notAfter: after(at(days + 13), -HOUR_MS),
});

/** Its port, last offered when it was opened. */
const port = (days: number, changes: Partial<ServedPort> = {}): ServedPort => ({
  ...made(days),
  isMain: true,
  openSessions: 0,
  lastOffered: at(days),
  ...changes,
});
const step = (state: Partial<RotationState>, now: Date) =>
  nextRotationStep({ ports: [], next: undefined, mainBlockedUntil: undefined, ...state }, now);

describe('nextRotationStep', () => {
  it('makes a first certificate, opens the main port with it and makes the next one', () => {
    expect(step({}, at(0))).toEqual({ type: 'make', from: at(0) });
    expect(step({ next: made(0) }, at(0))).toEqual({ type: 'open', where: 'main' });
    expect(step({ ports: [port(0)] }, at(0))).toEqual({ type: 'make', from: at(5) });
    expect(step({ ports: [port(0)], next: made(5) }, at(1)).type).toBe('wait');
  });

  it('replaces a certificate of five days in place, once nobody is there or on the way', () => {
    const next = made(5);
    const due = at(5);
    expect(step({ ports: [port(0)], next }, after(due, -1)).type).toBe('wait');
    expect(step({ ports: [port(0)], next }, due)).toEqual({ type: 'replace', close: 0 });
    const offered = [port(0, { lastOffered: due })];
    expect(step({ ports: offered, next }, after(due, 24_999)).type).toBe('wait');
    expect(step({ ports: offered, next }, after(due, 25_000)).type).toBe('replace');
    expect(step({ ports: [port(0, { openSessions: 1 })], next }, at(5.9)).type).toBe('wait');
  });

  it('makes a next certificate anew that has waited for a day', () => {
    const ports = [port(0, { openSessions: 1 })];
    expect(step({ ports, next: made(5) }, at(6))).toEqual({ type: 'make', from: at(6) });
  });

  it('opens a second port three days before the end of one that is never quiet', () => {
    const ports = [port(0, { openSessions: 1 })];
    const beside = { type: 'open', where: 'beside' };
    expect(step({ ports, next: made(9.5) }, at(9.9)).type).toBe('wait');
    expect(step({ ports, next: made(9.5) }, at(10))).toEqual(beside);
  });

  it('closes a port that is not offered any more when its sessions or its certificate have ended', () => {
    const beside = port(10, { isMain: false, lastOffered: at(10) });
    const next = made(13);
    const busy = [port(0, { openSessions: 2, lastOffered: at(10) }), beside];
    expect(step({ ports: busy, next }, at(12)).type).toBe('wait');
    expect(step({ ports: busy, next }, at(13))).toEqual({
      type: 'close',
      port: 0,
      reason: 'ended',
    });
    const left = [port(0, { lastOffered: at(10) }), beside];
    expect(step({ ports: left, next }, after(at(10), 24_999)).type).toBe('wait');
    const unused = { type: 'close', port: 0, reason: 'unused' };
    expect(step({ ports: left, next }, after(at(10), 25_000))).toEqual(unused);
  });

  it('comes back to the main port, unless another program has it', () => {
    const ports = [port(5, { isMain: false })];
    const next = made(10);
    expect(step({ ports, next }, at(6))).toEqual({ type: 'return' });
    expect(step({ ports, next }, at(10))).toEqual({ type: 'open', where: 'main' });
    const mainBlockedUntil = at(11);
    expect(step({ ports, next, mainBlockedUntil }, at(6)).type).toBe('wait');
    expect(step({ next: made(6), mainBlockedUntil }, at(6))).toEqual({
      type: 'open',
      where: 'beside',
    });
  });

  it('recovers when the machine slept past the end, or its clock was set back', () => {
    expect(step({ ports: [port(0)], next: made(5) }, at(30))).toEqual({
      type: 'make',
      from: at(30),
    });
    const slept = { ports: [port(0, { openSessions: 1 })], next: made(30) };
    expect(step(slept, at(30))).toEqual({ type: 'open', where: 'beside' });
    expect(step({ ports: [port(5)], next: made(10) }, at(1))).toEqual({
      type: 'make',
      from: at(1),
    });
    expect(step({ ports: [port(5)], next: made(1) }, at(1))).toEqual({ type: 'replace', close: 0 });
  });

  it('always shows a valid certificate, has three ports at most, and comes to rest', () => {
    const events = fc.array(
      fc.record({
        days: fc.double({ min: 0, max: 4, noNaN: true }),
        sessions: fc.nat(2),
        isOffered: fc.boolean(),
        isBlocked: fc.boolean(),
      }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(events, (list) => {
        let now = at(0);
        let state: RotationState = { ports: [], next: undefined, mainBlockedUntil: undefined };
        for (const { days, sessions, isOffered, isBlocked } of list) {
          now = after(now, days * DAY_MS);
          state = settle(state, now);
          const current = state.ports.at(-1);
          expect(current?.notBefore.getTime()).toBeLessThanOrEqual(now.getTime());
          expect(current?.notAfter.getTime()).toBeGreaterThan(now.getTime());
          expect(state.ports.length).toBeLessThanOrEqual(4);
          expect(state.ports.filter(({ isMain }) => isMain).length).toBeLessThanOrEqual(1);
          const last = state.ports.length - 1;
          state = {
            ...state,
            mainBlockedUntil: isBlocked ? after(now, HOUR_MS) : undefined,
            ports: state.ports.map((one, index) => ({
              ...one,
              openSessions: index === last ? sessions : Math.min(one.openSessions, sessions),
              lastOffered: index === last && isOffered ? now : one.lastOffered,
            })),
          };
        }
      }),
    );
  });
});

/** Does what the plan says until it waits. */
function settle(start: RotationState, now: Date): RotationState {
  let state = start;
  for (let steps = 0; steps < 20; steps += 1) {
    const next = nextRotationStep(state, now);
    if (next.type === 'wait') {
      const waitMs = next.until.getTime() - now.getTime();
      expect(waitMs).toBeGreaterThan(0);
      expect(waitMs).toBeLessThanOrEqual(HOUR_MS);
      return state;
    }
    state = performed(state, next, now);
  }
  throw new Error('the plan does not come to rest');
}

function performed(
  state: RotationState,
  next: Exclude<ReturnType<typeof nextRotationStep>, { type: 'wait' }>,
  now: Date,
): RotationState {
  const { ports } = state;
  const opened = (isMain: boolean, validity: Validity | undefined): ServedPort => {
    if (validity === undefined) throw new Error('there is no certificate to show');
    const { notBefore, notAfter } = validity;
    return { notBefore, notAfter, isMain, openSessions: 0, lastOffered: now };
  };
  switch (next.type) {
    case 'make': {
      const notBefore = after(next.from, -HOUR_MS);
      return { ...state, next: { notBefore, notAfter: after(notBefore, 13 * DAY_MS) } };
    }
    case 'replace': {
      const kept = ports.toSpliced(next.close, 1);
      return { ...state, next: undefined, ports: [...kept, opened(true, state.next)] };
    }
    case 'open': {
      const port = opened(next.where === 'main', state.next);
      return { ...state, next: undefined, ports: [...ports, port] };
    }
    case 'return':
      return { ...state, ports: [...ports, opened(true, ports.at(-1))] };
    case 'close':
      return { ...state, ports: ports.toSpliced(next.port, 1) };
  }
}
