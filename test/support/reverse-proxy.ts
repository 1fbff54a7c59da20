import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { waitUntil } from './wait.ts';

/** How long a proxy may take until it answers, ms. */
const START_MS = 10_000;

/** Folders for bodies that nginx makes even where nothing uses them; it may not write to those of its package. */
const NGINX_FOLDERS = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'];

/** Where a proxy of a test listens and how it cuts connections that stand idle. */
interface Surroundings {
  /** A folder of its own. */
  readonly directory: string;
  /** On loopback. */
  readonly port: number;
  /** After so many seconds without a byte; only where the proxy has such a time-out. */
  readonly idleSeconds: number | undefined;
}

/** A proxy of Debian's. */
interface ProxyProgram {
  readonly command: readonly [string, ...string[]];
  /** Seconds after which it cuts an upgraded connection that stands idle, in Debian's package; undefined: it never does. */
  readonly idleSeconds: number | undefined;
  /** Its whole configuration file, around the documented part of it. */
  configuration(documented: string, surroundings: Surroundings): string;
}

/** The proxies that people put in front. */
const programs = {
  nginx: {
    command: ['/usr/sbin/nginx', '-e', 'stderr', '-g', 'daemon off;', '-c'],
    // proxy_read_timeout (ngx_http_proxy_module).
    idleSeconds: 60,
    configuration: (documented, { directory, port, idleSeconds }) => `
      pid ${join(directory, 'nginx.pid')};
      events {}
      http {
        ${NGINX_FOLDERS.map((name) => `${name}_temp_path ${join(directory, name)};`).join('\n')}
        ${idleSeconds === undefined ? '' : `proxy_read_timeout ${idleSeconds * 1000}ms;`}
        access_log off;
        server {
          listen 127.0.0.1:${port};
          ${documented}
        }
      }`,
  },
  haproxy: {
    command: ['/usr/sbin/haproxy', '-db', '-f'],
    // "timeout client" and "timeout server" of /etc/haproxy/haproxy.cfg in the package; it has no "timeout tunnel".
    idleSeconds: 50,
    configuration: (documented, { port, idleSeconds = 50 }) => `
defaults
  mode http
  timeout connect 5000
  timeout client ${idleSeconds * 1000}
  timeout server ${idleSeconds * 1000}
${documented.replace('bind :80', `bind 127.0.0.1:${port}`)}`,
  },
  caddy: {
    command: ['/usr/bin/caddy', 'run', '--adapter', 'caddyfile', '--config'],
    // stream_timeout and read_timeout of reverse_proxy are off unless set.
    idleSeconds: undefined,
    configuration: (documented, { port }) => `
{
  admin off
}
${documented.replace('desk.example.org {', `http://127.0.0.1:${port} {\n  bind 127.0.0.1`)}`,
  },
} as const satisfies Readonly<Record<string, ProxyProgram>>;

/** A proxy by its name. */
export type ProxyName = keyof typeof programs;

/** All of them; each has its part in docs/browsers.md, in a block of its name. */
export const proxyNames: readonly ProxyName[] = ['nginx', 'haproxy', 'caddy'];

/**
 * The part of a document that people copy, as it is printed there.
 *
 * @param file in docs/
 * @param block the word after its three backticks
 * @param firstLine with which it begins, where the document has several; any unless given
 */
export function documentedBlock(file: string, block: string, firstLine = ''): string {
  const text = readFileSync(new URL(`../../docs/${file}`, import.meta.url), 'utf8');
  const found = text.split(`\`\`\`${block}\n`).slice(1);
  const wanted = found.find((part) => part.startsWith(firstLine));
  if (wanted === undefined)
    throw new Error(`expected a block "${block} ${firstLine}" in docs/${file}`);
  return wanted.slice(0, wanted.indexOf('```'));
}

/** What a proxy of a test is to be. */
export interface ReverseProxyOptions {
  /** On loopback. */
  readonly port: number;
  /** Its part of the documents, with the addresses of this test. */
  readonly documented: string;
  /** How much faster than in the package an idle connection is cut; 1 unless given. */
  readonly timesFaster?: number;
}

/** A reverse proxy of a test: one server on loopback, in a folder that goes with it. */
export class ReverseProxy {
  readonly #directory: string;
  readonly #process: ChildProcess;

  private constructor(directory: string, process: ChildProcess) {
    this.#directory = directory;
    this.#process = process;
  }

  /** Listens on the port when this resolves. */
  static async start(name: ProxyName, options: ReverseProxyOptions): Promise<ReverseProxy> {
    const { port, documented, timesFaster = 1 } = options;
    const program: ProxyProgram = programs[name];
    const directory = mkdtempSync(join(tmpdir(), `oriel-${name}-`));
    const file = join(directory, 'configuration');
    const idle = program.idleSeconds;
    const idleSeconds = idle === undefined ? undefined : idle / timesFaster;
    writeFileSync(file, program.configuration(documented, { directory, port, idleSeconds }));
    const [command, ...args] = program.command;
    const child = spawn(command, [...args, file], {
      cwd: directory,
      // Caddy keeps its files in folders of its user.
      env: { ...process.env, XDG_DATA_HOME: directory, XDG_CONFIG_HOME: directory },
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const said: string[] = [];
    child.stderr.on('data', (text: Buffer) => said.push(text.toString()));
    const proxy = new ReverseProxy(directory, child);
    await waitUntil(async () => {
      if (child.exitCode !== null) throw new Error(`${name} ended: ${said.join('')}`);
      const url = `http://127.0.0.1:${port}`;
      return (await fetch(url, { redirect: 'manual' }).catch(() => undefined)) !== undefined;
    }, START_MS);
    return proxy;
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
