import { expect, test } from 'vitest';

import { LoginSessions } from '../../../server/http/login-sessions.ts';
import { LoginTokens } from '../../../server/http/login-tokens.ts';
import { PasswordCheck } from '../../../server/http/password.ts';
import { Tickets } from '../../../server/http/tickets.ts';

const ORIGIN = 'https://desk.example';

/** A clock that the test moves. */
function manualClock(): { ms: number; now: () => number } {
  const clock = { ms: 1_000, now: () => clock.ms };
  return clock;
}

function withTickets() {
  const clock = manualClock();
  const sessions = new LoginSessions(clock);
  const tickets = new Tickets({ now: clock.now, isSessionOpen: (id) => sessions.isOpen(id) });
  return { clock, sessions, tickets, ...sessions.open('controller') };
}

test('a login token has 256 bits, works once and then never again', () => {
  const tokens = new LoginTokens({ now: () => 0, lifetimeSeconds: 120 });
  const { token, expiresAt } = tokens.issue();
  expect(Buffer.from(token, 'base64url')).toHaveLength(32);
  expect(expiresAt).toBe(120_000);
  expect(tokens.redeem(`${token}x`)).toBeUndefined();
  expect(tokens.redeem(token)).toBe('controller');
  expect(tokens.redeem(token)).toBeUndefined();
});

test('a login token ends with its lifetime', () => {
  const clock = manualClock();
  const tokens = new LoginTokens({ now: clock.now, lifetimeSeconds: 120 });
  const [inTime, late] = [tokens.issue('viewer').token, tokens.issue().token];
  clock.ms += 119_999;
  expect(tokens.redeem(inTime)).toBe('viewer');
  clock.ms += 1;
  expect(tokens.redeem(late)).toBeUndefined();
});

test('of too many open tokens the oldest is dropped', () => {
  const tokens = new LoginTokens({ now: () => 0, lifetimeSeconds: 120 });
  const issued = Array.from({ length: 65 }, () => tokens.issue().token);
  expect(tokens.redeem(issued[0] ?? '')).toBeUndefined();
  expect(tokens.redeem(issued[1] ?? '')).toBe('controller');
});

test('a session is found by its cookie only, until it is closed', () => {
  const sessions = new LoginSessions(manualClock());
  const { cookie, session } = sessions.open('viewer');
  expect(sessions.find(cookie)).toMatchObject({ id: session.id, role: 'viewer' });
  expect(sessions.find(session.id)).toBeUndefined();
  expect(sessions.close(cookie)?.id).toBe(session.id);
  expect(sessions.find(cookie)).toBeUndefined();
  expect(sessions.isOpen(session.id)).toBe(false);
});

test('a session lives for a week after its last use', () => {
  const clock = manualClock();
  const sessions = new LoginSessions(clock);
  const { cookie, session } = sessions.open('controller');
  const week = 7 * 24 * 3_600_000;
  clock.ms += week - 1;
  expect(sessions.find(cookie)).toBeDefined();
  clock.ms += week - 1;
  expect(sessions.find(cookie)).toBeDefined();
  clock.ms += week;
  expect(sessions.find(cookie)).toBeUndefined();
  expect(sessions.isOpen(session.id)).toBe(false);
});

test('of too many sessions the one unused for longest makes room', () => {
  const sessions = new LoginSessions(manualClock());
  const [first, second] = [sessions.open('viewer'), sessions.open('viewer')];
  for (let i = 0; i < 1_022; i += 1) sessions.open('viewer');
  sessions.find(first.cookie);
  sessions.open('viewer');
  expect(sessions.find(first.cookie)).toBeDefined();
  expect(sessions.find(second.cookie)).toBeUndefined();
  expect(sessions.isOpen(second.session.id)).toBe(false);
});

test('a ticket grants what its session may, once, and both of an attempt say so', () => {
  const { tickets, session } = withTickets();
  const { webSocket, webTransport } = tickets.issue(session, ORIGIN);
  const grant = tickets.redeem(webSocket, 'webSocket');
  expect(grant).toMatchObject({ session: session.id, role: 'controller', origin: ORIGIN });
  expect(tickets.redeem(webSocket, 'webSocket')).toBeUndefined();
  expect(tickets.redeem(webTransport, 'webTransport')).toEqual(grant);
  const next = tickets.redeem(tickets.issue(session, ORIGIN).webSocket, 'webSocket');
  expect(next?.attempt).not.toBe(grant?.attempt);
});

test('a ticket of another transport is refused and used up', () => {
  const { tickets, session } = withTickets();
  const { webSocket } = tickets.issue(session, ORIGIN);
  expect(tickets.redeem(webSocket, 'webTransport')).toBeUndefined();
  expect(tickets.redeem(webSocket, 'webSocket')).toBeUndefined();
});

test('a ticket ends after 15 s and with its session', () => {
  const { clock, sessions, tickets, session, cookie } = withTickets();
  const [inTime, late] = [tickets.issue(session, ORIGIN), tickets.issue(session, ORIGIN)];
  clock.ms += 14_999;
  expect(tickets.redeem(inTime.webSocket, 'webSocket')).toBeDefined();
  clock.ms += 1;
  expect(tickets.redeem(late.webSocket, 'webSocket')).toBeUndefined();
  const orphan = tickets.issue(session, ORIGIN);
  sessions.close(cookie);
  expect(tickets.redeem(orphan.webTransport, 'webTransport')).toBeUndefined();
});

test('a session holds 16 tickets, the newest', () => {
  const { tickets, session } = withTickets();
  const issued = Array.from({ length: 9 }, () => tickets.issue(session, ORIGIN).webSocket);
  expect(tickets.redeem(issued[0] ?? '', 'webSocket')).toBeUndefined();
  expect(tickets.redeem(issued[1] ?? '', 'webSocket')).toBeDefined();
});

test('the password matches itself, in any composition of its letters, and nothing else', async () => {
  const check = new PasswordCheck('pässword');
  expect(await check.matches('pa\u0308ssword')).toBe(true);
  expect(await check.matches('passwort')).toBe(false);
  expect(await check.matches('')).toBe(false);
  expect(await check.matches('p'.repeat(100_000))).toBe(false);
});
