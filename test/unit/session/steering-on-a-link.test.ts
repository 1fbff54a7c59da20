import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { micros, type Micros } from '../../../protocol/time.ts';
import type { AccessUnit, AccessUnitSink } from '../../../server/ingest/access-unit.ts';
import type { DropReason } from '../../../server/schedule/drop-policy.ts';
import type { Clock } from '../../../server/session-clock.ts';
import type { VideoPort } from '../../../server/session/desktop-ports.ts';
import { DesktopSession } from '../../../server/session/desktop-session.ts';
import type { Role } from '../../../server/session/roles.ts';
import { memoryPair } from '../../../server/transport/memory.ts';
import { silentLogger } from '../../support/silent-logger.ts';
import { openRules } from '../../support/open-rules.ts';
import { SlowClient, type SlowPath } from './slow-client.ts';
import { quietObserver } from '../../support/quiet-observer.ts';

const FRAME_MS = 20;

/** An encoder that makes what it is asked for: 50 pictures a second, a keyframe six times as large. */
class ScriptedEncoder implements VideoPort {
  readonly parameters = { codec: 'avc1.42C020', width: 1280, height: 720 };
  readonly bitrates: { readonly at: number; readonly bps: number }[] = [];
  readonly codecs = ['h264'] as const;
  readonly running = { name: 'h264', encoder: 'scripted' } as const;
  readonly canScale = false;
  bps = 8e6;
  frameRate = 50;
  scale = 1;
  isPaused = false;
  pauses = 0;
  captured = 0;
  #sink: AccessUnitSink | undefined;
  #wantsKey = true;
  #nextAt = 0;

  subscribe(sink: AccessUnitSink): () => void {
    this.#sink = sink;
    return () => undefined;
  }

  requestKeyframe(): void {
    this.#wantsKey = true;
  }

  setBitrate(kbps: number): void {
    this.bps = kbps * 1000;
    this.bitrates.push({ at: now, bps: this.bps });
  }

  setFrameRate(fps: number): void {
    this.frameRate = fps;
  }

  setScale(scale: number): void {
    this.scale = scale;
  }

  setCodec(): void {
    // It makes one kind.
  }

  setQuality(): void {
    // And one quality.
  }

  setPaused(paused: boolean): void {
    this.isPaused = paused;
    if (paused) this.pauses += 1;
  }

  advance(): void {
    if (now < this.#nextAt) return;
    this.#nextAt = now + 1e6 / this.frameRate;
    if (this.isPaused) return;
    this.captured += 1;
    const key = this.#wantsKey;
    this.#wantsKey = false;
    const bytes =
      (this.bps / 8 / this.frameRate) * (key ? 6 : 0.7 + ((this.captured * 7) % 6) / 10);
    const unit: AccessUnit = {
      kind: 'video',
      codec: 'h264',
      data: new Uint8Array(Math.round(bytes)),
      key,
      captureTime: BigInt(now) * 1000n,
      arrivalTime: BigInt(now) * 1000n,
      discardable: false,
      temporalLayer: 0,
      dependency: key ? 0 : 1,
      durationUs: 1e6 / this.frameRate,
      discontinuity: false,
    };
    this.#sink?.accessUnit(unit);
  }
}

let now: Micros;
let encoder: ScriptedEncoder;
let session: DesktopSession;
let clients: SlowClient[];
let dropped: Map<DropReason, number>;

const clock: Clock = {
  now: () => now,
  fromMonotonicNanos: (nanos) => micros(Number(nanos) / 1000),
};

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'setTimeout', 'clearTimeout'] });
  now = micros(1_000_000);
  encoder = new ScriptedEncoder();
  clients = [];
  dropped = new Map();
  session = new DesktopSession({
    video: encoder,
    audio: undefined,
    audioBitrateKbps: 128,
    rules: openRules,
    desktop: { size: encoder.parameters, pointer: undefined, inject: () => undefined },
    clock,
    logger: silentLogger,
    maxViewers: 8,
    videoLimits: { bitrateBps: 8e6, frameRate: 50 },
    observer: {
      ...quietObserver,
      dropped: (reason, count) => dropped.set(reason, (dropped.get(reason) ?? 0) + count),
    },
  });
});

afterEach(() => {
  vi.useRealTimers();
  return session.close('the test is over');
});

function connect(login: string, role: Role, path: SlowPath): SlowClient {
  // A socket's buffer takes what the window allows; the queue is in the path.
  const { server, client } = memoryPair({ clock, logger: silentLogger, capacityBytes: 1 << 20 });
  session.connect(server, { session: login, role, attempt: login });
  const slow = new SlowClient(client, path, () => now);
  clients.push(slow);
  return slow;
}

/** Everything that was sent in this millisecond is handed over before the next. */
async function pass(milliseconds: number): Promise<void> {
  for (let step = 0; step < milliseconds; step += 1) {
    now = micros(now + 1000);
    encoder.advance();
    for (const client of clients) client.advance();
    vi.advanceTimersByTime(1);
    for (let turn = 0; turn < 12; turn += 1) {
      await new Promise((resolve) => {
        setImmediate(resolve);
      });
    }
    if (step % 1000 === 999) {
      for (const client of clients) client.send({ type: 'ping', id: 1, t0: micros(0) });
    }
  }
}

const latency = (client: SlowClient, share: number, sinceUs: number): number => {
  const values = client.pictures
    .filter(({ capturedAt }) => capturedAt >= sinceUs)
    .map(({ latencyUs }) => latencyUs / 1000)
    .sort((a, b) => a - b);
  return values[Math.floor(share * (values.length - 1))] ?? Infinity;
};

const controller = 'controller' satisfies Role;
const viewer = 'viewer' satisfies Role;

describe('the encoder of a session', () => {
  it('follows the link down and up again, and every picture stays young', async () => {
    const path = { capacityBps: 20e6, oneWayUs: 20_000 };
    const client = connect('ann', controller, path);
    await pass(1_000);
    const pauses = encoder.pauses;
    await pass(1_000);
    expect(encoder.bps).toBe(8e6);
    expect(encoder.pauses).toBe(pauses);
    path.capacityBps = 3e6;
    await pass(4_000);
    expect(encoder.bps).toBeLessThan(3.3e6);
    expect(encoder.bps).toBeGreaterThan(1.5e6);
    const settled = now - 2_500_000;
    expect(latency(client, 0.95, settled)).toBeLessThan(20 + 70);
    const shown = client.pictures.filter(({ capturedAt }) => capturedAt >= settled).length;
    expect(shown).toBeGreaterThan(0.85 * 2.4 * 50);
    path.capacityBps = 20e6;
    await pass(9_000);
    expect(encoder.bps).toBeGreaterThan(5e6);
  });

  it('tells the client at most ten times a second what it aims at', async () => {
    const path = { capacityBps: 20e6, oneWayUs: 20_000 };
    const client = connect('ann', controller, path);
    await pass(1_000);
    path.capacityBps = 2e6;
    await pass(2_000);
    const last = client.rates.at(-1);
    expect(last?.unit.targetBps).toBeLessThan(3e6);
    expect(last?.unit.capacityBps).toBeGreaterThan(1e6);
    expect(client.rates.some(({ unit }) => unit.state === 'decrease')).toBe(true);
    expect(client.rates.length).toBeLessThanOrEqual(31);
  });

  it('leaves pictures out while a link cannot take them, and drops few that were made', async () => {
    const path = { capacityBps: 2e6, oneWayUs: 20_000 };
    const client = connect('ann', controller, path);
    await pass(3_000);
    expect(encoder.pauses).toBeGreaterThan(0);
    const lost = encoder.captured - client.pictures.length;
    expect(lost).toBeLessThan(10);
    expect([...dropped.values()].reduce((sum, count) => sum + count, 0)).toBeLessThanOrEqual(lost);
  });

  it('follows the one who has control, not a slower one who watches', async () => {
    connect('bob', viewer, { capacityBps: 1e6, oneWayUs: 20_000 });
    const fast = connect('ann', controller, { capacityBps: 30e6, oneWayUs: 20_000 });
    await pass(3_000);
    expect(session.askedBps).toBe(8e6);
    const since = now - 1_500_000;
    expect(latency(fast, 0.95, since)).toBeLessThan(20 + 30);
    const count = fast.pictures.filter(({ capturedAt }) => capturedAt >= since).length;
    expect(count).toBeGreaterThan(0.9 * (1_460 / FRAME_MS));
  });

  it('gives a slow one who watches three pictures a second, soon, and the others theirs', async () => {
    const fast = connect('ann', controller, { capacityBps: 30e6, oneWayUs: 20_000 });
    const slow = connect('bob', viewer, { capacityBps: 2e6, oneWayUs: 20_000 });
    await pass(6_000);
    const since = now - 4_000_000;
    const seen = (client: SlowClient): number =>
      client.pictures.filter(({ capturedAt }) => capturedAt >= since).length / 4;
    // A keyframe is six pictures here, 120 KB, and would take half a second.
    expect(seen(slow)).toBeGreaterThan(3);
    expect(latency(slow, 0.95, since)).toBeLessThan(20 + 100);
    expect(seen(fast)).toBeGreaterThan(0.9 * 50);
    expect(latency(fast, 0.95, since)).toBeLessThan(20 + 40);
  });

  it('is not stopped for others by a controller whose link takes nothing', async () => {
    const dead = { capacityBps: 10e6, oneWayUs: 20_000 };
    connect('ann', controller, dead);
    const other = connect('bob', viewer, { capacityBps: 30e6, oneWayUs: 20_000 });
    await pass(1_000);
    dead.capacityBps = 1;
    await pass(3_000);
    const late = other.pictures.filter(({ capturedAt }) => capturedAt >= now - 2_000_000);
    expect(late.length).toBeGreaterThanOrEqual(3);
  });

  it('makes pictures while somebody watches, whatever the gate was doing', async () => {
    connect('ann', controller, { capacityBps: 0.5e6, oneWayUs: 20_000 });
    await pass(1_000);
    session.leave('ann', 'ann');
    clients = [];
    await pass(200);
    expect(encoder.isPaused).toBe(true);
    const next = connect('bob', controller, { capacityBps: 20e6, oneWayUs: 20_000 });
    await pass(1_000);
    expect(encoder.isPaused).toBe(false);
    expect(encoder.bps).toBeGreaterThan(7e6);
    expect(next.pictures.length).toBeGreaterThan(30);
  });
});
