import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** How long a gateway may take to print its link, the desktop's start included, on a loaded machine. */
const START_TIMEOUT_MS = 30_000;

/** A gateway as a user runs it: its own process, steered by flags, Enter and signals only. */
export class Gateway {
  readonly #process: ChildProcessByStdio<Writable, Readable, Readable>;
  readonly #links: string[] = [];
  readonly #waiting: ((link: string) => void)[] = [];
  readonly #log: string[] = [];
  readonly #ended: Promise<number | null>;

  private constructor(
    flags: readonly string[],
    env: Readonly<Record<string, string>>,
    launcher: readonly string[],
  ) {
    const [command, ...prefix] = [...launcher, process.execPath] as const;
    this.#process = spawn(
      command,
      [...prefix, 'server/main.ts', '--port', '0', '--log-format', 'json', ...flags],
      {
        cwd: root,
        // As `npm start` runs it (setup/runtime.mjs): without it each start strips types anew, for 30 MB and half a second.
        env: {
          ...process.env,
          NODE_COMPILE_CACHE: join(root, 'node_modules/.cache/compile'),
          ...env,
        },
        stdio: ['pipe', 'pipe', 'pipe'],
      },
    );
    this.#ended = once(this.#process, 'exit').then(([code]: unknown[]) =>
      typeof code === 'number' ? code : null,
    );
    createInterface({ input: this.#process.stdout }).on('line', (line) => {
      const link = /\bhttps?:\/\/\S+#token=\S+/.exec(line)?.[0];
      if (link === undefined) return;
      const waiter = this.#waiting.shift();
      if (waiter === undefined) this.#links.push(link);
      else waiter(link);
    });
    createInterface({ input: this.#process.stderr }).on('line', (line) => {
      this.#log.push(line);
      if (this.#log.length > 2_000) this.#log.shift();
    });
  }

  /** Starts a gateway on a free port, under `launcher` where one is given (`nsenter …`), and waits for its first link. */
  static async start(
    flags: readonly string[],
    env: Readonly<Record<string, string>> = {},
    launcher: readonly string[] = [],
  ): Promise<Gateway> {
    const gateway = new Gateway(flags, env, launcher);
    gateway.#links.push(await gateway.#nextLink());
    return gateway;
  }

  get pid(): number {
    const { pid } = this.#process;
    if (pid === undefined) throw new Error('the gateway did not start');
    return pid;
  }

  /** The TCP port that it listens on. */
  get port(): number {
    const line = this.#log.find((one) => one.includes('"listening"'));
    return Number(/"port":(\d+)/.exec(line ?? '')?.[1]);
  }

  /** The log so far, one JSON object a line. */
  get log(): readonly string[] {
    return this.#log;
  }

  /** A link that nobody has used yet: the first one, or a new one by Enter. */
  async link(): Promise<string> {
    const unused = this.#links.shift();
    if (unused !== undefined) return unused;
    const link = this.#nextLink();
    this.#process.stdin.write('\n');
    return link;
  }

  /** Ends the gateway as Ctrl-C does and returns its exit code. */
  async stop(): Promise<number | null> {
    this.#process.kill('SIGINT');
    return this.#ended;
  }

  /** Ends the gateway as a container runtime does and returns its exit code. */
  async terminate(): Promise<number | null> {
    this.#process.kill('SIGTERM');
    return this.#ended;
  }

  async #nextLink(): Promise<string> {
    const timeout = AbortSignal.timeout(START_TIMEOUT_MS);
    return new Promise<string>((resolve, reject) => {
      const fail = (why: string) => {
        reject(new Error(`the gateway ${why}:\n${this.#log.slice(-20).join('\n')}`));
      };
      this.#waiting.push(resolve);
      timeout.addEventListener('abort', () => fail('printed no link'));
      void this.#ended.then((code) => fail(`ended with ${code ?? 'a signal'}`));
    });
  }
}
