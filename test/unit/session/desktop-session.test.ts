import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  decodeControl,
  encodeControl,
  type ControlUnit,
} from '../../../protocol/control/control-unit.ts';
import { SessionCode, webSocketCloseCode } from '../../../protocol/errors.ts';
import type { InputEvent } from '../../../protocol/input.ts';
import { micros, toMicros32, type Micros } from '../../../protocol/time.ts';
import { isDataUnitId } from '../../../protocol/unit-id.ts';
import type { Clock } from '../../../server/session-clock.ts';
import type { VideoPort } from '../../../server/session/desktop-ports.ts';
import { DesktopSession } from '../../../server/session/desktop-session.ts';
import type { Role } from '../../../server/session/roles.ts';
import { memoryPair, type MemoryClient } from '../../../server/transport/memory.ts';
import { openRules } from '../../support/open-rules.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { quietObserver } from '../../support/quiet-observer.ts';

const shift: InputEvent = { type: 'key', code: 42, keysym: 0xffe1, pressed: true };
const shiftUp: InputEvent = { type: 'key', code: 42, keysym: 0, pressed: false };
const move: InputEvent = { type: 'pointerAbsolute', x: 3, y: 4 };

/** A client that says HELLO and keeps what it hears. */
class Client {
  readonly units: ControlUnit[] = [];
  readonly closed: MemoryClient['closed'];
  readonly #wire: MemoryClient;
  #events = 0;

  constructor(wire: MemoryClient, move?: string) {
    this.#wire = wire;
    this.closed = wire.closed;
    wire.receive((unit) => {
      if (!isDataUnitId(unit[0] ?? 0)) this.units.push(decodeControl(Uint8Array.from(unit)));
    });
    this.#send({
      type: 'hello',
      hello: { versions: [1], video: [], audio: [], mode: 'balanced', ...(move && { move }) },
    });
  }

  /** HELLO_ACK, when it has come. */
  async greeting() {
    const ack = await vi.waitFor(() => {
      const found = this.units.find((unit) => unit.type === 'helloAck');
      if (found === undefined) throw new Error('no HELLO_ACK yet');
      return found;
    });
    return ack.helloAck;
  }

  /** Sends events; resolves when the server has answered them. */
  async act(...events: InputEvent[]): Promise<void> {
    await this.actFrom(this.#events, ...events);
  }

  /** The same, with the number of the first event. */
  async actFrom(first: number, ...events: InputEvent[]): Promise<void> {
    this.#events = first + events.length;
    this.#send({ type: 'input', sendTime: toMicros32(micros(0)), first, events });
    await vi.waitFor(() =>
      expect(this.units).toContainEqual({ type: 'inputAck', cumulative: this.#events }),
    );
  }

  /** Shows that it lives; resolves with the answer. */
  async ping(): Promise<void> {
    this.#send({ type: 'ping', id: 1, t0: micros(0) });
    await vi.waitFor(() => expect(this.units.some(({ type }) => type === 'pong')).toBe(true));
  }

  get roles(): readonly string[] {
    return this.units.flatMap((unit) => (unit.type === 'role' ? [unit.role] : []));
  }

  close(code: SessionCode): void {
    this.#wire.close(webSocketCloseCode(code), '');
  }

  vanish(): void {
    this.#wire.vanish();
  }

  #send(unit: ControlUnit): void {
    this.#wire.send(encodeControl(unit));
  }
}

let now: Micros;
let injected: InputEvent[];
let denied: string[];
let session: DesktopSession;

const clock: Clock = { now: () => now, fromMonotonicNanos: () => now };

beforeEach(() => {
  now = micros(1_000_000);
  injected = [];
  denied = [];
  const video: VideoPort = {
    subscribe: () => () => undefined,
    parameters: undefined,
    requestKeyframe: () => undefined,
    setPaused: () => undefined,
    setBitrate: () => undefined,
    setFrameRate: () => undefined,
    codecs: ['h264'],
    running: { name: 'h264', encoder: 'none' },
    canScale: false,
    setScale: () => undefined,
    setCodec: () => undefined,
    setQuality: () => undefined,
  };
  session = new DesktopSession({
    video,
    audio: undefined,
    audioBitrateKbps: 128,
    rules: openRules,
    desktop: {
      size: { width: 640, height: 480 },
      pointer: undefined,
      inject: (event) => injected.push(event),
    },
    clock,
    logger: silentLogger,
    maxViewers: 8,
    observer: { ...quietObserver, denied: (type) => denied.push(type) },
    videoLimits: { bitrateBps: 8_000_000, frameRate: 60 },
  });
});

afterEach(() => session.close('the test is over'));

function connect(login: string, attempt: string, role: Role = 'controller'): Client {
  return connectTo({ login, attempt, role });
}

interface Coming {
  readonly login: string;
  readonly attempt: string;
  readonly role?: Role;
  readonly move?: string;
}

function connectTo({ login, attempt, role = 'controller', move }: Coming): Client {
  const { server, client } = memoryPair({ clock, logger: silentLogger });
  session.connect(server, { session: login, role, attempt });
  return new Client(client, move);
}

describe('leaving', () => {
  it('releases keys and control in the same turn, and closes that connection with OK', async () => {
    const controller = connect('ann', 'first');
    expect((await controller.greeting()).session).toBe('first');
    await controller.act(shift);
    session.leave('ann', 'first');
    expect(injected).toEqual([shift, shiftUp]);
    expect(await controller.closed).toMatchObject({ code: webSocketCloseCode(SessionCode.ok) });
    const next = connect('bob', 'second');
    expect((await next.greeting()).role).toBe('controller');
  });

  it('means nothing for the connection of another login, or of another attempt', async () => {
    const controller = connect('ann', 'first');
    await controller.greeting();
    session.leave('bob', 'first');
    session.leave('ann', 'earlier');
    await controller.act(move);
    expect(injected).toEqual([move]);
    expect((await connect('bob', 'second').greeting()).role).toBe('viewer');
  });

  it('keeps control when a newer connection of the same login is live already', async () => {
    await connect('ann', 'first').greeting();
    const newer = connect('ann', 'second');
    await newer.greeting();
    session.leave('ann', 'first');
    expect((await connect('bob', 'third').greeting()).role).toBe('viewer');
    await newer.act(move);
    expect(injected).toEqual([move]);
  });

  it.each([SessionCode.ok, SessionCode.internal])(
    'a close of the client with %i frees control only when it is orderly',
    async (code) => {
      const controller = connect('ann', 'first');
      await controller.greeting();
      controller.close(code);
      await vi.waitFor(() => expect(session.viewerCount).toBe(0));
      const role = (await connect('bob', 'second').greeting()).role;
      expect(role).toBe(code === SessionCode.ok ? 'controller' : 'viewer');
    },
  );

  it('the slower transport of a race that is closed in order frees nothing', async () => {
    const winner = connect('ann', 'first');
    await winner.greeting();
    const { server, client } = memoryPair({ clock, logger: silentLogger });
    session.connect(server, { session: 'ann', role: 'controller', attempt: 'first' });
    client.close(webSocketCloseCode(SessionCode.ok), '');
    await vi.waitFor(() => expect(session.viewerCount).toBe(1));
    expect((await connect('bob', 'second').greeting()).role).toBe('viewer');
  });
});

describe('room', () => {
  it('is there as soon as somebody was asked to go, whose goodbye may take a while', async () => {
    const logins = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'h'];
    await Promise.all(logins.map((login) => connect(login, login).greeting()));
    expect([session.hasRoomFor('new'), session.hasRoomFor('a')]).toEqual([false, true]);
    session.logout('b');
    expect([session.viewerCount, session.hasRoomFor('new')]).toEqual([8, true]);
  });
});

describe('control', () => {
  it('comes to a viewer by its first input after the controller has left, and it is told', async () => {
    const controller = connect('ann', 'first');
    expect(await controller.greeting()).toMatchObject({ role: 'controller', mayControl: true });
    const waiting = connect('bob', 'second');
    expect(await waiting.greeting()).toMatchObject({ role: 'viewer', mayControl: true });
    await waiting.act(move);
    expect([injected, denied, waiting.roles]).toEqual([[], ['input'], []]);
    session.leave('ann', 'first');
    await waiting.act(move);
    expect([injected, waiting.roles]).toEqual([[move], ['controller']]);
  });

  it('is not taken by a snapshot of held keys', async () => {
    await connect('ann', 'first').greeting();
    const waiting = connect('bob', 'second');
    await waiting.greeting();
    session.leave('ann', 'first');
    await waiting.act({ type: 'heldKeys', codes: [], buttons: 0 });
    expect([waiting.roles, denied]).toEqual([[], []]);
    expect((await connect('cleo', 'third').greeting()).role).toBe('controller');
  });

  it('never comes to a login that may only watch', async () => {
    const watcher = connect('dan', 'first', 'viewer');
    expect(await watcher.greeting()).toMatchObject({ role: 'viewer', mayControl: false });
  });

  it('waits 6 s for a controller that vanished', async () => {
    const controller = connect('ann', 'first');
    await controller.greeting();
    controller.vanish();
    now = micros(now + 5_900_000);
    await vi.waitFor(() => expect(session.viewerCount).toBe(0));
    const waiting = connect('bob', 'second');
    expect((await waiting.greeting()).role).toBe('viewer');
    now = micros(now + 200_000);
    await waiting.act(move);
    expect(waiting.roles).toEqual(['controller']);
  });

  it('goes, and the keys with it, when its holder says nothing but PING and another login asks', async () => {
    const controller = connect('ann', 'first');
    await controller.greeting();
    await controller.act(shift);
    now = micros(now + 4_000_000);
    await controller.ping();
    now = micros(now + 2_100_000);
    expect((await connect('bob', 'second').greeting()).role).toBe('controller');
    await vi.waitFor(() => expect(controller.roles).toEqual(['viewer']));
    expect(injected).toEqual([shift, shiftUp]);
  });
});

describe('moving', () => {
  const press: InputEvent = { type: 'key', code: 30, keysym: 0x61, pressed: true };
  const release: InputEvent = { ...press, pressed: false };

  it('lets both connections live until the client closes the older one, and keeps control and keys', async () => {
    const older = connect('ann', 'first');
    await older.greeting();
    await older.act(shift);
    const newer = connectTo({ login: 'ann', attempt: 'second', move: 'first' });
    expect(await newer.greeting()).toMatchObject({ role: 'controller', input: 1 });
    await older.act(press);
    await newer.actFrom(2, release);
    older.close(SessionCode.ok);
    await vi.waitFor(() => expect(session.viewerCount).toBe(1));
    expect(injected).toEqual([shift, press, release]);
    expect((await connect('bob', 'third').greeting()).role).toBe('viewer');
    newer.close(SessionCode.ok);
    await vi.waitFor(() => expect(injected.at(-1)).toEqual(shiftUp));
  });

  it('takes each event once, whichever connection brings it', async () => {
    const older = connect('ann', 'first');
    await older.greeting();
    await older.act(shift, press);
    const newer = connectTo({ login: 'ann', attempt: 'second', move: 'first' });
    await newer.greeting();
    // The acknowledgement of `press` was on its way when the client switched: it is repeated under its number.
    await newer.actFrom(1, press, release);
    await older.actFrom(1, press);
    expect(injected).toEqual([shift, press, release]);
  });

  it('leaves the older connection alone when the newer one ends', async () => {
    const older = connect('ann', 'first');
    await older.greeting();
    await older.act(shift);
    const newer = connectTo({ login: 'ann', attempt: 'second', move: 'first' });
    await newer.greeting();
    newer.close(SessionCode.ok);
    await vi.waitFor(() => expect(session.viewerCount).toBe(1));
    now = micros(now + 11_000_000);
    await older.act(shiftUp);
    expect(injected).toEqual([shift, shiftUp]);
  });

  it('ends the older connection after 10 s', async () => {
    const older = connect('ann', 'first');
    await older.greeting();
    await connectTo({ login: 'ann', attempt: 'second', move: 'first' }).greeting();
    now = micros(now + 10_100_000);
    expect(await older.closed).toMatchObject({ code: webSocketCloseCode(SessionCode.superseded) });
  });

  it('is an ordinary connection when the older one is another login’s, or gone', async () => {
    const other = connect('bob', 'first');
    await other.greeting();
    const stranger = connectTo({ login: 'ann', attempt: 'second', move: 'first' });
    expect((await stranger.greeting()).input).toBeUndefined();
    await other.act(move);
    expect(injected).toEqual([move]);
  });

  it('is no takeover, but has a bound of its own', async () => {
    let older = connect('ann', '0');
    await older.greeting();
    for (let count = 1; count <= 12; count += 1) {
      const newer = connectTo({ login: 'ann', attempt: String(count), move: String(count - 1) });
      await newer.greeting();
      older.close(SessionCode.ok);
      await older.closed;
      older = newer;
    }
    const refused = connectTo({ login: 'ann', attempt: 'x', move: '12' });
    expect(await refused.closed).toMatchObject({ code: webSocketCloseCode(SessionCode.rate) });
    await older.act(move);
    expect(injected).toEqual([move]);
  });

  it('ends with its page, whichever of the two connections the page names', async () => {
    const older = connect('ann', 'first');
    await older.greeting();
    const newer = connectTo({ login: 'ann', attempt: 'second', move: 'first' });
    await newer.greeting();
    session.leave('ann', 'first');
    await Promise.all([older.closed, newer.closed]);
    expect((await connect('bob', 'third').greeting()).role).toBe('controller');
  });
});
