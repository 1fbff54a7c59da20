import { spawn, type ChildProcess } from 'node:child_process';
import { Duplex } from 'node:stream';
import { childEnvironment } from '../../gst/child-environment.ts';
import { StderrTail } from '../../gst/stderr-tail.ts';
import { FramePipe, type OutboundFrame } from './frame-pipe.ts';
import type { FrameRule } from './frame-queue.ts';
import type { Frame } from './peer-frame.ts';

/** The descriptor of the child on which frames pass, in both directions. */
export const FRAME_FD = 3;

/** What the child is started with, as JSON in its first argument. */
export interface PeerProcessConfig {
  /** Address of this machine to use; absent: all of them. */
  readonly address?: string;
  /** The one UDP port of all peers. */
  readonly port: number;
}

/** Milliseconds without reading after which a child hangs: its peers are given up after as many without a word of them. */
const STALL_MS = 3_000;

/** Milliseconds that a child gets to tell its peers of the end; it takes 200 (`peer-child.ts`). */
const FAREWELL_MS = 1_000;

/** Which child is started, and who hears of it. */
export interface PeerProcessOptions {
  /** Path of the module to run. */
  readonly module: string;
  readonly config: PeerProcessConfig;
  onFrame(frame: Frame): void;
  /** Once, and nothing comes afterwards. The reason is a part of a sentence for the log. */
  onEnd(reason: string): void;
}

/** One process of the WebRTC library, with the pipe to it. What goes wrong with it is told by `onEnd`. */
export class PeerProcess {
  /** Resolves when the process is gone, and with it its hold on the port. */
  readonly gone: Promise<void>;
  readonly #options: PeerProcessOptions;
  readonly #stderr = new StderrTail();
  readonly #child: ChildProcess;
  readonly #pipe: FramePipe;
  readonly #leave: () => void;
  #killedBecause: string | undefined;
  #isOver = false;

  /** @throws Error when no descriptors are left for its pipes */
  constructor(options: PeerProcessOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<undefined>();
    this.gone = promise;
    this.#leave = () => resolve(undefined);
    this.#child = spawn(process.execPath, [options.module, JSON.stringify(options.config)], {
      stdio: ['ignore', 'ignore', 'pipe', 'pipe'],
      env: childEnvironment({}),
      // A process group of its own: Ctrl-C is for the gateway, which then ends its children itself.
      detached: true,
    });
    this.#child.on('error', (error) => this.#ended(`cannot start: ${error.message}`));
    // Contrary to its type there is none where the kernel had no descriptors for them; 'error' follows.
    const socket = (this.#child.stdio as ChildProcess['stdio'] | undefined)?.[FRAME_FD];
    if (!(socket instanceof Duplex)) {
      this.#isOver = true;
      throw new Error('the webrtc process cannot start: it has no pipes');
    }
    // Not 'close': a grandchild that inherited the pipe must not delay the next one.
    this.#child.on('exit', (code, signal) => this.#exited(code, signal));
    this.#child.stderr?.on('data', (chunk: Buffer) => this.#stderr.push(chunk));
    this.#child.stderr?.on('error', () => undefined);
    this.#pipe = new FramePipe({
      socket,
      stallMs: STALL_MS,
      onFrame: (frame) => {
        if (this.#killedBecause === undefined) options.onFrame(frame);
      },
      // A child that dies ends its pipe, and its exit says why.
      onEnd: (reason) => {
        if (reason === undefined) this.#child.kill('SIGKILL');
        else this.kill(reason);
      },
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** It was told to end, and takes nothing more. */
  get isLeaving(): boolean {
    return this.#killedBecause !== undefined;
  }

  /** Sends a frame; false when it is lost. */
  send(frame: OutboundFrame, rule: FrameRule): boolean {
    return this.#killedBecause === undefined && this.#pipe.send(frame, rule);
  }

  /** Ends the process at once. */
  kill(because: string): void {
    this.#killedBecause ??= because;
    this.#child.kill('SIGKILL');
  }

  /** Lets the process tell its peers, then ends it. */
  async end(): Promise<void> {
    this.#pipe.end();
    const patience = setTimeout(() => this.kill('took too long to end'), FAREWELL_MS);
    await this.gone;
    clearTimeout(patience);
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    // Its last words may still be in the pipes when 'exit' comes: read on for one turn of the event loop.
    setImmediate(() => this.#ended(this.#killedBecause ?? this.#describe(code, signal)));
  }

  #describe(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `exited with code ${String(code)}` : `killed by ${signal}`;
    const tail = this.#stderr.toString();
    return tail === '' ? how : `${how}; last printed: ${tail}`;
  }

  #ended(reason: string): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#pipe.destroy();
    this.#child.stderr?.destroy();
    this.#leave();
    this.#options.onEnd(reason);
  }
}
