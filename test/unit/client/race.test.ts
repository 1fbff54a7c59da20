import { describe, expect, it } from 'vitest';
import { race, RaceLostError, type Entrant } from '../../../client/transport/race.ts';
import type { TransportKind } from '../../../client/transport/transport.ts';

/** An entrant that connects or fails when the test says so. */
class FakeEntrant implements Entrant<string> {
  readonly kind: TransportKind;
  readonly delayMs: number;
  started = false;
  aborted = false;
  readonly discarded: string[] = [];
  succeed: (connection: string) => void = () => undefined;
  fail: (error: Error) => void = () => undefined;

  constructor(kind: TransportKind, delayMs: number) {
    this.kind = kind;
    this.delayMs = delayMs;
  }

  connect(signal: AbortSignal): Promise<string> {
    this.started = true;
    signal.addEventListener('abort', () => {
      this.aborted = true;
    });
    return new Promise((resolve, reject) => {
      this.succeed = resolve;
      this.fail = reject;
    });
  }

  discard(connection: string): void {
    this.discarded.push(connection);
  }
}

/** A clock that goes on when the test says so. */
class FakeTimer {
  #waiting: { readonly at: number; readonly go: () => void }[] = [];
  #now = 0;

  readonly wait = (milliseconds: number): Promise<void> =>
    new Promise((go) => this.#waiting.push({ at: this.#now + milliseconds, go }));

  async advance(milliseconds: number): Promise<void> {
    this.#now += milliseconds;
    for (const { at, go } of this.#waiting) if (at <= this.#now) go();
    this.#waiting = this.#waiting.filter(({ at }) => at > this.#now);
    await settled();
  }
}

/** Lets everything that waits for nothing but promises happen. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

function begin(over = new AbortController()) {
  const webTransport = new FakeEntrant('webtransport', 0);
  const webSocket = new FakeEntrant('websocket', 250);
  const timer = new FakeTimer();
  const result = race([webTransport, webSocket], { signal: over.signal, wait: timer.wait });
  result.catch(() => undefined);
  return { webTransport, webSocket, timer, over, result };
}

describe('race', () => {
  it('is lost at once when it was given up before it began', async () => {
    const over = new AbortController();
    over.abort(new Error('given up'));
    const { webTransport, result } = begin(over);
    await expect(result).rejects.toThrow('given up');
    expect(webTransport.started).toBe(false);
  });

  it('starts the second after its delay', async () => {
    const { webTransport, webSocket, timer } = begin();
    await settled();
    expect([webTransport.started, webSocket.started]).toEqual([true, false]);
    await timer.advance(249);
    expect(webSocket.started).toBe(false);
    await timer.advance(1);
    expect(webSocket.started).toBe(true);
  });

  it('lets the first to connect win and never starts the other', async () => {
    const { webTransport, webSocket, timer, result } = begin();
    await settled();
    webTransport.succeed('fast');
    await expect(result).resolves.toEqual({ kind: 'webtransport', connection: 'fast' });
    await timer.advance(1000);
    expect(webSocket.started).toBe(false);
  });

  it('aborts the loser, and discards its connection when it comes all the same', async () => {
    const { webTransport, webSocket, timer, result } = begin();
    await timer.advance(250);
    webSocket.succeed('socket');
    await expect(result).resolves.toEqual({ kind: 'websocket', connection: 'socket' });
    expect(webTransport.aborted).toBe(true);
    webTransport.succeed('late');
    await settled();
    expect(webTransport.discarded).toEqual(['late']);
    expect(webSocket.discarded).toEqual([]);
  });

  it('starts the second at once when the first fails', async () => {
    const { webTransport, webSocket, result } = begin();
    await settled();
    webTransport.fail(new Error('refused'));
    await settled();
    expect(webSocket.started).toBe(true);
    webSocket.succeed('socket');
    await expect(result).resolves.toMatchObject({ kind: 'websocket' });
  });

  it('fails with every reason when all fail', async () => {
    const { webTransport, webSocket, result } = begin();
    await settled();
    webTransport.fail(new Error('no UDP'));
    await settled();
    webSocket.fail(new Error('no TCP'));
    await expect(result).rejects.toThrow('webtransport: no UDP; websocket: no TCP');
    await expect(result).rejects.toBeInstanceOf(RaceLostError);
  });

  it('ends for all when it is called off', async () => {
    const { webTransport, over, result } = begin();
    await settled();
    over.abort(new Error('closed'));
    await expect(result).rejects.toThrow('closed');
    expect(webTransport.aborted).toBe(true);
  });

  it('fails at once without entrants', async () => {
    const { signal } = new AbortController();
    const wait = (): Promise<void> => Promise.resolve();
    await expect(race([], { signal, wait })).rejects.toThrow('no transport to try');
  });
});
