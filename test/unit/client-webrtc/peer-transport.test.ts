import { describe, expect, it, onTestFinished } from 'vitest';
import { Connection } from '../../../client/transport/connection.ts';
import type { ClientTransport } from '../../../client/transport/transport.ts';
import type { FromPeer, PeerAddress, ToPeer } from '../../../client/webrtc/peer-messages.ts';
import { UnreachedError, webRtcConnector } from '../../../client/webrtc/peer-transport.ts';
import {
  decodeControl,
  encodeControl,
  type ControlUnit,
} from '../../../protocol/control/control-unit.ts';
import { SessionCode } from '../../../protocol/errors.ts';
import { flowId, sequence } from '../../../protocol/flow.ts';
import { clientLimits } from '../../../protocol/limits.ts';
import { encodeMessage } from '../../../protocol/message.ts';
import { micros, micros32, millis } from '../../../protocol/time.ts';

const address: PeerAddress = { url: 'https://desk.example/api/webrtc', ticket: 'once' };
const hello = { versions: [1], video: ['avc1.42E01F'], audio: ['opus'] };

/** The page's end of a connection. */
class Page {
  readonly heard: ToPeer[] = [];
  asked: PeerAddress | undefined;
  readonly #channel = new MessageChannel();

  constructor() {
    this.#channel.port1.onmessage = (event: MessageEvent<ToPeer>) => this.heard.push(event.data);
    onTestFinished(() => this.#channel.port1.close());
  }

  connect(signal = new AbortController().signal): Promise<ClientTransport> {
    return webRtcConnector(address, (asked) => {
      this.asked = asked;
      return this.#channel.port2;
    })(signal);
  }

  say(message: FromPeer): void {
    this.#channel.port1.postMessage(message);
  }

  sayUnit(unit: ControlUnit): void {
    this.say({ type: 'unit', bytes: encodeControl(unit).slice().buffer });
  }

  get units(): readonly ControlUnit[] {
    return this.heard.flatMap((one) => (one.type === 'unit' ? [decodeControl(one.bytes)] : []));
  }

  async hears(type: ControlUnit['type']): Promise<void> {
    await expect.poll(() => this.units.map((unit) => unit.type)).toContain(type);
  }
}

async function openTransport(): Promise<{ page: Page; transport: ClientTransport }> {
  const page = new Page();
  const connecting = page.connect();
  page.say({ type: 'open' });
  return { page, transport: await connecting };
}

describe('a WebRTC transport', () => {
  it('asks the page for a connection and is open when its data channel is', async () => {
    const { page, transport } = await openTransport();
    expect(page.asked).toEqual(address);
    expect(transport).toMatchObject({ kind: 'webrtc', isLossy: true, hasTracks: true });
  });

  it('says why there is none', async () => {
    const page = new Page();
    const connecting = page.connect();
    const reason = 'The gateway answered the offer with 503.';
    page.say({ type: 'closed', reason, isUnreached: false });
    await expect(connecting).rejects.toThrow('503');
    await expect(connecting).rejects.not.toBeInstanceOf(UnreachedError);
  });

  it('says that no packet found a way', async () => {
    const page = new Page();
    const connecting = page.connect();
    page.say({ type: 'closed', reason: 'Nothing got through.', isUnreached: true });
    await expect(connecting).rejects.toBeInstanceOf(UnreachedError);
  });

  it('lets go of one that is not wanted any more', async () => {
    const page = new Page();
    const abort = new AbortController();
    const connecting = page.connect(abort.signal);
    abort.abort();
    await expect(connecting).rejects.toThrow('given up');
    await expect.poll(() => page.heard).toEqual([{ type: 'close' }]);
  });

  it('says why it closes before it does', async () => {
    const { page, transport } = await openTransport();
    transport.start({
      control: () => undefined,
      message: () => undefined,
      received: () => undefined,
    });
    transport.close(SessionCode.ok, 'moved');
    expect(await transport.ended).toEqual({ code: SessionCode.ok, reason: 'moved' });
    await expect.poll(() => page.heard.at(-1)).toEqual({ type: 'close' });
    expect(page.units).toMatchObject([{ type: 'error', code: SessionCode.ok, message: 'moved' }]);
  });

  it('says which units may be lost, since their owner sends them again', async () => {
    const { page, transport } = await openTransport();
    const ping = { type: 'ping', id: 1, t0: micros(0) } as const;
    transport.sendControl(ping);
    transport.sendUnreliable(ping);
    await expect.poll(() => page.heard).toMatchObject([{ type: 'unit' }, { mayBeLost: true }]);
    expect(page.heard[0]).not.toHaveProperty('mayBeLost');
  });

  it('closes on bytes that are no unit', async () => {
    const { page, transport } = await openTransport();
    transport.start({
      control: () => undefined,
      message: () => undefined,
      received: () => undefined,
    });
    page.say({ type: 'unit', bytes: Uint8Array.of(0x7f, 1, 2).buffer });
    expect((await transport.ended).code).toBe(SessionCode.protocol);
  });
});

describe('a connection on it', () => {
  async function openConnection(): Promise<{ page: Page; connection: Connection }> {
    const { page, transport } = await openTransport();
    const connection = new Connection(transport, hello);
    onTestFinished(() => connection.close(SessionCode.ok, 'done'));
    page.sayUnit({
      type: 'helloAck',
      helloAck: {
        ...{ version: 1, session: 's', clock: micros(1_000), role: 'controller' },
        ...{ mayControl: true, desktop: { width: 320, height: 200 }, limits: clientLimits },
      },
    });
    await connection.ready;
    return { page, connection };
  }

  it('can show a picture once one came on the track and the clocks were compared', async () => {
    const { page, connection } = await openConnection();
    let isDecodable = false;
    void connection.decodable(new AbortController().signal).then(() => (isDecodable = true));
    page.say({ type: 'picture' });
    await page.hears('ping');
    expect(isDecodable).toBe(false);
    const ping = page.units.find((unit) => unit.type === 'ping');
    const { id = 0, t0 = micros(0) } = ping ?? {};
    page.sayUnit({ type: 'pong', id, t0, t1: micros(2_000), t2: micros(2_000) });
    await expect.poll(() => isDecodable).toBe(true);
  });

  it('hands on what the server says of a picture on the track, and waits for no other', async () => {
    const { page, connection } = await openConnection();
    const heard: number[] = [];
    const ignore = (): void => undefined;
    const others = { role: ignore, move: ignore, goaway: ignore, stream: ignore, clock: ignore };
    connection.attach({
      ...others,
      video: () => heard.push(-1),
      audio: ignore,
      cursor: ignore,
      onTrack: ({ message }) => heard.push(message.header.seq),
    });
    page.sayUnit({
      ...{ type: 'flowOpen', flow: flowId(2), parent: undefined, kind: 'video' },
      ...{ priority: 4, budget: millis(50), metadata: { codec: 'avc1.42E01F' } },
    });
    for (const seq of [3, 7]) {
      const header = {
        ...{ flow: flowId(2), seq: sequence(seq), captureTime: micros(1_000), budget: millis(50) },
        ...{ key: false, discardable: false, recovery: false, late: false, epoch: false },
        layer: { temporal: 0, spatial: 0, priority: 4 },
        ...{ dependency: 1, extensions: [] },
      };
      const bytes = encodeMessage(micros32(1_000), header, new Uint8Array(0));
      page.say({ type: 'unit', bytes: bytes.buffer });
    }
    await expect.poll(() => heard).toEqual([3, 7]);
  });

  it('misses nothing of what comes on tracks: it accepts the flow, and neither asks for keyframes nor reports', async () => {
    const { page } = await openConnection();
    const metadata = { codec: 'avc1.42E01F', width: 320, height: 200 };
    page.sayUnit({
      ...{ type: 'flowOpen', flow: flowId(2), parent: undefined, kind: 'video' },
      ...{ priority: 4, budget: millis(50), metadata },
    });
    await page.hears('flowAccept');
    // Keyframes are asked for in the turn in which a flow opens, and reports begin with HELLO_ACK: pings come later than both.
    const pings = () => page.units.filter(({ type }) => type === 'ping').length;
    await expect.poll(pings, { timeout: 3_000 }).toBeGreaterThan(3);
    const types = new Set(page.units.map(({ type }) => type));
    expect([...types].sort()).toEqual(['flowAccept', 'flowOpen', 'hello', 'ping']);
  });
});
