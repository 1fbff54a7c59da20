import { describe, expect, it } from 'vitest';
import { ClipboardRelay, type ClipboardNews } from '../../../client/network/clipboard-relay.ts';
import { ClipboardChannel } from '../../../client/transport/clipboard-channel.ts';
import type { ClientTransport, TransportEnd } from '../../../client/transport/transport.ts';
import type { ControlUnit } from '../../../protocol/control/control-unit.ts';
import { decodeDataUnit } from '../../../protocol/data-unit.ts';
import { contentLength } from '../../../protocol/figure-extension.ts';
import { flowId, sequence } from '../../../protocol/flow.ts';
import type { InputEvent } from '../../../protocol/input.ts';
import { clientLimits } from '../../../protocol/limits.ts';
import { micros, micros32, millis } from '../../../protocol/time.ts';

const FLOW = flowId(1);
const SERVER_FLOW = flowId(8);

const key = (code: number): InputEvent => ({ type: 'key', pressed: true, code, keysym: 0 });

/** A connection whose server answers when the test says so. */
class Connected {
  readonly channel: ClipboardChannel;
  readonly units: ControlUnit[] = [];
  /** Payload bytes of the messages that were sent. */
  readonly parts: number[] = [];

  constructor(joinedAt = 0) {
    const transport: ClientTransport = {
      kind: 'websocket',
      isLossy: false,
      start: () => undefined,
      sendControl: (unit) => this.units.push(unit),
      sendUnreliable: () => undefined,
      sendMessage: (message) => {
        const unit = decodeDataUnit(message);
        if (unit.type === 'message') this.parts.push(unit.payload.length);
      },
      close: () => undefined,
      ended: new Promise<TransportEnd>(() => undefined),
    };
    const sessionTime = () => ({ stamp: micros32(0), now: micros(0) });
    this.channel = new ClipboardChannel({ transport, sessionTime });
    this.channel.begin({
      ...{ version: 1, session: 's', clock: micros(joinedAt) },
      ...{ role: 'controller', mayControl: true, desktop: { width: 1, height: 1 } },
      limits: clientLimits,
    });
  }

  accept(credit = 65_536): void {
    this.channel.take({ type: 'flowAccept', flow: FLOW, credit });
  }

  credit(absoluteBytes: number): void {
    this.channel.take({ type: 'credit', flow: FLOW, absoluteBytes });
  }

  /** The desktop's text comes. */
  copied(text: string, seq: number, copiedAt = 0): void {
    const payload = new TextEncoder().encode(text);
    this.channel.message({
      header: {
        ...{ flow: SERVER_FLOW, seq: sequence(seq), captureTime: micros(copiedAt) },
        ...{ budget: millis(0), key: true, discardable: false, recovery: false, late: false },
        ...{ epoch: false, layer: { temporal: 0, spatial: 0, priority: 2 }, dependency: 0 },
        extensions: [contentLength.write(payload.length)],
      },
      payload,
      sendTimeFirst: micros32(0),
      sendTimeLast: micros32(0),
    });
  }

  openForDesktop(): void {
    this.channel.take({
      ...{ type: 'flowOpen', flow: SERVER_FLOW, parent: undefined, kind: 'clipboard' },
      ...{ priority: 2, budget: millis(0), metadata: {} },
    });
  }
}

function openRelay(): { relay: ClipboardRelay; sent: InputEvent[]; news: ClipboardNews[] } {
  const sent: InputEvent[] = [];
  const news: ClipboardNews[] = [];
  const relay = new ClipboardRelay({
    sendInput: (events) => sent.push(...events),
    onNews: (one) => news.push(one),
  });
  return { relay, sent, news };
}

describe('input', () => {
  it('goes at once while nothing is put', () => {
    const { relay, sent } = openRelay();
    relay.input([key(1)]);
    expect(sent).toEqual([key(1)]);
  });

  it('waits for the credit of the last part of what is put', () => {
    const { relay, sent, news } = openRelay();
    const connected = new Connected();
    connected.accept();
    relay.joined(connected.channel);
    relay.put('x'.repeat(20_000));
    relay.input([key(47)]);
    expect(connected.parts).toEqual([16_384, 3_616]);
    connected.credit(65_536 + 16_384);
    expect(sent).toEqual([]);
    connected.credit(65_536 + 20_000);
    expect(sent).toEqual([key(47)]);
    expect(news.at(-1)).toEqual({ type: 'put', hasArrived: true });
    relay.close();
  });

  it('waits for what goes on over the next connection when the session moves', () => {
    const { relay, sent } = openRelay();
    const first = new Connected();
    first.accept();
    relay.joined(first.channel);
    relay.put('text');
    relay.input([key(47)]);
    const second = new Connected();
    relay.joined(second.channel);
    first.credit(65_540);
    expect(sent).toEqual([]);
    second.accept();
    expect(second.parts).toEqual([4]);
    second.credit(65_540);
    expect(sent).toEqual([key(47)]);
    relay.close();
  });

  it('is not replayed when the connection is lost', () => {
    const { relay, sent, news } = openRelay();
    const connected = new Connected();
    connected.accept();
    relay.joined(connected.channel);
    relay.put('text');
    relay.input([key(47)]);
    relay.left();
    relay.input([key(30)]);
    expect(sent).toEqual([key(30)]);
    expect(news).toContainEqual({ type: 'put', hasArrived: false });
    relay.close();
  });

  it('waits for nothing where the server takes no text', () => {
    const { relay, sent } = openRelay();
    const connected = new Connected();
    relay.joined(connected.channel);
    connected.channel.take({ type: 'flowClose', flow: FLOW, finalSeq: 0, code: 20 });
    relay.put('text');
    relay.input([key(47)]);
    expect(sent).toEqual([key(47)]);
    expect(connected.channel.ways).toEqual({ toDesktop: false, fromDesktop: false });
  });
});

describe('what is copied on the desktop', () => {
  const copied = (news: readonly ClipboardNews[]) => news.filter(({ type }) => type === 'copied');

  it('is fresh when it was copied since the page came', () => {
    const { relay, news } = openRelay();
    const connected = new Connected(1_000);
    connected.openForDesktop();
    connected.copied('before', 0, 999);
    relay.joined(connected.channel);
    connected.copied('since', 1, 2_000);
    expect(copied(news)).toEqual([
      { type: 'copied', text: 'before', isFresh: false },
      { type: 'copied', text: 'since', isFresh: true },
    ]);
  });

  it('is told once, however often the session moves, and not at all when it was put from here', () => {
    const { relay, news } = openRelay();
    for (const [at, text] of ['one', 'one', 'mine'].entries()) {
      const connected = new Connected(1_000);
      connected.openForDesktop();
      connected.accept();
      relay.joined(connected.channel);
      connected.copied(text, 0, 2_000 + at);
      if (at === 1) relay.put('mine');
    }
    expect(copied(news)).toEqual([{ type: 'copied', text: 'one', isFresh: true }]);
    relay.close();
  });
});
