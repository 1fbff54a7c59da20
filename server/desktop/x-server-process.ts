import type { ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import type { Logger } from '../observe/logger.ts';
import { findProgram, spawnBound } from './desktop-processes.ts';
import { SupervisedProcess } from './supervised-process.ts';
import { XConnection } from './x-connection.ts';

/** How long Xvfb may take to listen, in ms; 200 ms is usual, and a loaded machine takes its time. */
const START_TIMEOUT_MS = 10_000;

/** The colour of the desktop behind all windows, 0xRRGGBB. */
const BACKGROUND = 0x263445;

/** Keys repeat after this many ms, every so many ms: livelier than X's 660 and 40. */
const REPEAT_DELAY_MS = 400;
const REPEAT_INTERVAL_MS = 33;

/** The screen that an X server makes, in pixels and dots per inch, and who may reach it. */
export interface XServerOptions {
  readonly width: number;
  readonly height: number;
  readonly dpi: number;
  /** Path of the Xauthority file that the server reads. */
  readonly authority: string;
  /** The display's number; the first free one unless given. */
  readonly number?: number;
  readonly env: Readonly<Record<string, string>>;
  readonly logger: Logger;
}

/** A private Xvfb. Unless it was given a display number, it finds a free one at its first start and keeps it over restarts. */
export class XServerProcess {
  readonly #options: XServerOptions;
  readonly #program = findProgram('Xvfb', 'xvfb');
  readonly #process: SupervisedProcess;
  #number: string | undefined;

  constructor(options: XServerOptions) {
    this.#options = options;
    this.#number = options.number?.toString();
    this.#process = new SupervisedProcess({
      name: 'Xvfb',
      logger: options.logger,
      spawn: () => Promise.resolve(this.#spawn()),
      ready: (child) => this.#ready(child),
    });
  }

  get process(): SupervisedProcess {
    return this.#process;
  }

  /** For example `:3`. @throws Error before the first start */
  get display(): string {
    if (this.#number === undefined) throw new Error('the X server has not been started');
    return `:${this.#number}`;
  }

  #spawn(): ChildProcess {
    const { width, height, dpi, authority, env } = this.#options;
    const args = [
      // Without a number Xvfb takes the first free one, by creating its lock file: no race with other servers.
      ...(this.#number === undefined ? [] : [`:${this.#number}`]),
      ...['-displayfd', '3', '-screen', '0', `${width}x${height}x24`, '-dpi', String(dpi)],
      ...['-auth', authority, '-nolisten', 'tcp', '-noreset'],
      // Abstract sockets are shared by all containers of a network namespace: a display that was named there may be another's.
      ...(this.#options.number === undefined ? [] : ['-nolisten', 'local']),
      ...['-ardelay', String(REPEAT_DELAY_MS), '-arinterval', String(REPEAT_INTERVAL_MS)],
    ];
    return spawnBound(this.#program, args, { env, stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
  }

  async #ready(child: ChildProcess): Promise<void> {
    this.#number = await readDisplayNumber(child.stdio[3] as Readable);
    const connection = await XConnection.open({
      display: this.display,
      authority: this.#options.authority,
    });
    const { client, root } = connection;
    client.ChangeWindowAttributes(root, { backgroundPixel: BACKGROUND });
    client.ClearArea(root, 0, 0, 0, 0, 0);
    await connection.sync();
    connection.close();
  }
}

/** The line that Xvfb writes once it listens. */
function readDisplayNumber(pipe: Readable): Promise<string> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      reject(new Error(`Xvfb did not listen within ${START_TIMEOUT_MS} ms`));
    }, START_TIMEOUT_MS);
    let text = '';
    pipe.on('data', (chunk: Buffer) => {
      text += chunk.toString('latin1');
      const number = /^(\d+)\n/.exec(text)?.[1];
      if (number === undefined) return;
      clearTimeout(timer);
      resolve(number);
    });
    pipe.once('close', () => {
      clearTimeout(timer);
      reject(new Error('Xvfb ended before it listened'));
    });
  });
}
