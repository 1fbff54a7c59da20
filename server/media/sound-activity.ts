import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A watcher that ended is started again after this time, in ms. */
const RESTART_MS = 2_000;

/** A list of streams is some KB; a hostile desktop may open many. */
const MAX_LIST_BYTES = 1 << 20;

/** How long the sound server may take to answer, in ms. */
const ANSWER_MS = 2_000;

/** Which sound server is asked, and who is told. */
export interface SoundActivityOptions {
  /** Added to this process's environment: PULSE_SERVER. */
  readonly env: Readonly<Record<string, string>>;
  /** A program begins to play, or changes how it does. */
  onActivity(): void;
}

/**
 * Knows whether any program of the desktop can be heard, by PulseAudio's own `pactl`. Without it, or without a server, somebody might
 * always be playing.
 */
export class SoundActivity {
  readonly #options: SoundActivityOptions;
  #watcher: ChildProcess | undefined;
  #restart: NodeJS.Timeout | undefined;
  #isListening = false;
  #isClosed = false;

  constructor(options: SoundActivityOptions) {
    this.#options = options;
    this.#watch();
  }

  /** Whether no stream is being played, so that nothing is heard before the next `onActivity`. */
  async isQuiet(): Promise<boolean> {
    const watcher = this.#watcher;
    if (!this.#isListening) return false;
    try {
      const { stdout } = await run('pactl', ['list', 'sink-inputs'], {
        env: this.#env,
        timeout: ANSWER_MS,
        maxBuffer: MAX_LIST_BYTES,
      });
      // One that ended meanwhile may have missed a beginning.
      return this.#watcher === watcher && !/^\s*Corked: no$/m.test(stdout);
    } catch {
      // The server is away or has too much to say: no reason to be quiet.
      return false;
    }
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#restart);
    this.#watcher?.kill();
  }

  get #env(): NodeJS.ProcessEnv {
    return { ...process.env, ...this.#options.env, LC_ALL: 'C' };
  }

  #watch(): void {
    const watcher = spawn('pactl', ['subscribe'], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#watcher = watcher;
    watcher.on('spawn', () => {
      this.#isListening = true;
    });
    watcher.stdout.on('data', (events: Buffer) => {
      if (events.includes('sink-input')) this.#options.onActivity();
    });
    // 'close' follows a failed start, too.
    watcher.on('error', () => undefined);
    watcher.on('close', () => this.#ended());
  }

  /** What happened meanwhile is not known. */
  #ended(): void {
    this.#isListening = false;
    this.#watcher = undefined;
    if (this.#isClosed) return;
    this.#options.onActivity();
    this.#restart = setTimeout(() => this.#watch(), RESTART_MS);
    this.#restart.unref();
  }
}
