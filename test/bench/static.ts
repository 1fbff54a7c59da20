import { Priority } from '../../protocol/flow.ts';
import type { CompleteMessage } from '../../protocol/fragment.ts';
import { startDesktopGateway, type DesktopGateway } from '../support/desktop-gateway.ts';
import { HeadlessViewer } from '../support/headless-viewer.ts';
import { childrenOf, processorSeconds } from '../support/processes.ts';
import { waitUntil } from '../support/wait.ts';
import { textMarks, XPainter } from '../support/x-painter.ts';
import type { StillCosts } from './network-run.ts';
import { percentile } from './percentiles.ts';
import type { Report, Row } from './report.ts';

/** Changes whose way is timed, in each of both states. */
const CHANGES = 40;

/** A change of the timed kind makes pictures larger than this, the corner that keeps the encoder awake smaller ones, in bytes. */
const CHANGE_BYTES = 1_500;

/** What a still screen costs, with sound and without, and how long its next change takes. */
export async function still(seconds: number): Promise<Report> {
  const rows: Row[] = [];
  for (const sound of [true, false]) rows.push(await costs(seconds, sound));
  rows.push(...(await delays()));
  return {
    name: 'a screen that stands still (720p60)',
    method:
      `A private desktop with an empty white window and one viewer over WebSocket. CPU: gateway and encoder processes, from ` +
      `/proc, over ${seconds} s of stillness; wire: everything that the viewer got. Delay: from painting a part of the screen ` +
      `to the whole picture at the viewer, ${CHANGES} times, after a second of stillness and while a corner keeps the encoder awake.`,
    goal: 'CPU at most 3 % of a core, wire at most 20 kbit/s',
    rows,
  };
}

async function costs(seconds: number, sound: boolean): Promise<Row> {
  const { gatewayPercent, encodersPercent, wireKbps } = await stillCosts(seconds, sound);
  return {
    label: sound ? 'sound on, silent' : 'without sound',
    figures: {
      'gateway, % of a core': gatewayPercent,
      'encoders, %': encodersPercent,
      'together, %': gatewayPercent + encodersPercent,
      'wire, kbit/s': wireKbps,
    },
  };
}

/** What a still private desktop costs with one viewer over WebSocket, from /proc and at the viewer. */
export async function stillCosts(seconds: number, sound: boolean): Promise<StillCosts> {
  const scene = await Scene.open(sound ? [] : ['--no-audio']);
  try {
    await scene.rest();
    // Sound that nobody makes is left out after a while, too.
    await pause(4_000);
    const encoders = childrenOf(scene.gatewayPid)
      .filter(({ commandLine }) => commandLine.includes('gst/child.ts'))
      .map(({ pid }) => pid);
    const used = (): readonly number[] => [
      processorSeconds(scene.gatewayPid),
      encoders.reduce((sum, pid) => sum + processorSeconds(pid), 0),
    ];
    const [before, bytes, since] = [used(), scene.viewer.wireBytes, performance.now()];
    await pause(seconds * 1_000);
    const elapsed = (performance.now() - since) / 1_000;
    const [gatewayPercent = NaN, encodersPercent = NaN] = used().map(
      (now, index) => ((now - (before[index] ?? NaN)) / elapsed) * 100,
    );
    const wireKbps = ((scene.viewer.wireBytes - bytes) * 8) / elapsed / 1_000;
    return { gatewayPercent, encodersPercent, wireKbps };
  } finally {
    await scene.close();
  }
}

async function delays(): Promise<readonly Row[]> {
  const scene = await Scene.open(['--no-audio']);
  try {
    const rows: Row[] = [];
    for (const isAwake of [false, true]) {
      const corner = isAwake ? scene.keepAwake() : undefined;
      const times: number[] = [];
      for (let change = 0; change < CHANGES; change += 1) {
        if (!isAwake) await scene.rest();
        // Neither on the beat of the captures nor of the painter.
        await pause(300 + Math.random() * 50);
        times.push(await scene.change(change));
      }
      corner?.();
      rows.push({
        label: isAwake ? 'a change while awake' : 'a change after stillness',
        figures: {
          'p50, ms': percentile(times, 0.5),
          'p95, ms': percentile(times, 0.95),
          'longest, ms': Math.max(...times),
        },
      });
    }
    return rows;
  } finally {
    await scene.close();
  }
}

/** One desktop, one viewer and one painter. */
class Scene {
  readonly viewer: HeadlessViewer;
  readonly #desktop: DesktopGateway;
  readonly #painter: XPainter;
  readonly #pictures: Pictures;

  private constructor(
    desktop: DesktopGateway,
    painter: XPainter,
    { viewer, pictures }: { viewer: HeadlessViewer; pictures: Pictures },
  ) {
    this.#desktop = desktop;
    this.#painter = painter;
    this.viewer = viewer;
    this.#pictures = pictures;
  }

  static async open(flags: readonly string[]): Promise<Scene> {
    const desktop = await startDesktopGateway(flags);
    const painter = await XPainter.open(desktop.env);
    const pictures = new Pictures();
    const viewer = await HeadlessViewer.open(await desktop.gateway.link(), pictures.take);
    return new Scene(desktop, painter, { viewer, pictures });
  }

  get gatewayPid(): number {
    return this.#desktop.gateway.pid;
  }

  /** Waits until no picture has come for a second. */
  rest(): Promise<void> {
    return waitUntil(() => performance.now() - this.#pictures.heardAt > 1_000, 30_000);
  }

  /** Paints a page of marks and returns the milliseconds until a picture of it has arrived. */
  async change(seed: number): Promise<number> {
    const begun = performance.now();
    const arrived = this.#pictures.nextLargerThan(CHANGE_BYTES);
    const marks = textMarks(640, 360, seed).map(
      ([x, y, ...size]) => [x + 200, y + 200, ...size] as const,
    );
    await this.#painter.fill(0xffffff, [[200, 200, 640, 360]]);
    await this.#painter.fill(0x202020, marks);
    return (await arrived) - begun;
  }

  /** Changes a corner 60 times a second until the returned function is called. */
  keepAwake(): () => void {
    let turn = 0;
    const timer = setInterval(() => {
      turn += 1;
      void this.#painter.fill(turn % 2 === 0 ? 0xc0c0c0 : 0x404040, [[0, 0, 8, 8]]);
    }, 16);
    return () => {
      clearInterval(timer);
    };
  }

  async close(): Promise<void> {
    this.viewer.close();
    this.#painter.close();
    await this.#desktop.close();
  }
}

/** The pictures that arrive at a viewer. */
class Pictures {
  heardAt = performance.now();
  #waiting: { readonly bytes: number; readonly arrived: (at: number) => void } | undefined;

  readonly take = ({ header, payload }: CompleteMessage): void => {
    if (header.layer.priority !== Priority.videoBase) return;
    this.heardAt = performance.now();
    if (this.#waiting === undefined || payload.length < this.#waiting.bytes) return;
    this.#waiting.arrived(this.heardAt);
    this.#waiting = undefined;
  };

  nextLargerThan(bytes: number): Promise<number> {
    return new Promise((arrived) => {
      this.#waiting = { bytes, arrived };
    });
  }
}

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
