import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** How a run of setup/main.mjs ended. */
export interface SetupRun {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * A repository of our setup/ and of nothing else, on a machine whose package managers are scripts of the test. `calls` has a
 * line for each that ran.
 */
export class FakeRepository {
  readonly root = mkdtempSync(join(tmpdir(), 'oriel-setup-'));
  readonly #bin = join(this.root, 'machine');

  constructor() {
    cpSync(fileURLToPath(new URL('../../../setup', import.meta.url)), join(this.root, 'setup'), {
      recursive: true,
    });
    mkdirSync(this.#bin);
    for (const name of ['env', 'sh', 'cat', 'mkdir', 'touch', 'sleep']) {
      const path = [`/usr/bin/${name}`, `/bin/${name}`].find(existsSync);
      if (path !== undefined) symlinkSync(path, join(this.#bin, name));
    }
    this.write('package-lock.json', '{}');
    this.program('dpkg-query', 'for p in "$@"; do echo "$p installed"; done');
    this.program('apt-get', 'exit 0');
    this.program('npm', 'exit 0');
  }

  /** Puts a program on the machine's PATH: a shell script that notes its call. */
  program(name: string, script: string): void {
    const path = join(this.#bin, name);
    writeFileSync(
      path,
      `#!/bin/sh\nprintf '%s\\n' "${name} $*" >> ${this.root}/calls\n${script}\n`,
    );
    chmodSync(path, 0o755);
  }

  removeProgram(name: string): void {
    rmSync(join(this.#bin, name));
  }

  write(path: string, content: string): void {
    mkdirSync(dirname(join(this.root, path)), { recursive: true });
    writeFileSync(join(this.root, path), content);
  }

  /** What `npm ci` and the compiler leave behind, so that nothing is missing. */
  install(): void {
    const bin = join(this.root, 'node_modules', `node-linux-${process.arch}`, 'bin');
    mkdirSync(bin, { recursive: true });
    symlinkSync(process.execPath, join(bin, 'node'));
    this.write('node_modules/.package-lock.json', '{}');
    this.write('node_modules/gstreamer-superficial/package.json', '{"main": "addon.cjs"}');
    this.write('node_modules/gstreamer-superficial/addon.cjs', '');
    this.write('node_modules/gstreamer-superficial/build/Release/gstreamer-superficial.node', '');
    this.write('client/dist/index.html', '');
  }

  get calls(): readonly string[] {
    const path = join(this.root, 'calls');
    return existsSync(path) ? readFileSync(path, 'utf8').trim().split('\n') : [];
  }

  /** Starts `node setup/main.mjs …` and leaves it running. */
  start(...args: readonly string[]): ChildProcess {
    return spawn(process.execPath, [join(this.root, 'setup/main.mjs'), ...args], {
      env: { PATH: this.#bin },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
  }

  async run(...args: readonly string[]): Promise<SetupRun> {
    const child = this.start(...args);
    let [stdout, stderr] = ['', ''];
    child.stdout?.on('data', (chunk: Buffer) => (stdout += chunk.toString()));
    child.stderr?.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    const [status] = (await once(child, 'close')) as [number | null];
    return { status, stdout, stderr };
  }

  close(): void {
    rmSync(this.root, { recursive: true, force: true });
  }
}
