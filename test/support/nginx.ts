import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from './wait.ts';

/** Folders for bodies that nginx makes even where nothing uses them; it may not write to those of its package. */
const TEMPORARY = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** How long nginx may take until it answers, ms. */
const START_MS = 10_000;

/** The part of docs/proxies.md that people copy into nginx.conf and that begins with this line, as it is printed there. */
export function documentedLocations(firstLine: string): string {
  const text = readFileSync(new URL('../../docs/proxies.md', import.meta.url), 'utf8');
  const block = text.split('```nginx\n').find((part) => part.startsWith(`${firstLine}\n`));
  if (block === undefined) throw new Error(`expected "${firstLine}" in docs/proxies.md`);
  return block.slice(0, block.indexOf('```'));
}

/** An nginx of a test: one server on loopback, in a folder that goes with it. */
export class Nginx {
  readonly #directory: string;
  readonly #process: ChildProcess;

  private constructor(directory: string, process: ChildProcess) {
    this.#directory = directory;
    this.#process = process;
  }

  /** Listens on the port when this resolves. `locations` is what stands in the server block. */
  static async start(port: number, locations: string): Promise<Nginx> {
    const directory = mkdtempSync(join(tmpdir(), 'oriel-nginx-'));
    const file = join(directory, 'nginx.conf');
    writeFileSync(file, configuration(directory, port, locations));
    const process = spawn(
      '/usr/sbin/nginx',
      ['-p', directory, '-c', file, '-e', 'stderr', '-g', 'daemon off;'],
      { stdio: ['ignore', 'inherit', 'inherit'] },
    );
    const nginx = new Nginx(directory, process);
    await waitUntil(async () => {
      const answer = await fetch(`http://127.0.0.1:${port}`, { redirect: 'manual' }).catch(
        () => undefined,
      );
      return answer !== undefined;
    }, START_MS);
    return nginx;
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode === null) {
      const ended = once(this.#process, 'exit');
      this.#process.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#directory, { recursive: true, force: true });
  }
}

const configuration = (directory: string, port: number, locations: string): string => `
  pid ${join(directory, 'nginx.pid')};
  events {}
  http {
    ${TEMPORARY.map((name) => `${name}_temp_path ${join(directory, name)};`).join('\n    ')}
    access_log off;
    server {
      listen 127.0.0.1:${port};
      ${locations}
    }
  }`;
