/**
 * `npm run bench [-- names…]`: measures Oriel on this machine and prints tables; the same goes to a JSON file.
 *
 * Nothing here fails for being slow: these are figures, not tests. The heavy parts run one after the other.
 */
import { parseArgs } from 'node:util';
import { describeMachine, formatReport, saveReports, type Report } from './report.ts';

/** A benchmark and what it says about itself in `--help`. */
interface Benchmark {
  readonly about: string;
  /** Runs only when it is named. */
  readonly isLong?: boolean;
  /** Length of each of its measurements when none is given; none where it has no use for one. */
  readonly seconds?: number;
  run(seconds: number, options: RunOptions): Promise<Report>;
}

/** What only the long one takes. */
interface RunOptions {
  readonly only: readonly string[];
  readonly isQuick: boolean;
  /** Height of the desktop. */
  readonly lines: number;
  readonly onProgress: (report: Report) => void;
}

/** Of the lab's desktop: its picture leaves the processor room, so that the network is measured and not the machine. */
const LINES = 240;

/** A quick look measures for so long. */
const QUICK_SECONDS = 4;

const benchmarks: Readonly<Record<string, Benchmark>> = {
  glass: {
    about: 'painted pixels to read-back pixels, 720p60 and 1080p30, over each transport',
    seconds: 15,
    run: async (seconds) => (await import('./glass.ts')).glass(seconds),
  },
  mux: {
    about: 'one fragment of MP4 for Media Source, by mp4box and by a muxer of our own',
    run: async () => (await import('./mux.ts')).mux(),
  },
  transport: {
    about: 'server to browser, 15 Mbit/s of 30 KB messages and a 200 KB one each second',
    seconds: 15,
    run: async (seconds) => (await import('./transport.ts')).transport(seconds),
  },
  static: {
    about: 'a screen that stands still: CPU, bytes on the wire, delay of the next change',
    seconds: 20,
    run: async (seconds) => (await import('./static.ts')).still(seconds),
  },
  settings: {
    about: 'from choosing each setting to its effect, over each transport; --seconds is the rounds',
    seconds: 10,
    run: async (rounds) => (await import('./settings.ts')).settings(rounds),
  },
  start: {
    about: 'npm start to link, and link opened to first frame',
    run: async () => (await import('./start.ts')).start(),
  },
  memory: {
    about: 'memory of the gateway process with one viewer, and of each further one',
    run: async () => (await import('./memory.ts')).memory(),
  },
  webrtc: {
    about: 'processor of the gateway for one and for eight WebRTC viewers at 10 Mbit/s',
    seconds: 15,
    run: async (seconds) => (await import('./webrtc.ts')).webrtc(seconds),
  },
  containers: {
    about:
      'sizes of the images, start to readiness, what a pod needs (only when named: minutes, needs podman)',
    isLong: true,
    seconds: 20,
    run: async (seconds) => (await import('./containers.ts')).containers(seconds),
  },
  network: {
    about:
      'bad networks, emulated: Oriel and other designs (only when named: twenty minutes, as root)',
    isLong: true,
    seconds: 8,
    run: async (seconds, options) =>
      (await import('./network.ts')).network({ seconds, ...options }),
  },
};

const usage = `usage: npm run bench [-- [--seconds N] names…]

${Object.entries(benchmarks)
  .map(([name, { about }]) => `  ${name.padEnd(10)} ${about}`)
  .join('\n')}

  --seconds N      length of each measurement (default 15 for glass, transport and webrtc, 20 for static and containers, 8 for network)
  --scenario NAME  of network; may be repeated
  --lines N        of network: height of the desktop, even, 100 to 1080 (default ${LINES})
  --quick          of network: fewer runs of 4 s, four minutes in all
`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string' },
    scenario: { type: 'string', multiple: true, default: [] },
    lines: { type: 'string', default: String(LINES) },
    quick: { type: 'boolean', default: false },
    help: { type: 'boolean', short: 'h' },
  },
});
const seconds = values.seconds === undefined ? undefined : Number(values.seconds);
const lines = Number(values.lines);
const areLines = lines >= 100 && lines <= 1080 && lines % 2 === 0;
const unknown = positionals.filter((name) => !(name in benchmarks));

if (
  values.help === true ||
  unknown.length > 0 ||
  (seconds !== undefined && !(seconds >= 1)) ||
  !areLines
) {
  if (unknown.length > 0) process.stderr.write(`no such benchmark: ${unknown.join(', ')}\n\n`);
  process.stderr.write(usage);
  process.exitCode = values.help === true ? 0 : 2;
} else {
  await run(positionals.length > 0 ? positionals : everyday());
}

function everyday(): readonly string[] {
  return Object.keys(benchmarks).filter((name) => benchmarks[name]?.isLong !== true);
}

async function run(names: readonly string[]): Promise<void> {
  const machine = describeMachine();
  process.stdout.write(
    `${machine.system}, ${machine.cores} × ${machine.processor}, ${machine.memoryGiB} GiB, ` +
      `Linux ${machine.kernel}, Node ${machine.node}, load ${machine.load}\n\n`,
  );
  const reports: Report[] = [];
  const begun = new Date();
  const options = {
    only: values.scenario,
    isQuick: values.quick,
    lines,
    // A run that is interrupted leaves what it has.
    onProgress: (report: Report) => saveReports(machine, [...reports, report], begun),
  };
  for (const name of names) {
    const benchmark = benchmarks[name];
    if (benchmark === undefined) continue;
    process.stdout.write(`${name}: ${benchmark.about} …\n`);
    const usual = values.quick ? QUICK_SECONDS : (benchmark.seconds ?? 15);
    const report = await benchmark.run(seconds ?? usual, options);
    process.stdout.write(`${formatReport(report)}\n`);
    reports.push(report);
  }
  process.stdout.write(`written to ${saveReports(machine, reports, begun)}\n`);
}
