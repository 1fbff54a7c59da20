/**
 * Paints I420 pictures with the test pattern (client/stats/pattern-probe.ts) into a named pipe, as a program of its own:
 *
 *     node test/support/pipe-painter.ts PIPE WIDTH HEIGHT FPS
 *
 * The encoder reads each picture as soon as it is painted: no X server, and no wait for the next capture. A text-like tile
 * scrolls behind the pattern. A picture that nobody reads in time is left out. SIGTERM ends it.
 */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { BLOCK, encodePattern } from '../../client/stats/pattern-probe.ts';

/** Luma of black and white blocks, and of paper and ink. */
const BLACK = 16;
const WHITE = 235;
const PAPER = 228;
const INK = 28;

/** Rows that the tile moves per picture. */
const SCROLL = 3;

export interface PipePainterOptions {
  readonly path: string;
  readonly width: number;
  readonly height: number;
  readonly framesPerSecond: number;
}

/** Starts a painter in a process of its own; the returned function ends it. */
export function startPipePainter(options: PipePainterOptions): () => Promise<void> {
  const { path, width, height, framesPerSecond } = options;
  const args = [path, ...[width, height, framesPerSecond].map(String)];
  const child = spawn(process.execPath, [fileURLToPath(import.meta.url), ...args], {
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  const ended = once(child, 'exit');
  return async () => {
    child.kill('SIGKILL');
    await ended;
  };
}

/** A picture of which only the scrolling tile and the pattern change. */
class Picture {
  readonly bytes: Buffer;
  readonly #width: number;
  readonly #tile: Buffer;
  readonly #tileWidth: number;
  readonly #tileHeight: number;
  readonly #left: number;
  readonly #top: number;

  constructor(width: number, height: number) {
    this.bytes = Buffer.alloc((width * height * 3) / 2, 128);
    this.bytes.fill(96, 0, width * height);
    this.#width = width;
    this.#tileWidth = Math.min(640, width >> 1);
    this.#tileHeight = Math.min(400, height >> 1);
    this.#left = (width - this.#tileWidth) >> 1;
    this.#top = (height - this.#tileHeight) >> 1;
    this.#tile = textTile(this.#tileWidth, 3 * this.#tileHeight);
  }

  paint(counter: number): Buffer {
    const from = (counter * SCROLL) % (2 * this.#tileHeight);
    for (let row = 0; row < this.#tileHeight; row += 1) {
      const source = (row + from) * this.#tileWidth;
      const target = (this.#top + row) * this.#width + this.#left;
      this.#tile.copy(this.bytes, target, source, source + this.#tileWidth);
    }
    const time = Math.floor((performance.timeOrigin + performance.now()) * 10) % 2 ** 32;
    for (const [index, bit] of encodePattern({ counter: counter & 0xffffff, time }).entries()) {
      for (let row = 0; row < BLOCK; row += 1) {
        const start = row * this.#width + index * BLOCK;
        this.bytes.fill(bit ? WHITE : BLACK, start, start + BLOCK);
      }
    }
    return this.bytes;
  }
}

/** Marks about as hard to encode as small text. */
function textTile(width: number, height: number): Buffer {
  const tile = Buffer.alloc(width * height, PAPER);
  for (let y = 0; y < height; y += 1) {
    if (y % 14 >= 10) continue;
    const line = Math.floor(y / 14);
    for (let x = 0; x < width; x += 1) {
      const letter = (x >> 3) * 29 + line * 53;
      if (x % 8 < 6 && (x * 5 + (y % 14) * 11 + letter) % 7 < 3) tile[y * width + x] = INK;
    }
  }
  return tile;
}

async function main([path = '', ...numbers]: readonly string[]): Promise<void> {
  const [width = 1280, height = 720, framesPerSecond = 60] = numbers.map(Number);
  const picture = new Picture(width, height);
  const pipe = createWriteStream(path);
  await once(pipe, 'open');
  let isTaken = true;
  pipe.on('drain', () => {
    isTaken = true;
  });
  const begin = performance.now();
  for (let counter = 0; !pipe.destroyed; counter += 1) {
    // The buffer is painted anew only after the pipe has taken all of it.
    if (isTaken) isTaken = pipe.write(picture.paint(counter));
    const due = begin + ((counter + 1) * 1000) / framesPerSecond;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
    if (error.code !== 'EPIPE') process.stderr.write(`${String(error)}\n`);
    process.exit(1);
  });
  await main(process.argv.slice(2));
}
