/**
 * Paints the test pattern (client/stats/pattern-probe.ts) on an X display, as a program of its own, so that nobody else's work
 * delays its timestamps:
 *
 *     node test/support/pattern-painter.ts [--display :N] [--authority FILE] [--fps 60] [--background still|moving|noise|none] [--again]
 *
 * DISPLAY and XAUTHORITY count where flags are missing. Prints `ready` after the first picture; SIGTERM ends it. With --again it
 * outlives the X server and paints on the next one, until its standard input ends.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { BLOCK, encodePattern, PATTERN_WIDTH } from '../../client/stats/pattern-probe.ts';
import { XConnection } from '../../server/desktop/x-connection.ts';

const backgrounds = ['none', 'still', 'moving', 'noise'] as const;

/** What is behind the pattern: nothing but the desktop, a picture that stands still, text that scrolls, or noise that stands still. */
export type PatternBackground = (typeof backgrounds)[number];

export interface PatternPainterOptions {
  readonly display: string;
  readonly authority?: string;
  /** Pictures a second, 1 to 240. */
  readonly framesPerSecond: number;
  readonly background: PatternBackground;
  /** Whether it waits for the next X server when this one has gone; no unless given. */
  readonly again?: boolean;
  /** Put before the command, as in `nsenter …`. */
  readonly launcher?: readonly string[];
}

/** A painter in a process of its own. */
export interface PatternPainter {
  readonly pid: number;
  /** Ends the painter; its window goes with it. */
  close(): Promise<void>;
}

const WHITE = 0xffffff;
const BLACK = 0x000000;
const PAPER = 0xf4f1ea;
const INK = 0x26292e;
/** Text-like marks: lines of this height in pixels, scrolled by so many pixels a picture. */
const LINE_HEIGHT = 18;
const SCROLL = 3;

/** Rows of noise: with them a VP8 keyframe has about 200 KB, 1280 wide (measured: 140 to 211 KB, and 430 to 450 with 430 rows). */
const NOISE_ROWS = 200;

/** Rectangles of one request: X11 takes 65,535 words of four bytes, a rectangle has two. */
const MAX_RECTANGLES = 30_000;

/** How long a painter that outlives its X server waits before it looks for the next one, in ms. */
const LOOK_AGAIN_MS = 50;

/** Starts a painter and waits for its first picture. */
export async function startPatternPainter(options: PatternPainterOptions): Promise<PatternPainter> {
  const args = ['--display', options.display, '--fps', String(options.framesPerSecond)];
  args.push('--background', options.background);
  if (options.authority !== undefined) args.push('--authority', options.authority);
  if (options.again === true) args.push('--again');
  const [command, ...prefix] = [...(options.launcher ?? []), process.execPath] as const;
  const child = spawn(command, [...prefix, fileURLToPath(import.meta.url), ...args], {
    // Its input ends with this process, however that ends: one that paints again and again would keep pipes open that others wait for.
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const ended = once(child, 'exit');
  const ready = once(createInterface({ input: child.stdout }), 'line');
  await Promise.race([
    ready,
    ended.then(([code]: unknown[]) => {
      throw new Error(`the pattern painter ended with ${String(code)}`);
    }),
  ]);
  const { pid } = child;
  if (pid === undefined) throw new Error('the pattern painter did not start');
  return {
    pid,
    close: async () => {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** The X resources of one painter; everything is drawn by the X server itself. */
class Canvas {
  readonly #connection: XConnection;
  readonly #window: number;
  readonly #back: number;
  readonly #text: number;
  readonly #black: number;
  readonly #white: number;
  readonly #width: number;
  readonly #height: number;
  readonly #top: number;
  #counter = 0;

  constructor(connection: XConnection, background: PatternBackground) {
    this.#connection = connection;
    const { client, root, rootDepth } = connection;
    const { width, height } = connection.initialSize;
    if (width < PATTERN_WIDTH) {
      throw new RangeError(`display width: expected at least ${PATTERN_WIDTH}, got ${width}`);
    }
    this.#top = BLOCK;
    this.#width = background === 'none' ? PATTERN_WIDTH : width;
    this.#height = background === 'none' ? BLOCK : height;
    this.#window = client.AllocID();
    client.CreateWindow(this.#window, root, 0, 0, this.#width, this.#height, 0, 0, 0, 0, {
      backgroundPixel: PAPER,
      overrideRedirect: 1,
    });
    this.#back = this.#pixmap(this.#width, this.#height, rootDepth);
    // Copies between pictures would be answered with events that nobody wants.
    this.#black = this.#context(BLACK);
    this.#white = this.#context(WHITE);
    this.#text = background === 'noise' ? this.#paintNoise(rootDepth) : this.#paintText(rootDepth);
    this.#drawBackground(0);
    client.MapWindow(this.#window);
    this.#show(this.#height);
  }

  /** Paints one picture: counter and time go in last, and become visible by one atomic copy. */
  async paint(background: PatternBackground): Promise<void> {
    const { client } = this.#connection;
    const isMoving = background === 'moving';
    if (isMoving) this.#drawBackground(this.#counter * SCROLL);
    client.PolyFillRectangle(this.#back, this.#black, [0, 0, PATTERN_WIDTH, BLOCK]);
    const time = Math.floor((performance.timeOrigin + performance.now()) * 10) % 2 ** 32;
    const bits = encodePattern({ counter: this.#counter & 0xffffff, time });
    const blocks = bits.flatMap((bit, index) => (bit ? [index * BLOCK, 0, BLOCK, BLOCK] : []));
    client.PolyFillRectangle(this.#back, this.#white, blocks);
    this.#show(isMoving ? this.#height : BLOCK);
    this.#counter++;
    // The next picture waits for this one, or a slow X server would show old times.
    await this.#connection.sync();
  }

  #show(height: number): void {
    const { client } = this.#connection;
    client.CopyArea(this.#back, this.#window, this.#black, 0, 0, 0, 0, this.#width, height);
  }

  #drawBackground(scrolled: number): void {
    const height = this.#height - this.#top;
    if (height <= 0) return;
    const from = scrolled % this.#height;
    const { client } = this.#connection;
    client.CopyArea(
      this.#text,
      this.#back,
      this.#black,
      0,
      from,
      0,
      this.#top,
      this.#width,
      height,
    );
  }

  /** Two screens of marks that are about as hard to encode as text; the second is like the first, for endless scrolling. */
  #paintText(depth: number): number {
    const { client } = this.#connection;
    const text = this.#pixmap(this.#width, 2 * this.#height, depth);
    const [paper, ink] = [this.#context(PAPER), this.#context(INK)];
    client.PolyFillRectangle(text, paper, [0, 0, this.#width, 2 * this.#height]);
    const random = pseudoRandom(1);
    for (let y = 4; y + LINE_HEIGHT <= this.#height; y += LINE_HEIGHT) {
      const marks: number[] = [];
      const lineWidth = this.#width * (0.3 + 0.65 * random());
      for (let x = 12; x < lineWidth; x += 9) {
        if (random() < 0.15) continue;
        const [tall, wide] = [4 + Math.floor(random() * 8), 2 + Math.floor(random() * 5)];
        for (const bottom of [y + 12, y + 12 + this.#height]) {
          marks.push(x, bottom - tall, 2, tall, x, bottom - tall, wide, 2, x, bottom - 2, wide, 2);
        }
      }
      client.PolyFillRectangle(text, ink, marks);
    }
    return text;
  }

  /** Paper with black and white pixels at random, which cost the same at each keyframe and nothing in between. */
  #paintNoise(depth: number): number {
    const { client } = this.#connection;
    const noise = this.#pixmap(this.#width, this.#height, depth);
    const [paper, ink] = [this.#context(PAPER), this.#context(INK)];
    client.PolyFillRectangle(noise, paper, [0, 0, this.#width, this.#height]);
    const random = pseudoRandom(1);
    let dots: number[] = [];
    for (let y = 0; y < Math.min(NOISE_ROWS, this.#height); y += 1) {
      for (let x = 0; x < this.#width; x += 1) if (random() < 0.5) dots.push(x, y, 1, 1);
      if (dots.length < 4 * (MAX_RECTANGLES - this.#width)) continue;
      client.PolyFillRectangle(noise, ink, dots);
      dots = [];
    }
    client.PolyFillRectangle(noise, ink, dots);
    return noise;
  }

  #pixmap(width: number, height: number, depth: number): number {
    const id = this.#connection.client.AllocID();
    this.#connection.client.CreatePixmap(id, this.#window, depth, width, height);
    return id;
  }

  #context(foreground: number): number {
    const id = this.#connection.client.AllocID();
    this.#connection.client.CreateGC(id, this.#back, { foreground, graphicsExposures: 0 });
    return id;
  }
}

/** Numbers from 0 to 1, the same in every run (the linear congruential generator of C's rand). */
function pseudoRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state / 2 ** 32;
  };
}

interface Painting {
  readonly display: string;
  readonly authority?: string;
  readonly fps: number;
  readonly background: PatternBackground;
}

/** Paints until the X server goes. */
async function paint({ display, authority, fps, background }: Painting): Promise<void> {
  const connection = await XConnection.open({
    display,
    ...(authority !== undefined && { authority }),
  });
  const canvas = new Canvas(connection, background);
  const periodMs = 1_000 / fps;
  let due = performance.now();
  for (let frame = 0; connection.isOpen; frame++) {
    await canvas.paint(background);
    if (frame === 0) process.stdout.write('ready\n');
    // Pictures that are late are left out, not painted faster.
    due = Math.max(due + periodMs, performance.now() - periodMs);
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
  }
}

/** Paints on one X server after the other. */
async function paintAgain(painting: Painting): Promise<never> {
  process.stdin.resume().once('end', () => process.exit());
  for (;;) {
    await paint(painting).catch(() => undefined);
    await new Promise((resolve) => setTimeout(resolve, LOOK_AGAIN_MS));
  }
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      display: { type: 'string', default: process.env['DISPLAY'] ?? ':0' },
      authority: { type: 'string' },
      fps: { type: 'string', default: '60' },
      background: { type: 'string', default: 'still' },
      again: { type: 'boolean', default: false },
    },
  });
  const background = backgrounds.find((b) => b === values.background);
  const fps = Number(values.fps);
  if (!background || !(fps >= 1 && fps <= 240)) {
    throw new RangeError(
      'usage: pattern-painter.ts --fps 1…240 --background none|still|moving|noise',
    );
  }
  // The window goes with the connection.
  process.once('SIGTERM', () => process.exit());
  const { display, authority, again } = values;
  const painting = { display, fps, background, ...(authority !== undefined && { authority }) };
  await (again ? paintAgain(painting) : paint(painting));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  main().catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  });
}
