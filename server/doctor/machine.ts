import { execFile } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { availableParallelism, totalmem } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Config } from '../config/schema.ts';
import { fail, hint, ok, textOf, type Check } from './finding.ts';

const run = promisify(execFile);
const INSTALLATION = join(import.meta.dirname, '../..');

/** A library that loads takes 0.1 s; ten seconds mean that it hangs. */
const LOAD_TIMEOUT_MS = 10_000;

/** 720p60 in x264 takes about one core beside the desktop's programs; the gateway with one encoder 250 MB (docs/performance.md). */
const ENOUGH_CORES = 2;
const ENOUGH_BYTES = 1 << 30;

/** The most memory that a control group allows (cgroups(7), version 2). */
const MEMORY_LIMIT_FILE = '/sys/fs/cgroup/memory.max';

/** Whether the machine is large enough. */
export const machineCheck: Check = {
  name: 'machine',
  run: () => {
    const cores = availableParallelism();
    const bytes = Math.min(totalmem(), memoryLimit());
    const size = `${cores} cores, ${(bytes / 2 ** 30).toFixed(1)} GiB of memory`;
    const isEnough = cores >= ENOUGH_CORES && bytes >= ENOUGH_BYTES;
    return Promise.resolve([
      isEnough
        ? ok(`${size}.`)
        : hint(`${size}: for 720p at 60 pictures a second give it two cores and 1 GiB.`),
    ]);
  },
};

function memoryLimit(): number {
  try {
    const limit = Number(readFileSync(MEMORY_LIMIT_FILE, 'utf8'));
    return Number.isFinite(limit) ? limit : Infinity;
  } catch {
    return Infinity;
  }
}

/** Whether the page was built. */
export function pageCheck({ clientDirectory }: Config): Check {
  return {
    name: 'page',
    run: () =>
      Promise.resolve([
        existsSync(join(clientDirectory, 'index.html'))
          ? ok(`it is in ${clientDirectory}.`)
          : fail(`there is none in ${clientDirectory}; npm start builds it.`),
      ]),
  };
}

/** Whether the compiled libraries load: each in a process of its own, which it may take down. */
export function addonCheck({ webTransport }: Config): Check {
  const backend = `
    import { loadBackend } from './server/transport/webtransport-loader.ts';
    const tell = (_, fields) => { process.stdout.write(String(fields?.reason ?? '')); };
    const logger = { debug() {}, info() {}, warn: tell, error: tell, child: () => logger };
    process.exit((await loadBackend(${JSON.stringify(webTransport.backend)}, logger)) === undefined ? 1 : 0);`;
  return {
    name: 'addons',
    run: async () => {
      const gstreamer = await problemOf(`await import('gstreamer-superficial'); process.exit(0);`);
      const quic = webTransport.enabled ? await problemOf(backend) : undefined;
      return [
        gstreamer === undefined
          ? ok('gstreamer-superficial loads.')
          : fail(`gstreamer-superficial does not load (${gstreamer}); npm start builds it.`),
        ...(webTransport.enabled
          ? [
              quic === undefined
                ? ok(`${webTransport.backend} loads.`)
                : hint(
                    `${webTransport.backend} does not load (${quic}); WebSocket works without it. npm ci installs it for this machine.`,
                  ),
            ]
          : []),
      ];
    },
  };
}

async function problemOf(program: string): Promise<string | undefined> {
  try {
    await run(process.execPath, ['--input-type=module', '-e', program], {
      cwd: INSTALLATION,
      timeout: LOAD_TIMEOUT_MS,
      killSignal: 'SIGKILL',
    });
    return undefined;
  } catch (error) {
    const { stdout = '', stderr = '' } = error as { stdout?: string; stderr?: string };
    const said = stdout === '' ? stderr.split('\n').find((line) => line.includes('Error')) : stdout;
    return said ?? textOf(error);
  }
}
