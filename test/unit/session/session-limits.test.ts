import { describe, expect, it } from 'vitest';
import { SessionLimits } from '../../../server/session/session-limits.ts';

const MINUTE = 60_000;
const isOpen = (): boolean => true;

describe('limits of a session', () => {
  it('are none unless given', () => {
    const limits = new SessionLimits({ idleMs: 0, maxMs: 0 });
    limits.connected('a', 'controller', 0);
    expect(limits.tick(1e12, isOpen)).toEqual([]);
  });

  it('warn a minute before nobody used it for long enough, once, and end it', () => {
    const limits = new SessionLimits({ idleMs: 30 * MINUTE, maxMs: 0 });
    limits.connected('a', 'controller', 0);
    expect(limits.tick(29 * MINUTE - 1, isOpen)).toEqual([]);
    expect(limits.tick(29 * MINUTE, isOpen)).toEqual([
      {
        type: 'warn',
        session: 'a',
        remainingMs: MINUTE,
        message: 'This session ends in 1 minute unless you type or click.',
      },
    ]);
    expect(limits.tick(29.5 * MINUTE, isOpen)).toEqual([]);
    expect(limits.tick(30 * MINUTE, isOpen)).toEqual([
      { type: 'end', session: 'a', message: 'Nobody typed or clicked for 30 minutes.' },
    ]);
    expect(limits.tick(31 * MINUTE, isOpen)).toEqual([]);
  });

  it('withdraw the warning when somebody types', () => {
    const limits = new SessionLimits({ idleMs: 2 * MINUTE, maxMs: 0 });
    limits.connected('a', 'controller', 0);
    expect(limits.tick(1.5 * MINUTE, isOpen)).toMatchObject([{ type: 'warn' }]);
    limits.active('a', 1.6 * MINUTE);
    expect(limits.tick(1.7 * MINUTE, isOpen)).toEqual([{ type: 'withdraw', session: 'a' }]);
    expect(limits.tick(2.5 * MINUTE, isOpen)).toEqual([]);
  });

  it('let whoever only watches watch on', () => {
    const limits = new SessionLimits({ idleMs: 2 * MINUTE, maxMs: 0 });
    limits.connected('a', 'viewer', 0);
    expect(limits.tick(60 * MINUTE, isOpen)).toEqual([]);
  });

  it('end a session that is used all the time, counted from its first connection', () => {
    const limits = new SessionLimits({ idleMs: 30 * MINUTE, maxMs: 8 * 60 * MINUTE });
    limits.connected('a', 'controller', 0);
    const last = 8 * 60 * MINUTE;
    limits.active('a', last - 1);
    limits.connected('a', 'controller', last - 1);
    expect(limits.tick(last - 1, isOpen)).toMatchObject([
      { type: 'warn', message: 'This session ends in 1 second: it may last for 8 hours.' },
    ]);
    expect(limits.tick(last, isOpen)).toEqual([
      { type: 'end', session: 'a', message: 'A session may last for 8 hours.' },
    ]);
  });

  it('warn a page that was loaded again', () => {
    const limits = new SessionLimits({ idleMs: 0, maxMs: 2 * MINUTE });
    limits.connected('a', 'viewer', 0);
    expect(limits.tick(1.5 * MINUTE, isOpen)).toMatchObject([{ type: 'warn' }]);
    limits.connected('a', 'viewer', 1.6 * MINUTE);
    expect(limits.tick(1.7 * MINUTE, isOpen)).toMatchObject([{ type: 'warn' }]);
  });

  it('forget logins that ended by themselves', () => {
    const limits = new SessionLimits({ idleMs: 0, maxMs: MINUTE });
    limits.connected('a', 'viewer', 0);
    expect(limits.tick(2 * MINUTE, () => false)).toEqual([]);
    expect(limits.tick(3 * MINUTE, isOpen)).toEqual([]);
  });
});
