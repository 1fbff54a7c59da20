import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { freePort } from './free-port.ts';
import { waitUntil } from './wait.ts';

/** How long a driver may take until it answers, ms, on a loaded machine. */
const START_TIMEOUT_MS = 20_000;

/** How long one command may take, ms: opening a browser is the longest. */
const COMMAND_TIMEOUT_MS = 30_000;

/** A program that drives a browser, and its only session (W3C WebDriver, section 8). */
export class WebDriver {
  readonly #driver: ChildProcess;
  readonly #url: string;
  #session = '';

  private constructor(driver: ChildProcess, url: string) {
    this.#driver = driver;
    this.#url = url;
  }

  /**
   * Starts a driver and its browser.
   *
   * @param program takes `--port=`
   * @param capabilities what the browser has to match (section 7)
   */
  static async start(
    program: string,
    capabilities: Readonly<Record<string, unknown>>,
    env: Readonly<Record<string, string>>,
  ): Promise<WebDriver> {
    const port = await freePort();
    const driver = spawn(program, [`--port=${port}`, '--host=127.0.0.1'], {
      env: { ...process.env, ...env },
      stdio: 'ignore',
    });
    const web = new WebDriver(driver, `http://127.0.0.1:${port}`);
    try {
      await waitUntil(() => web.#isReady(), START_TIMEOUT_MS);
      const { sessionId } = (await web.#post('/session', {
        capabilities: { alwaysMatch: capabilities },
      })) as { readonly sessionId: string };
      web.#session = `/session/${sessionId}`;
      return web;
    } catch (error) {
      await web.close();
      throw error;
    }
  }

  /** Resolves when the page has loaded. */
  async open(url: string): Promise<void> {
    await this.command('/url', { url });
  }

  /** Runs a function in the page (section 13.2.2); what it returns, or resolves to, has to be JSON. It sees nothing but the page. */
  async evaluate<Result>(run: () => Result | Promise<Result>): Promise<Result> {
    const script = `
      const [done] = arguments;
      Promise.resolve().then(${run.toString()}).then(
        (value) => done({ value }),
        (error) => done({ failed: String(error) }),
      );`;
    const answer = await this.command('/execute/async', { script, args: [] });
    const { value, failed } = answer as { readonly value: Result; readonly failed?: string };
    if (failed !== undefined) throw new Error(`in the page: ${failed}`);
    return value;
  }

  /** Presses the first button at a place of the page, pixels. */
  async click(x: number, y: number): Promise<void> {
    const actions = [
      { type: 'pointerMove', x, y },
      { type: 'pointerDown', button: 0 },
      { type: 'pointerUp', button: 0 },
    ];
    await this.command('/actions', { actions: [{ type: 'pointer', id: 'mouse', actions }] });
  }

  /** Presses and releases the key of every character. */
  async type(text: string): Promise<void> {
    const actions = Array.from(text, (value) => [
      { type: 'keyDown', value },
      { type: 'keyUp', value },
    ]).flat();
    await this.command('/actions', { actions: [{ type: 'key', id: 'keyboard', actions }] });
  }

  /** A command of the session by POST: its path and parameters are those of the standard. */
  async command(path: string, parameters: Readonly<Record<string, unknown>>): Promise<unknown> {
    return this.#post(`${this.#session}${path}`, parameters);
  }

  /** Ends browser and driver. Idempotent. */
  async close(): Promise<void> {
    const { exitCode, signalCode } = this.#driver;
    if (exitCode !== null || signalCode !== null) return;
    const ended = once(this.#driver, 'exit');
    if (this.#session !== '') {
      await fetch(`${this.#url}${this.#session}`, {
        method: 'DELETE',
        signal: AbortSignal.timeout(COMMAND_TIMEOUT_MS),
      }).catch(() => undefined);
    }
    this.#driver.kill('SIGKILL');
    await ended;
  }

  async #isReady(): Promise<boolean> {
    const status = await fetch(`${this.#url}/status`).catch(() => undefined);
    return status?.ok === true;
  }

  async #post(path: string, body: object): Promise<unknown> {
    const response = await fetch(`${this.#url}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(COMMAND_TIMEOUT_MS),
    });
    const { value } = (await response.json()) as { readonly value: unknown };
    if (!response.ok) throw new Error(`${path}: ${JSON.stringify(value)}`);
    return value;
  }
}
