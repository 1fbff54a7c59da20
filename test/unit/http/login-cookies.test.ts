import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LoginCookies, type LoginClaim } from '../../../server/http/login-cookies.ts';
import { LoginSessions } from '../../../server/http/login-sessions.ts';

const KEY = 'a key of the tests, 32 characters or more';
const WEEK = 7 * 24 * 3_600_000;

const claims: fc.Arbitrary<LoginClaim> = fc.record({
  id: fc
    .uint8Array({ minLength: 12, maxLength: 12 })
    .map((bytes) => Buffer.from(bytes).toString('base64url')),
  role: fc.constantFrom('controller', 'viewer'),
  openedAt: fc.integer({ min: 0, max: 4_000_000_000 }).map((seconds) => seconds * 1_000),
  outlives: fc.boolean(),
});

describe('the cookies of logins', () => {
  it('say what was sealed, to every gateway that has the key', () => {
    fc.assert(
      fc.property(claims, (claim) => {
        const cookie = new LoginCookies({ key: KEY }).seal(claim);
        expect(new LoginCookies({ key: KEY }).read(cookie)).toEqual(claim);
      }),
    );
  });

  it('are nothing when a character is another, missing or added', () => {
    const cookies = new LoginCookies({ key: KEY });
    const characters = fc
      .nat(64)
      .map((at) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_='.charAt(at));
    fc.assert(
      fc.property(claims, fc.nat(69), characters, (claim, at, character) => {
        const cookie = cookies.seal(claim);
        fc.pre(cookie[at] !== character);
        expect(
          cookies.read(cookie.slice(0, at) + character + cookie.slice(at + 1)),
        ).toBeUndefined();
        expect(cookies.read(cookie.slice(0, at) + cookie.slice(at + 1))).toBeUndefined();
        expect(cookies.read(cookie.slice(0, at) + character + cookie.slice(at))).toBeUndefined();
      }),
    );
  });

  it('are nothing under another key, another password or a fresh key', () => {
    const claim = {
      id: 'AAAAAAAAAAAAAAAA',
      role: 'controller',
      openedAt: 0,
      outlives: true,
    } as const;
    const cookie = new LoginCookies({ key: KEY, password: 'long enough' }).seal(claim);
    expect(new LoginCookies({ key: KEY, password: 'long enough' }).read(cookie)).toEqual(claim);
    expect(
      new LoginCookies({ key: `${KEY}!`, password: 'long enough' }).read(cookie),
    ).toBeUndefined();
    expect(new LoginCookies({ key: KEY, password: 'another one' }).read(cookie)).toBeUndefined();
    expect(new LoginCookies().read(new LoginCookies().seal(claim))).toBeUndefined();
  });
});

/** Gateways one after the other, on one clock. */
function gateways() {
  const clock = { ms: 1_700_000_000_000 };
  const next = (maxAgeMs?: number): LoginSessions =>
    new LoginSessions({
      now: () => clock.ms,
      date: () => clock.ms,
      cookies: new LoginCookies({ key: KEY }),
      ...(maxAgeMs === undefined ? {} : { maxAgeMs }),
    });
  return { clock, next };
}

describe('logins of an earlier gateway', () => {
  it('are taken over with role, number and age', () => {
    const { clock, next } = gateways();
    const { cookie, session } = next().open('viewer');
    clock.ms += 90_000;
    const second = next();
    expect(second.isOpen(session.id)).toBe(false);
    expect(second.find(cookie)).toMatchObject({ id: session.id, role: 'viewer' });
    expect(second.isOpen(session.id)).toBe(true);
    expect(second.broughtAgeMs(session.id)).toBe(90_000);
  });

  it('are not without a shared key, nor those of a proxy', () => {
    const { next } = gateways();
    expect(next().find(next().open('controller', 'ada').cookie)).toBeUndefined();
    const cookies = new LoginCookies();
    const first = new LoginSessions({ now: () => 0, cookies });
    expect(
      new LoginSessions({ now: () => 0, cookies }).find(first.open('viewer').cookie),
    ).toBeUndefined();
  });

  it('are not when they are older than a week, or than a session may last', () => {
    const { clock, next } = gateways();
    const { cookie } = next().open('controller');
    clock.ms += 3_600_000;
    expect(next(3_600_000).find(cookie)).toBeUndefined();
    expect(next(3_601_000).find(cookie)).toBeDefined();
    clock.ms += WEEK;
    expect(next().find(cookie)).toBeUndefined();
  });

  it('are not when they come from the future', () => {
    const { clock, next } = gateways();
    const { cookie } = next().open('controller');
    clock.ms -= 120_000;
    expect(next().find(cookie)).toBeUndefined();
  });

  it('stay ended once they were ended here', () => {
    const { next } = gateways();
    const { cookie, session } = next().open('controller');
    const second = next();
    second.find(cookie);
    expect(second.close(cookie)?.id).toBe(session.id);
    expect(second.find(cookie)).toBeUndefined();
    // Even one that was never used here.
    const other = next().open('controller');
    expect(second.close(other.cookie)).toBeUndefined();
    expect(second.find(other.cookie)).toBeUndefined();
  });

  it('stay ended when more have ended than are remembered', () => {
    const { clock, next } = gateways();
    const { cookie } = next().open('controller');
    const second = next();
    second.close(cookie);
    for (let i = 0; i < 40_000; i += 1) second.end(`ended ${i}`);
    expect(second.find(cookie)).toBeUndefined();
    clock.ms += 120_000;
    expect(second.find(next().open('viewer').cookie)).toBeDefined();
  });
});
