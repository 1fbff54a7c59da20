import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import {
  decodeControl,
  encodeControl,
  type ControlUnit,
} from '../../../protocol/control/control-unit.ts';
import type { StreamFacts } from '../../../protocol/control/stream.ts';
import { SessionCode, webSocketCloseCode } from '../../../protocol/errors.ts';
import {
  defaultStreamSettings,
  streamRanges,
  type StreamChange,
} from '../../../protocol/stream-settings.ts';
import { micros, type Micros } from '../../../protocol/time.ts';
import { decodeUnit } from '../../../protocol/unit.ts';
import { isDataUnitId } from '../../../protocol/unit-id.ts';
import type { AccessUnit, AccessUnitSink } from '../../../server/ingest/access-unit.ts';
import type { AudioPort, VideoPort } from '../../../server/session/desktop-ports.ts';
import { DesktopSession } from '../../../server/session/desktop-session.ts';
import type { Role } from '../../../server/session/roles.ts';
import type { StreamRules } from '../../../server/session/stream-rules.ts';
import { memoryPair, type MemoryClient } from '../../../server/transport/memory.ts';
import { openRules } from '../../support/open-rules.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { quietObserver } from '../../support/quiet-observer.ts';

let now: Micros;
let session: DesktopSession;
let commands: (readonly [string, unknown])[];
let isAway: boolean;
let sinks: { video?: AccessUnitSink; audio?: AccessUnitSink };

const clock = { now: () => now, fromMonotonicNanos: () => now };

const note =
  (name: string) =>
  (value?: unknown): void => {
    commands.push([name, value]);
  };

/** The newest command of a name. */
const last = (name: string): unknown => commands.findLast(([each]) => each === name)?.[1];

const media = (kind: 'video' | 'audio') => ({
  subscribe: (sink: AccessUnitSink) => {
    sinks = { ...sinks, [kind]: sink };
    return () => undefined;
  },
  parameters: { codec: 'avc1.42C020', width: 640, height: 480 },
  requestKeyframe: note('keyframe'),
  setPaused: note(`${kind} paused`),
});

function start(rules: StreamRules, traits: Partial<VideoPort> = {}): void {
  const video: VideoPort = {
    ...media('video'),
    codecs: ['h264'],
    running: { name: 'h264', encoder: 'scripted' },
    canScale: false,
    setBitrate: note('bitrate'),
    setFrameRate: note('frameRate'),
    setScale: note('scale'),
    setCodec: note('codec'),
    setQuality: note('quality'),
    ...traits,
  };
  const audio: AudioPort = {
    ...media('audio'),
    setBitrate: note('audioBitrate'),
    setFrameMs: note('audioFrameMs'),
  };
  session = new DesktopSession({
    video,
    audio,
    audioBitrateKbps: 128,
    rules,
    desktop: {
      size: { width: 640, height: 480 },
      pointer: undefined,
      get isAway() {
        return isAway;
      },
      inject: () => undefined,
    },
    clock,
    logger: silentLogger,
    maxViewers: 8,
    observer: quietObserver,
    videoLimits: { bitrateBps: 8_000_000, frameRate: 60 },
  });
}

/** A client that asks for settings and keeps what it hears. */
class Client {
  readonly units: ControlUnit[] = [];
  readonly budgets: { flow: number; ms: number; key: boolean }[] = [];
  /** Why its connection was closed; undefined while it stands. */
  end: string | undefined;
  readonly #wire: MemoryClient;
  #asked = 0;

  constructor(wire: MemoryClient, { mode, video = ['avc1.42C02A', 'vp8'] }: Coming = {}) {
    this.#wire = wire;
    void wire.closed.then(({ reason }) => (this.end = reason));
    wire.receive((bytes) => {
      if (!isDataUnitId(bytes[0] ?? 0)) {
        this.units.push(decodeControl(Uint8Array.from(bytes)));
        return;
      }
      const unit = decodeUnit(Uint8Array.from(bytes));
      if (unit.type !== 'message') return;
      const { flow, budget, key } = unit.header;
      this.budgets.push({ flow, ms: budget, key });
    });
    const hello = { versions: [1], video, audio: ['opus'] };
    this.send({ type: 'hello', hello: mode === undefined ? hello : { ...hello, mode } });
  }

  send(unit: ControlUnit): void {
    this.#wire.send(encodeControl(unit));
  }

  /** What the server says of the stream, once it has said it to this answer's number. */
  async told(answers = 0): Promise<StreamFacts> {
    return vi.waitFor(() => {
      const found = this.streams.findLast((stream) => stream.answers === answers);
      if (found === undefined) throw new Error(`no STREAM for ${answers} yet`);
      return found;
    });
  }

  async ask(settings: StreamChange): Promise<StreamFacts> {
    this.#asked += 1;
    this.send({ type: 'settings', id: this.#asked, settings });
    return this.told(this.#asked);
  }

  get streams(): readonly StreamFacts[] {
    return this.units.flatMap((unit) => (unit.type === 'stream' ? [unit.stream] : []));
  }

  vanish(): void {
    this.#wire.vanish();
  }

  leave(): void {
    this.#wire.close(webSocketCloseCode(SessionCode.ok), '');
  }
}

interface Coming {
  readonly role?: Role;
  readonly mode?: 'movie';
  readonly attempt?: string;
  readonly video?: readonly string[];
}

function connect(login: string, coming: Coming = {}) {
  const { role = 'controller', attempt = login } = coming;
  const { server, client } = memoryPair({ clock, logger: silentLogger });
  session.connect(server, { session: login, role, attempt });
  return new Client(client, coming);
}

const picture = (key: boolean): AccessUnit => ({
  kind: 'video',
  codec: 'h264',
  data: new Uint8Array(100),
  key,
  captureTime: 0n,
  arrivalTime: 0n,
  discardable: false,
  temporalLayer: 0,
  dependency: key ? 0 : 1,
  durationUs: 0,
  discontinuity: false,
});
const sound: AccessUnit = { ...picture(true), kind: 'audio', codec: 'opus' };

beforeEach(() => {
  now = micros(1_000_000);
  commands = [];
  sinks = {};
  isAway = false;
});

afterEach(() => session.close('the test is over'));

describe('what a client learns when it comes', () => {
  it('is what holds, what is offered and what is allowed', async () => {
    start(openRules);
    expect(await connect('ann').told()).toEqual({
      answers: 0,
      settings: defaultStreamSettings,
      desktop: { width: 640, height: 480 },
      video: {
        codec: 'avc1.42C020',
        name: 'h264',
        encoder: 'scripted',
        width: 640,
        height: 480,
        frameRate: 60,
      },
      audio: { bitrateKbps: 128, frameMs: 10 },
      offers: { codecs: ['h264'] },
      policy: { ...openRules.policy, defaults: openRules.defaults },
      controls: true,
    });
  });

  it('is also that the desktop does not answer, and that it is back', async () => {
    start(openRules);
    const client = connect('ann');
    expect((await client.told()).isAway).toBeUndefined();
    isAway = true;
    await vi.waitFor(() => expect(client.streams.at(-1)?.isAway).toBe(true));
    isAway = false;
    await vi.waitFor(() => expect(client.streams.at(-1)?.isAway).toBeUndefined());
    expect(client.streams).toHaveLength(3);
  });

  it('is the operator’s mode, unless HELLO names one or the operator has fixed it', async () => {
    const defaults = { ...defaultStreamSettings, mode: 'smooth' } as const;
    start({ ...openRules, defaults });
    expect((await connect('ann').told()).settings.mode).toBe('smooth');
    expect((await connect('bob', { mode: 'movie' }).told()).settings.mode).toBe('movie');
    await session.close('another one follows');
    start({ defaults, policy: { locked: ['mode'], ranges: streamRanges } });
    expect((await connect('cleo', { mode: 'movie' }).told()).settings.mode).toBe('smooth');
  });
});

describe('settings of one’s own', () => {
  it('change the budgets of the next messages, without a new flow', async () => {
    start(openRules);
    const client = connect('ann');
    await client.told();
    sinks.video?.accessUnit(picture(true));
    sinks.audio?.accessUnit(sound);
    await client.ask({ mode: 'movie' });
    sinks.video?.accessUnit(picture(false));
    sinks.audio?.accessUnit(sound);
    const custom = { delayTargetMs: 15, videoBudgetMs: 120, audioBudgetMs: 100 };
    const facts = await client.ask({ mode: 'custom', custom });
    expect(facts.settings).toMatchObject({ mode: 'custom', custom });
    sinks.video?.accessUnit(picture(false));
    await vi.waitFor(() => expect(client.budgets).toHaveLength(5));
    const of = (flow: number) => client.budgets.filter((each) => each.flow === flow);
    expect(of(4).map(({ ms }) => ms)).toEqual([150, 1000, 120]);
    expect(of(2).map(({ ms }) => ms)).toEqual([120, 600]);
    const updates = client.units.filter(({ type }) => type === 'flowUpdate');
    expect(updates).toContainEqual({ type: 'flowUpdate', flow: 4, key: 'budget', value: 1000 });
    expect(client.units.filter(({ type }) => type === 'flowOpen')).toHaveLength(3);
  });

  it('hidden video stops for this viewer alone, and begins again with a keyframe', async () => {
    start(openRules);
    const [hiding, watching] = [connect('ann'), connect('bob', { role: 'viewer' })];
    await watching.told();
    await hiding.ask({ video: 'hidden' });
    expect(last('video paused')).toBeUndefined();
    for (const unit of [picture(true), sound, picture(false)]) {
      sinks[unit.kind]?.accessUnit(unit);
    }
    await vi.waitFor(() => expect(watching.budgets).toHaveLength(3));
    expect(hiding.budgets.map(({ flow }) => flow)).toEqual([2]);
    const before = commands.filter(([name]) => name === 'keyframe').length;
    now = micros(now + 1_000_000);
    await hiding.ask({ video: 'shown' });
    expect(commands.filter(([name]) => name === 'keyframe').length).toBeGreaterThan(before);
    sinks.video?.accessUnit(picture(false));
    sinks.video?.accessUnit(picture(true));
    await vi.waitFor(() => expect(hiding.budgets).toHaveLength(2));
    expect(hiding.budgets.at(-1)).toMatchObject({ flow: 4, key: true });
  });

  it('hidden video of everybody pauses the encoder of the picture, not that of the sound', async () => {
    start(openRules);
    const client = connect('ann');
    await client.ask({ video: 'hidden' });
    expect([last('video paused'), last('audio paused')]).toEqual([true, undefined]);
    await client.ask({ video: 'shown' });
    expect(last('video paused')).toBe(false);
  });
});

describe('settings of the encoders', () => {
  it('are those of the one who has control', async () => {
    start(openRules, { codecs: ['h264', 'vp8'], canScale: true });
    const client = connect('ann');
    const asked = {
      maxBitrateKbps: 2000,
      maxFrameRate: 30,
      scale: 0.5,
      quality: 'motion',
      codec: 'vp8',
      audioBitrateKbps: 64,
      audioFrameMs: 20,
    } as const;
    const facts = await client.ask(asked);
    expect(facts.refused).toBeUndefined();
    expect(facts.settings).toMatchObject(asked);
    expect(facts.video.frameRate).toBe(30);
    expect(facts.audio).toEqual({ bitrateKbps: 64, frameMs: 20 });
    expect(Object.fromEntries(commands)).toMatchObject({
      bitrate: 2000,
      frameRate: 30,
      scale: 0.5,
      quality: 'motion',
      codec: 'vp8',
      audioBitrate: 64,
      audioFrameMs: 20,
    });
  });

  it('follow the mode of the controller where they are automatic', async () => {
    start(openRules);
    const client = connect('ann');
    expect((await client.ask({ mode: 'instant' })).audio?.frameMs).toBe(5);
    expect(last('audioFrameMs')).toBe(5);
    await client.ask({ mode: 'movie' });
    expect(last('audioFrameMs')).toBe(20);
  });

  it('of a viewer wait until it has control', async () => {
    start(openRules);
    const [ann, bob] = [connect('ann'), connect('bob')];
    expect((await bob.told()).controls).toBe(false);
    await ann.ask({ maxFrameRate: 40 });
    const facts = await bob.ask({ maxFrameRate: 20, mode: 'movie' });
    expect(facts.refused).toEqual({ maxFrameRate: 'viewer' });
    expect(facts.settings).toMatchObject({ maxFrameRate: 40, mode: 'movie' });
    expect(last('frameRate')).toBe(40);
    ann.leave();
    await vi.waitFor(() => expect(last('frameRate')).toBe(60));
    bob.send({
      type: 'input',
      sendTime: 0 as never,
      first: 0,
      events: [{ type: 'pointerAbsolute', x: 1, y: 1 }],
    });
    await vi.waitFor(() => expect(last('frameRate')).toBe(20));
    await vi.waitFor(() =>
      expect(bob.streams.at(-1)).toMatchObject({ controls: true, settings: { maxFrameRate: 20 } }),
    );
  });

  it('stay while their controller is away, and when it comes back without a word', async () => {
    start(openRules);
    const first = connect('ann');
    await first.ask({ maxFrameRate: 25 });
    first.vanish();
    now = micros(now + 5_900_000);
    await vi.waitFor(() => expect(session.viewerCount).toBe(0));
    expect(last('frameRate')).toBe(25);
    const again = connect('ann', { attempt: 'second' });
    await again.told();
    expect(last('frameRate')).toBe(25);
  });
});

describe('what is not taken', () => {
  it('has a reason each, and the rest of the request is taken', async () => {
    const policy = {
      locked: ['quality'],
      ranges: { ...streamRanges, maxFrameRate: { least: 1, most: 60 } },
    } as const;
    start({ ...openRules, policy });
    const facts = await connect('ann').ask({
      quality: 'motion',
      maxFrameRate: 61,
      codec: 'vp8',
      scale: 0.5,
      maxBitrateKbps: 1000,
    });
    expect(facts.refused).toEqual({
      quality: 'locked',
      maxFrameRate: 'range',
      codec: 'unavailable',
      scale: 'unavailable',
    });
    expect(facts.settings).toEqual({ ...defaultStreamSettings, maxBitrateKbps: 1000 });
    expect(last('bitrate')).toBe(1000);
  });

  it('is not what is fixed to the same value anyway', async () => {
    start({ ...openRules, policy: { locked: ['quality', 'mode'], ranges: streamRanges } });
    const facts = await connect('ann').ask({ quality: 'text', mode: 'balanced' });
    expect(facts.refused).toBeUndefined();
  });

  it('is a custom mode beyond what the operator allows', async () => {
    const ranges = { ...streamRanges, videoBudgetMs: { least: 20, most: 500 } };
    start({ ...openRules, policy: { locked: [], ranges } });
    const custom = { delayTargetMs: 15, videoBudgetMs: 501, audioBudgetMs: 100 };
    const facts = await connect('ann').ask({ mode: 'custom', custom });
    expect(facts.refused).toEqual({ mode: 'range' });
    expect(facts.settings).toEqual(defaultStreamSettings);
  });

  it('is a kind of video that this client does not decode', async () => {
    start(openRules, { codecs: ['h264', 'hevc'] });
    const client = connect('ann');
    expect((await client.told()).offers.codecs).toEqual(['h264']);
    expect((await client.ask({ codec: 'hevc' })).refused).toEqual({ codec: 'unavailable' });
  });
});

describe('kinds of video that not everybody decodes', () => {
  const [H264, VP8, VP9] = ['avc1.42C02A', 'vp8', 'vp09.00.10.08'] as const;
  const parametersOf = (codec: string) => ({ codec, width: 640, height: 480 });

  it('are not offered, and give way to one that fits when somebody joins', async () => {
    start(openRules, { codecs: ['h264', 'vp8', 'vp9'] });
    const ann = connect('ann', { video: [H264, VP8, VP9] });
    expect((await ann.ask({ codec: 'vp9' })).offers.codecs).toEqual(['h264', 'vp8', 'vp9']);
    expect(last('codec')).toBe('vp9');
    const bob = connect('bob', { role: 'viewer', video: [VP8, H264] });
    expect((await bob.told()).offers.codecs).toEqual(['h264', 'vp8']);
    expect(last('codec')).toBe('auto');
    const cid = connect('cid', { role: 'viewer', video: [VP8] });
    await cid.told();
    expect(last('codec')).toBe('vp8');
    const facts = await ann.ask({ codec: 'h264' });
    expect(facts.refused).toEqual({ codec: 'unavailable' });
    expect(facts).toMatchObject({ settings: { codec: 'auto' }, offers: { codecs: ['vp8'] } });
  });

  it('come back when the one who could not decode them has left', async () => {
    start(openRules, { codecs: ['h264', 'vp9'] });
    const ann = connect('ann', { video: [H264, VP9] });
    await ann.ask({ codec: 'vp9' });
    const bob = connect('bob', { role: 'viewer', video: [H264] });
    await bob.told();
    expect(last('codec')).toBe('auto');
    bob.leave();
    await vi.waitFor(() => expect(session.viewerCount).toBe(1));
    session.settingsWished();
    expect(last('codec')).toBe('vp9');
    expect((await ann.ask({})).settings.codec).toBe('vp9');
  });

  it('are never sent to who cannot decode them while the encoder changes', async () => {
    start(openRules, { codecs: ['h264', 'vp8'] });
    const ann = connect('ann', { video: [H264, VP8] });
    await ann.told();
    const bob = connect('bob', { role: 'viewer', video: [VP8] });
    await bob.told();
    sinks.video?.accessUnit({ ...picture(true), parameters: parametersOf(H264) });
    sinks.video?.accessUnit(picture(false));
    const took = (client: Client) => client.budgets.filter(({ flow }) => flow === 4).length;
    await vi.waitFor(() => expect(took(ann)).toBe(2));
    expect(took(bob)).toBe(0);
    sinks.video?.accessUnit({ ...picture(true), parameters: parametersOf(VP8) });
    sinks.video?.accessUnit(picture(false));
    await vi.waitFor(() => expect(took(bob)).toBe(2));
  });

  it('end a connection for which nothing fits, in words', async () => {
    start(openRules, { codecs: ['h264', 'vp9'] });
    const ann = connect('ann', { video: [H264] });
    await ann.told();
    const bob = connect('bob', { role: 'viewer', video: [VP9] });
    const cid = connect('cid', { role: 'viewer', video: ['av01.0.04M.08'] });
    await vi.waitFor(() => expect(cid.end).toMatch(/cannot decode .*h264, vp9.*another browser/));
    await vi.waitFor(() => expect(bob.end).toMatch(/cannot decode .*others.*when they have left/));
    expect(ann.end).toBeUndefined();
    expect(last('codec')).toBeUndefined();
  });

  it('and a viewer who gets nothing but those is told so in the end', async () => {
    start(openRules, { codecs: ['h264', 'vp8'] });
    const bob = connect('bob', { role: 'viewer', video: [VP8] });
    await bob.told();
    sinks.video?.accessUnit({ ...picture(true), parameters: parametersOf(H264) });
    now = micros(now + 13_000_000);
    await vi.waitFor(() => expect(bob.end).toMatch(/did not start/));
  });
});
