import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';

/** How long the terminal may take to start, and to get to what was typed, in ms, on a loaded machine. */
const START_TIMEOUT_MS = 20_000;
const TYPING_TIMEOUT_MS = 10_000;

/**
 * One xterm in a hundred comes up one character large under Openbox (seen with and without waitForWM, with no other client on
 * the display), and stays so: nothing can be clicked in it, so another one is started.
 */
const MAX_STARTS = 4;
const SIZE = { rows: 24, columns: 80 };

/** A real xterm whose terminal is raw: what is typed into it ends in a file, byte by byte. */
export class TypedText {
  readonly #directory: string;
  readonly #terminal: ChildProcess;

  private constructor(directory: string, terminal: ChildProcess) {
    this.#directory = directory;
    this.#terminal = terminal;
  }

  /** Opens the terminal and waits until it reads. The pointer has to be over it, where there is no window manager. */
  static async open(env: Readonly<Record<string, string>>): Promise<TypedText> {
    for (let start = 1; ; start += 1) {
      const terminal = await TypedText.#start(env);
      const size = (await readFile(join(terminal.#directory, 'ready'), 'utf8')).trim();
      if (size === `${SIZE.rows} ${SIZE.columns}`) return terminal;
      await terminal.close();
      if (start === MAX_STARTS) throw new Error(`xterm: expected 24 rows of 80, got ${size}`);
    }
  }

  static async #start(env: Readonly<Record<string, string>>): Promise<TypedText> {
    const directory = await mkdtemp(join(tmpdir(), 'oriel-typed-'));
    const [ready, typed] = [join(directory, 'ready'), join(directory, 'typed')];
    const script = [
      ...[`stty size > ${ready}.part`, 'stty raw -echo', `mv ${ready}.part ${ready}`],
      `exec cat > ${typed}`,
    ].join('; ');
    const terminal = spawn(
      'xterm',
      [
        ...['-u8', '-geometry', `${SIZE.columns}x${SIZE.rows}+0+0`],
        ...['-xrm', 'XTerm*eightBitInput: false', '-e', 'sh', '-c', script],
      ],
      { env: { PATH: process.env['PATH'], LC_ALL: 'C.UTF-8', ...env }, stdio: 'ignore' },
    );
    await vi.waitFor(async () => readFile(ready), { timeout: START_TIMEOUT_MS });
    return new TypedText(directory, terminal);
  }

  /** Waits until exactly this was typed; fails with what was typed instead. */
  async expect(text: string): Promise<void> {
    const typed = async (): Promise<string> => readFile(join(this.#directory, 'typed'), 'utf8');
    await expect.poll(typed, { timeout: TYPING_TIMEOUT_MS }).toBe(text);
  }

  async close(): Promise<void> {
    this.#terminal.kill('SIGKILL');
    await rm(this.#directory, { recursive: true, force: true });
  }
}
