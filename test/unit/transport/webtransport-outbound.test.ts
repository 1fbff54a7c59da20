import { describe, expect, it } from 'vitest';
import { flowId, Priority, sequence } from '../../../protocol/flow.ts';
import { micros, millis } from '../../../protocol/time.ts';
import type { AckSample, Piece, PieceSource } from '../../../server/transport/transport.ts';
import type {
  BackendSession,
  SendStream,
  WriteOutcome,
} from '../../../server/transport/webtransport-backend.ts';
import { WebTransportOutbound } from '../../../server/transport/webtransport-outbound.ts';

const VIDEO = flowId(4);

/** A stack that takes a write when it is told to, and drops what waits when a stream is reset. */
class HeldStack {
  readonly #waiting: ((outcome: WriteOutcome) => void)[] = [];

  get session(): BackendSession {
    const unused = (): never => {
      throw new Error('not used by sending');
    };
    return {
      path: '',
      query: new URLSearchParams(),
      origin: undefined,
      remoteAddress: '',
      protocol: undefined,
      start: unused,
      openUni: () => Promise.resolve(this.#stream()),
      sendDatagram: unused,
      stats: unused,
      close: unused,
    };
  }

  takeAll(): void {
    for (const settle of this.#waiting.splice(0)) settle('taken');
  }

  #stream(): SendStream {
    return {
      write: () => new Promise((resolve) => this.#waiting.push(resolve)),
      finish: () => undefined,
      reset: () => {
        for (const settle of this.#waiting.splice(0)) settle('dropped');
      },
    };
  }
}

/** Messages of one piece each. */
class Line implements PieceSource {
  readonly pieces: Piece[] = [];
  #next = 0;

  add(bytes: number): void {
    const header = {
      flow: VIDEO,
      seq: sequence(this.#next++),
      captureTime: micros(0),
      budget: millis(150),
      key: true,
      discardable: false,
      recovery: false,
      late: false,
      epoch: false,
      layer: { temporal: 0, spatial: 0, priority: Priority.videoBase },
      dependency: 0,
      extensions: [],
    };
    const payload = new Uint8Array(bytes);
    this.pieces.push({ message: { header, payload }, offset: 0, bytes: payload, last: true });
  }

  next(): Piece | undefined {
    return this.pieces.shift();
  }
}

describe('sending on webtransport', () => {
  it('settles what was dropped with the next acknowledgement, so that nothing stays in flight', async () => {
    const stack = new HeldStack();
    const line = new Line();
    const samples: AckSample[] = [];
    const sent: number[] = [];
    const outbound = new WebTransportOutbound({
      session: stack.session,
      clock: { now: () => micros(0), fromMonotonicNanos: () => micros(0) },
      onFailure: (error) => {
        throw error;
      },
    });
    outbound.start(line, {
      control: () => undefined,
      message: () => undefined,
      acknowledged: (sample) => samples.push(sample),
      sent: (bytes) => sent.push(bytes),
    });
    const settled = () => new Promise((resolve) => setImmediate(resolve));

    await settled();
    line.add(10_000);
    outbound.wake();
    outbound.abandon(VIDEO, { first: sequence(0), count: 1 }, 1);
    await settled();
    expect(samples).toEqual([]);
    line.add(2_000);
    outbound.wake();
    await settled();
    stack.takeAll();
    await settled();

    expect(samples).toHaveLength(1);
    expect(samples[0]?.bytes).toBe(sent[1]);
    expect(samples[0]?.cumulativeBytes).toBe((sent[0] ?? 0) + (sent[1] ?? 0));
    expect(outbound.inFlightBytes).toBe(0);
  });
});
