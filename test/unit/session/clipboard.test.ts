import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ClipboardInbox } from '../../../protocol/clipboard-inbox.ts';
import { ClipboardOutbox, clipboardType } from '../../../protocol/clipboard-outbox.ts';
import {
  decodeControl,
  encodeControl,
  type ControlUnit,
} from '../../../protocol/control/control-unit.ts';
import { decodeDataUnit } from '../../../protocol/data-unit.ts';
import { flowId, sequence } from '../../../protocol/flow.ts';
import { Reassembler } from '../../../protocol/fragment.ts';
import { encodeMessage } from '../../../protocol/message.ts';
import { micros, micros32, millis, type Micros } from '../../../protocol/time.ts';
import { isDataUnitId } from '../../../protocol/unit-id.ts';
import type { Clock } from '../../../server/session-clock.ts';
import type { ClipboardPort } from '../../../server/session/clipboard-port.ts';
import { DesktopSession } from '../../../server/session/desktop-session.ts';
import type { VideoPort } from '../../../server/session/desktop-ports.ts';
import type { Role } from '../../../server/session/roles.ts';
import { memoryPair, type MemoryClient } from '../../../server/transport/memory.ts';
import { openRules } from '../../support/open-rules.ts';
import { quietObserver } from '../../support/quiet-observer.ts';
import { silentLogger } from '../../support/silent-logger.ts';

/** Waits until it holds, for as long as a loaded machine may need. */
const eventually = (holds: () => void): Promise<void> => vi.waitFor(holds, { timeout: 10_000 });

const OWN_FLOW = flowId(1);
const LARGE = 'Zeile für Zeile — 行\n'.repeat(20_000);

/** A client that shares its clipboard as a page does. */
class Client {
  readonly units: ControlUnit[] = [];
  readonly got: string[] = [];
  readonly outbox = new ClipboardOutbox();
  readonly #wire: MemoryClient;
  readonly #reassembler = new Reassembler({ maxMessageBytes: 1 << 20, maxFlows: 16 });
  readonly #inbox = new ClipboardInbox(0);
  #receivedBytes = 0;
  #seq = 0;

  constructor(wire: MemoryClient) {
    this.#wire = wire;
    wire.receive((unit) => this.#take(Uint8Array.from(unit)));
    this.send({ type: 'hello', hello: { versions: [1], video: [], audio: [] } });
  }

  /** Opens its flow, as who may have control does. */
  share(): void {
    this.send({
      ...{ type: 'flowOpen', flow: OWN_FLOW, parent: undefined, kind: 'clipboard', priority: 2 },
      ...{ budget: millis(0), metadata: { type: clipboardType } },
    });
  }

  put(text: string): void {
    this.outbox.offer(text, micros(0));
    this.#pump();
  }

  send(unit: ControlUnit): void {
    this.#wire.send(encodeControl(unit));
  }

  /** What closed the connection. */
  get closed(): MemoryClient['closed'] {
    return this.#wire.closed;
  }

  #take(bytes: Uint8Array): void {
    if (isDataUnitId(bytes[0] ?? 0)) {
      this.#takeData(bytes);
      return;
    }
    const unit = decodeControl(bytes);
    this.units.push(unit);
    if (unit.type === 'flowOpen' && unit.kind === 'clipboard')
      this.send({ type: 'flowAccept', flow: unit.flow, credit: this.#inbox.credit });
    if (unit.type === 'flowAccept') this.outbox.accepted(unit.credit);
    if (unit.type === 'credit') this.outbox.credited(unit.absoluteBytes);
    this.#pump();
  }

  #takeData(bytes: Uint8Array): void {
    this.#receivedBytes += bytes.length;
    const unit = decodeDataUnit(bytes);
    const message = this.#reassembler.push(unit);
    if (unit.type !== 'padding')
      this.send({
        ...{ type: 'ack', cumulativeBytes: this.#receivedBytes, echo: micros32(unit.sendTime) },
        ...{ received: micros32(0), hold: micros(0) },
      });
    if (message === undefined) return;
    const { flow } = message.header;
    const { contents, credit } = this.#inbox.push(message, 0);
    let absoluteBytes = credit;
    for (const content of contents) {
      this.got.push(content.type === 'text' ? content.text : `${content.bytes} bytes`);
      if (content.type === 'text') absoluteBytes = this.#inbox.release(content.heldBytes);
    }
    this.send({ type: 'credit', flow, absoluteBytes });
  }

  #pump(): void {
    for (let part = this.outbox.next(); part !== undefined; part = this.outbox.next()) {
      const { payload, ...given } = part;
      const usual = { discardable: false, epoch: false, recovery: false, late: false };
      const header = {
        ...{ ...given, ...usual, flow: OWN_FLOW, seq: sequence(this.#seq), budget: millis(0) },
        dependency: given.key ? 0 : 1,
        layer: { temporal: 0, spatial: 0, priority: 2 },
      };
      this.#seq += 1;
      this.#wire.send(encodeMessage(micros32(0), header, payload));
    }
  }
}

let now: Micros;
let put: string[];
let ways: ClipboardPort['ways'];
/** Programs of the desktop get what was put when this has resolved. */
let owned: Promise<void>;
let session: DesktopSession;

const clock: Clock = { now: () => now, fromMonotonicNanos: () => now };

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

beforeEach(() => {
  now = micros(1_000_000);
  put = [];
  ways = { toDesktop: true, fromDesktop: true };
  owned = Promise.resolve();
  const clipboard: ClipboardPort = {
    get ways() {
      return ways;
    },
    put: (text) => {
      put.push(text);
      return owned;
    },
  };
  session = new DesktopSession({
    video,
    audio: undefined,
    audioBitrateKbps: 128,
    rules: openRules,
    desktop: {
      size: { width: 640, height: 480 },
      pointer: undefined,
      inject: () => undefined,
      clipboard,
    },
    clock,
    logger: silentLogger,
    maxViewers: 8,
    observer: quietObserver,
    videoLimits: { bitrateBps: 8_000_000, frameRate: 60 },
  });
});

afterEach(() => session.close('the test is over'));

async function connect(login: string, role: Role = 'controller'): Promise<Client> {
  const { server, client } = memoryPair({ clock, logger: silentLogger });
  session.connect(server, { session: login, role, attempt: `of ${login}` });
  const connected = new Client(client);
  await eventually(() => expect(connected.units.map(({ type }) => type)).toContain('helloAck'));
  return connected;
}

/** Resolves when everything that was sent has been dealt with. */
async function settled(client: Client): Promise<void> {
  const pongs = (): number => client.units.filter(({ type }) => type === 'pong').length;
  const before = pongs();
  client.send({ type: 'ping', id: 1, t0: micros(0) });
  await eventually(() => expect(pongs()).toBeGreaterThan(before));
}

const copy = (text: string): void => session.clipboard.copied({ type: 'text', text });

describe('what is copied on the desktop', () => {
  it('goes to the one who has control, and to nobody else', async () => {
    const ann = await connect('ann');
    const bob = await connect('bob');
    const eve = await connect('eve', 'viewer');
    await Promise.all([settled(ann), settled(bob), settled(eve)]);
    copy('secret');
    await eventually(() => expect(ann.got).toEqual(['secret']));
    await Promise.all([settled(bob), settled(eve)]);
    expect(bob.got).toEqual([]);
    expect(eve.got).toEqual([]);
    expect(eve.units.some((unit) => unit.type === 'flowOpen' && unit.kind === 'clipboard')).toBe(
      false,
    );
  });

  it('waits for those who come later, and get control later', async () => {
    copy('before');
    const ann = await connect('ann');
    await eventually(() => expect(ann.got).toEqual(['before']));
    const bob = await connect('bob');
    await settled(bob);
    session.logout('ann');
    const { length } = bob.got;
    expect(length).toBe(0);
    bob.send({
      type: 'input',
      sendTime: micros32(0),
      first: 0,
      events: [{ type: 'pointerAbsolute', x: 1, y: 1 }],
    });
    await eventually(() => expect(bob.got).toEqual(['before']));
  });

  it('comes whole, however large it may be, and is announced when it may not', async () => {
    const ann = await connect('ann');
    copy(LARGE);
    await eventually(() => expect(ann.got[0] === LARGE).toBe(true));
    now = micros(now + 1e6);
    session.clipboard.copied({ type: 'tooLarge', bytes: 2_000_000 });
    await eventually(() => expect(ann.got[1]).toBe('2000000 bytes'));
  });

  it('comes at most four times a second, the newest last', async () => {
    const ann = await connect('ann');
    copy('0');
    await eventually(() => expect(ann.got).toEqual(['0']));
    for (let at = 1; at < 10; at += 1) copy(String(at));
    await settled(ann);
    expect(ann.got).toEqual(['0']);
    now = micros(now + 250_000);
    await eventually(() => expect(ann.got).toEqual(['0', '9']));
  });

  it('stays there when the operator says so', async () => {
    ways = { toDesktop: true, fromDesktop: false };
    const ann = await connect('ann');
    copy('secret');
    await settled(ann);
    expect(ann.units.some((unit) => unit.type === 'flowOpen' && unit.kind === 'clipboard')).toBe(
      false,
    );
    expect(ann.got).toEqual([]);
  });
});

describe('what a client puts', () => {
  it('is the desktop’s before the client hears that it is there, and does not come back', async () => {
    const gate = Promise.withResolvers<undefined>();
    owned = gate.promise.then(() => undefined);
    const ann = await connect('ann');
    ann.share();
    ann.put(LARGE);
    await eventually(() => expect(put.length).toBe(1));
    expect(put[0] === LARGE).toBe(true);
    await settled(ann);
    expect(ann.outbox.isSettled).toBe(false);
    gate.resolve(undefined);
    await eventually(() => expect(ann.outbox.isSettled).toBe(true));
    now = micros(now + 1e6);
    await settled(ann);
    expect(ann.got).toEqual([]);
  });

  it('is there for the one who comes after', async () => {
    const ann = await connect('ann');
    ann.share();
    ann.put('from ann');
    await eventually(() => expect(put).toEqual(['from ann']));
    session.logout('ann');
    const bob = await connect('bob');
    await eventually(() => expect(bob.got).toEqual(['from ann']));
  });

  it('is dropped without control, and the client is not left waiting', async () => {
    await connect('ann');
    const bob = await connect('bob');
    bob.share();
    bob.put('uninvited');
    await eventually(() => expect(bob.outbox.isSettled).toBe(true));
    expect(put).toEqual([]);
  });

  it('is not taken from a login that may only watch', async () => {
    const eve = await connect('eve', 'viewer');
    eve.share();
    await settled(eve);
    expect(eve.units.some(({ type }) => type === 'flowAccept')).toBe(false);
    eve.outbox.accepted(65_536);
    eve.put('uninvited');
    expect((await eve.closed).reason).toContain('flow 1 is not open');
    expect(put).toEqual([]);
  });

  it('is refused when the operator says so', async () => {
    ways = { toDesktop: false, fromDesktop: true };
    const ann = await connect('ann');
    ann.share();
    await eventually(() =>
      expect(ann.units).toContainEqual({ type: 'flowClose', flow: 1, finalSeq: 0, code: 20 }),
    );
  });
});
