import { spawn, type ChildProcess } from 'node:child_process';
import type { Readable } from 'node:stream';
import { childEnvironment } from './child-environment.ts';
import {
  encodeLine,
  JsonLines,
  messageFd,
  parseChildMessage,
  type ControlMessage,
} from './control-message.ts';
import { mediaFd } from './description.ts';
import { StderrTail } from './stderr-tail.ts';

/** Control messages are some 100 bytes and seldom: a child that leaves this much unread hangs. */
const MAX_UNREAD_CONTROL_BYTES = 16 * 1024;

/** Longest part of a reason that a child may tell. */
const MAX_REASON_CHARACTERS = 1000;

/** Which child is started, and who hears of it. */
export interface PipelineProcessOptions {
  /** Path of the module to run. */
  readonly module: string;
  /** Added to this process's environment. */
  readonly env: Readonly<Record<string, string>>;
  onBytes(chunk: Uint8Array): void;
  /** The pipeline was told to play. */
  onPlaying(): void;
  /** Called once, after which nothing else is called. The reason is a sentence for the log. */
  onEnd(reason: string): void;
}

/** One child process with its four pipes: control in, errors, media and messages out. Never throws. */
export class PipelineProcess {
  readonly #options: PipelineProcessOptions;
  readonly #stderr = new StderrTail();
  readonly #child: ChildProcess | undefined;
  #told: string | undefined;
  #killedBecause: string | undefined;
  #ended = false;

  constructor(options: PipelineProcessOptions) {
    this.#options = options;
    try {
      this.#child = spawn(process.execPath, [options.module], {
        stdio: ['pipe', 'ignore', 'pipe', 'pipe', 'pipe'],
        env: childEnvironment(options.env),
        // A process group of its own: Ctrl-C is for the gateway, which then ends its children itself.
        detached: true,
      });
    } catch (error) {
      queueMicrotask(() => this.#end(`cannot start: ${String(error)}`));
      return;
    }
    this.#listen(this.#child);
  }

  get pid(): number | undefined {
    return this.#child?.pid;
  }

  /** Queues a control message; a child that does not read them is killed. */
  send(message: ControlMessage): void {
    const stdin = this.#child?.stdin;
    if (this.#ended || stdin?.writable !== true) return;
    if (stdin.writableLength > MAX_UNREAD_CONTROL_BYTES) {
      this.kill('does not read its control messages');
      return;
    }
    stdin.write(encodeLine(message));
  }

  /** Ends the process; `onEnd` follows with this reason. Nothing more comes through `onBytes`. */
  kill(because: string): void {
    this.#killedBecause ??= because;
    this.#child?.kill('SIGKILL');
  }

  #listen(child: ChildProcess): void {
    const lines = new JsonLines();
    child.on('error', (error) => this.#end(`cannot start: ${error.message}`));
    // Not 'close': a grandchild that inherited a pipe must not delay the restart.
    child.on('exit', (code, signal) => this.#exited(code, signal));
    // EPIPE when the child dies between two messages; 'exit' tells it better.
    child.stdin?.on('error', () => undefined);
    child.stderr?.on('data', (chunk: Buffer) => this.#stderr.push(chunk));
    this.#readable(mediaFd)?.on('data', (chunk: Buffer) => {
      if (!this.#ended && this.#killedBecause === undefined) this.#options.onBytes(chunk);
    });
    this.#readable(messageFd)?.on('data', (chunk: Buffer) => {
      for (const value of lines.push(chunk)) this.#message(value);
    });
    for (const pipe of [child.stderr, this.#readable(mediaFd), this.#readable(messageFd)]) {
      // A reset pipe means a dead child, which 'exit' reports.
      pipe?.on('error', () => undefined);
    }
  }

  #readable(fd: number): Readable | undefined {
    return (this.#child?.stdio[fd] ?? undefined) as Readable | undefined;
  }

  #message(value: unknown): void {
    const message = parseChildMessage(value);
    if (message === undefined || this.#ended) return;
    if (message.type === 'playing') this.#options.onPlaying();
    else this.#told = message.reason.slice(0, MAX_REASON_CHARACTERS);
  }

  #exited(code: number | null, signal: NodeJS.Signals | null): void {
    // The last words may still be in the pipes when 'exit' comes: read on for one turn of the event loop.
    setImmediate(() =>
      this.#end(this.#killedBecause ?? this.#told ?? this.#describe(code, signal)),
    );
  }

  #describe(code: number | null, signal: NodeJS.Signals | null): string {
    const how = signal === null ? `exited with code ${String(code)}` : `killed by ${signal}`;
    const tail = this.#stderr.toString();
    return tail === '' ? how : `${how}; last printed: ${tail}`;
  }

  #end(reason: string): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const pipe of this.#child?.stdio ?? []) pipe?.destroy();
    this.#options.onEnd(reason);
  }
}
