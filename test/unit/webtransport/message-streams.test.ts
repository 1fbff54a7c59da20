import { describe, expect, it } from 'vitest';

import { flowId, sequence } from '../../../protocol/flow.ts';
import { maxMessageStreams } from '../../../protocol/limits.ts';
import { MessageStreams } from '../../../server/transport/message-streams.ts';
import type { SendStream, WriteOutcome } from '../../../server/transport/webtransport-backend.ts';

/** A stream that takes writes when the test says so. */
class HeldStream implements SendStream {
  readonly written: Uint8Array[] = [];
  isFinished = false;
  resetCode: number | undefined;
  readonly #settle: ((outcome: WriteOutcome) => void)[] = [];

  write(bytes: Uint8Array): Promise<WriteOutcome> {
    this.written.push(bytes);
    return new Promise((resolve) => this.#settle.push(resolve));
  }

  finish(): void {
    this.isFinished = true;
  }

  reset(code: number): void {
    this.resetCode = code;
    for (const settle of this.#settle.splice(0)) settle('dropped');
  }

  take(): void {
    for (const settle of this.#settle.splice(0)) settle('taken');
  }
}

/** A stack whose peer grants streams one by one. */
class Stack {
  readonly opened: HeldStream[] = [];
  readonly #asked: ((stream: SendStream | undefined) => void)[] = [];
  freed = 0;
  readonly streams = new MessageStreams({
    openUni: () => new Promise((resolve) => this.#asked.push(resolve)),
    onStream: () => this.freed++,
  });

  /** Streams that were asked for and not granted. */
  get asked(): number {
    return this.#asked.length;
  }

  async grant(count: number): Promise<void> {
    for (let i = 0; i < count; i++) {
      const stream = new HeldStream();
      this.opened.push(stream);
      this.#asked.shift()?.(stream);
    }
    await settled();
  }

  async end(): Promise<void> {
    for (const answer of this.#asked.splice(0)) answer(undefined);
    await settled();
  }

  write(flow: number, seq: number, last = true, bytes = Uint8Array.of(seq)): Promise<WriteOutcome> {
    return this.streams.write({ flow: flowId(flow), seq: sequence(seq), bytes, last });
  }
}

/** Lets everything that is already decided happen. */
const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('MessageStreams', () => {
  it('keeps two streams open before they are needed, and no more', async () => {
    const stack = new Stack();
    expect(stack.asked).toBe(2);
    await stack.grant(2);
    expect(stack.asked).toBe(0);
    void stack.write(2, 0);
    expect(stack.opened[0]?.written).toEqual([Uint8Array.of(0)]);
    expect(stack.opened[0]?.isFinished).toBe(true);
    expect(stack.asked).toBe(1);
  });

  it('puts the parts of a message on one stream and ends it after the last', async () => {
    const stack = new Stack();
    await stack.grant(2);
    void stack.write(2, 0, false, Uint8Array.of(1));
    void stack.write(4, 0, false, Uint8Array.of(7));
    void stack.write(2, 0, false, Uint8Array.of(2));
    expect(stack.opened[0]?.isFinished).toBe(false);
    void stack.write(2, 0, true, Uint8Array.of(3));
    expect(stack.opened[0]?.written.flatMap((bytes) => [...bytes])).toEqual([1, 2, 3]);
    expect(stack.opened[0]?.isFinished).toBe(true);
    expect(stack.opened[1]?.written).toEqual([Uint8Array.of(7)]);
  });

  it('keeps a message without a stream, whole and in order, and says that there is no room', async () => {
    const stack = new Stack();
    const outcomes = [stack.write(2, 0, false), stack.write(2, 0, true), stack.write(4, 9)];
    expect(stack.streams.hasRoom).toBe(false);
    await stack.grant(2);
    expect(stack.streams.hasRoom).toBe(true);
    expect(stack.freed).toBe(2);
    expect(stack.opened[0]?.written).toHaveLength(2);
    expect(stack.opened[0]?.isFinished).toBe(true);
    expect(stack.opened[1]?.written).toEqual([Uint8Array.of(9)]);
    for (const stream of stack.opened) stream.take();
    expect(await Promise.all(outcomes)).toEqual(['taken', 'taken', 'taken']);
  });

  it('resets exactly the abandoned messages', async () => {
    const stack = new Stack();
    for (let seq = 0; seq < 4; seq++) {
      await stack.grant(stack.asked);
      void stack.write(2, seq);
    }
    await stack.grant(stack.asked);
    void stack.write(4, 1);
    stack.streams.abandon(flowId(2), { first: sequence(1), count: 2 }, 16);
    const codes = stack.opened.map(({ resetCode }) => resetCode);
    expect(codes.slice(0, 5)).toEqual([undefined, 16, 16, undefined, undefined]);
  });

  it('drops an abandoned message that never had a stream, without touching one', async () => {
    const stack = new Stack();
    const outcome = stack.write(2, 0);
    stack.streams.abandon(flowId(2), { first: sequence(0), count: 1 }, 17);
    expect(await outcome).toBe('dropped');
    expect(stack.streams.hasRoom).toBe(true);
    await stack.grant(stack.asked);
    expect(
      stack.opened.every(
        ({ resetCode, written }) => resetCode === undefined && written.length === 0,
      ),
    ).toBe(true);
  });

  it('never has more than 60 streams, and goes on when one is done', async () => {
    const stack = new Stack();
    for (let seq = 0; seq < 100; seq++) {
      void stack.write(2, seq);
      await stack.grant(stack.asked);
    }
    expect(stack.opened).toHaveLength(maxMessageStreams);
    expect(stack.asked).toBe(0);
    stack.opened[0]?.take();
    await settled();
    expect(stack.asked).toBe(1);
    await stack.grant(1);
    expect(stack.opened.at(-1)?.written).toEqual([Uint8Array.of(maxMessageStreams)]);
  });

  it('resets everything when it is closed, spare streams too, and takes nothing any more', async () => {
    const stack = new Stack();
    await stack.grant(2);
    const begun = stack.write(2, 0);
    stack.streams.close(19);
    expect(await begun).toBe('dropped');
    expect(stack.opened.map(({ resetCode }) => resetCode)).toEqual([19, 19]);
    expect(await stack.write(2, 1)).toBe('dropped');
    await stack.grant(stack.asked);
    expect(stack.opened.at(-1)?.resetCode).toBeDefined();
  });

  it('does not ask a session that has ended again and again', async () => {
    const stack = new Stack();
    await stack.end();
    expect(stack.asked).toBe(0);
  });
});
