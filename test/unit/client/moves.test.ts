import { describe, expect, it, onTestFinished } from 'vitest';
import { Connection } from '../../../client/transport/connection.ts';
import type { Carrier } from '../../../client/transport/carrier.ts';
import { Moves, type TransportChoice } from '../../../client/transport/moves.ts';
import type {
  ClientTransport,
  TransportEnd,
  TransportKind,
  TransportSink,
} from '../../../client/transport/transport.ts';
import type { ControlUnit } from '../../../protocol/control/control-unit.ts';
import { SessionCode } from '../../../protocol/errors.ts';
import { clientLimits } from '../../../protocol/limits.ts';
import { micros } from '../../../protocol/time.ts';

const hello = { versions: [1], video: [], audio: [] };

/** A gateway in the same process that answers at once, with a picture. */
class AnsweringTransport implements ClientTransport {
  readonly kind: TransportKind;
  readonly isLossy = false;
  readonly hasTracks = true;
  readonly ended: Promise<TransportEnd>;
  #sink: TransportSink | undefined;
  #settle: (end: TransportEnd) => void = () => undefined;

  constructor(kind: TransportKind) {
    this.kind = kind;
    this.ended = new Promise((resolve) => (this.#settle = resolve));
  }

  start(sink: TransportSink): void {
    this.#sink = sink;
  }

  sendControl(unit: ControlUnit): void {
    const answer = answerTo(unit);
    if (answer === undefined) return;
    queueMicrotask(() => {
      this.#sink?.control(answer);
      this.#sink?.pictured?.();
    });
  }

  sendMessage(): void {
    // Nobody pastes.
  }

  sendUnreliable(unit: ControlUnit): void {
    this.sendControl(unit);
  }

  close(code: SessionCode, reason: string): void {
    this.#sink = undefined;
    this.#settle({ code, reason });
  }
}

function answerTo(unit: ControlUnit): ControlUnit | undefined {
  if (unit.type === 'ping')
    return { type: 'pong', id: unit.id, t0: unit.t0, t1: micros(1), t2: micros(1) };
  if (unit.type !== 'hello') return undefined;
  return {
    type: 'helloAck',
    helloAck: {
      ...{ version: 1, session: 's', clock: micros(0), role: 'controller', mayControl: true },
      ...{ desktop: { width: 320, height: 200 }, limits: clientLimits, input: 0 },
    },
  };
}

interface Told {
  /** What carried the session, in order. */
  readonly carried: TransportKind[];
  readonly failures: string[];
  readonly advice: boolean[];
  /** Reasons of moves. */
  readonly moves: string[];
}

/** A session that begins on a transport; what is in `broken` cannot be opened. */
function sessionOn(
  kind: TransportKind,
  { choice = 'auto', broken = [] }: { choice?: TransportChoice; broken?: TransportKind[] } = {},
): { readonly moves: Moves; readonly told: Told } {
  const told: Told = { carried: [kind], failures: [], advice: [], moves: [] };
  const open = (to: TransportKind): Carrier => {
    const connection = new Connection(new AnsweringTransport(to), hello);
    onTestFinished(() => connection.close(SessionCode.ok, 'done'));
    return { connection, kind: to, session: 's' };
  };
  const moves = new Moves({
    choice,
    byTracks: kind === 'webrtc',
    isOffered: (one) => one !== 'webtransport' || !broken.includes('webtransport'),
    connect: async (to) => {
      if (broken.includes(to)) throw new Error('nothing gets through');
      const carrier = open(to);
      await carrier.connection.ready;
      return carrier;
    },
    onSwitch: (next) => told.carried.push(next.kind),
    onMove: ({ reason, hasMoved }) => told.moves.push(hasMoved ? reason : 'stayed'),
    onTracksFailed: (why) => told.failures.push(why),
    onTracksAdvised: (isOn) => {
      told.advice.push(isOn);
      void moves.carry(isOn);
    },
  });
  onTestFinished(() => moves.close());
  moves.begin(open(kind));
  return { moves, told };
}

describe('a session that is to come on tracks', () => {
  it('goes to WebRTC and back to what was chosen', async () => {
    const { moves, told } = sessionOn('websocket', { choice: 'websocket' });
    await moves.carry(true);
    expect(moves.aim).toBe('webrtc');
    await moves.carry(false);
    expect(told.carried).toEqual(['websocket', 'webrtc', 'websocket']);
    expect(told.failures).toEqual([]);
    expect(moves.aim).toBe('websocket');
  });

  it('goes back to the better one where nothing was chosen', async () => {
    const { moves, told } = sessionOn('webrtc');
    await moves.carry(false);
    expect(told.carried).toEqual(['webrtc', 'webtransport']);
  });

  it('stays where it is and says why when WebRTC cannot be had', async () => {
    const { moves, told } = sessionOn('websocket', { broken: ['webrtc'] });
    await moves.carry(true);
    expect(told.carried).toEqual(['websocket']);
    expect(told.failures).toEqual([expect.stringContaining('nothing gets through')]);
  });

  it('does not complain of what is not wanted any more', async () => {
    const { moves, told } = sessionOn('websocket', { choice: 'websocket' });
    await Promise.all([moves.carry(true), moves.carry(false)]);
    expect(told.failures).toEqual([]);
    expect(told.carried.at(-1)).toBe('websocket');
  });

  it('keeps a choice of the transport for later', async () => {
    const { moves, told } = sessionOn('webrtc');
    expect(await moves.choose('websocket')).toBe(true);
    expect(told.carried).toEqual(['webrtc']);
    await moves.carry(false);
    expect(told.carried).toEqual(['webrtc', 'websocket']);
  });
});

describe('a server that measured', () => {
  const asks = (transport: string, reason: string) =>
    ({ type: 'move', transport, reason }) as const;

  it('brings a session to WebRTC and back, in its own words, and pins nothing', async () => {
    const { moves, told } = sessionOn('webtransport');
    moves.asked(asks('webrtc', 'WebTransport starves.'));
    await expect.poll(() => told.moves).toEqual(['WebTransport starves.']);
    expect(moves.isPinned).toBe(false);
    moves.asked(asks('websocket', 'WebRTC carried less.'));
    await expect.poll(() => told.moves).toEqual(['WebTransport starves.', 'WebRTC carried less.']);
    expect(told.carried).toEqual(['webtransport', 'webrtc', 'websocket']);
    expect(told.advice).toEqual([true, false]);
  });

  it.each(['webtransport', 'websocket'] as const)('moves nobody who chose %s', async (choice) => {
    const { moves, told } = sessionOn(choice, { choice });
    moves.asked(asks('webrtc', 'It starves.'));
    await Promise.resolve();
    expect(told).toMatchObject({ carried: [choice], advice: [] });
  });

  it('moves nobody who chose to be played by WebRTC', () => {
    const { moves, told } = sessionOn('webrtc');
    expect(moves.isPinned).toBe(true);
    moves.asked(asks('webtransport', 'It carried more.'));
    expect(told).toMatchObject({ carried: ['webrtc'], advice: [] });
  });

  it('gives way to the user’s choice of a transport', async () => {
    const { moves, told } = sessionOn('webtransport');
    moves.asked(asks('webrtc', 'WebTransport starves.'));
    await expect.poll(() => told.carried).toEqual(['webtransport', 'webrtc']);
    expect(await moves.choose('websocket')).toBe(true);
    await expect.poll(() => told.carried).toEqual(['webtransport', 'webrtc', 'websocket']);
    expect(moves.isPinned).toBe(true);
  });

  it('advises no more of WebRTC after a connection that broke', async () => {
    const { moves, told } = sessionOn('webtransport');
    moves.asked(asks('webrtc', 'WebTransport starves.'));
    await expect.poll(() => told.carried).toEqual(['webtransport', 'webrtc']);
    moves.end();
    expect(told.advice).toEqual([true, false]);
    expect(moves.aim).toBe('auto');
  });

  it('advises nothing to a page that closes', async () => {
    const { moves, told } = sessionOn('webtransport');
    moves.asked(asks('webrtc', 'WebTransport starves.'));
    await expect.poll(() => told.carried).toEqual(['webtransport', 'webrtc']);
    moves.close();
    expect(told.advice).toEqual([true]);
  });
});
