import { labAvailability, hasBbr } from '../lab/namespace.ts';
import { runRival } from '../lab/rival-run.ts';
import { rivalNames, type RivalName } from '../lab/rivals.ts';
import { runScenario } from '../lab/run.ts';
import { scenarios, type Scenario, type Variant } from '../lab/scenarios.ts';
import { baseOf, failedRun, orielRuns, rivalRun, rowOf, stillRun } from './network-figures.ts';
import type { NetworkRun } from './network-run.ts';
import type { Report } from './report.ts';
import { stillCosts } from './static.ts';

export interface NetworkOptions {
  readonly seconds: number;
  /** Names of scenarios; all when there are none. */
  readonly only: readonly string[];
  /** Fewer runs, shorter ones: to see that everything works, not to be quoted. */
  readonly isQuick: boolean;
  /** Height of the desktop, 1280 pixels wide; even. */
  readonly lines: number;
  /** Told of all results so far, after each run. */
  readonly onProgress: (report: Report) => void;
}

/** One run that is to come. */
interface Planned {
  readonly name: string;
  /** What it takes on a quiet machine, about. */
  readonly seconds: number;
  run(): Promise<readonly NetworkRun[]>;
}

/** Decides every loss and every jitter of every run. */
const SEED = 1;

/** Before each measurement; a quick one is content with less. */
const WARM_UP_MS = { full: 5_000, quick: 3_000 };

/** What a run takes beside measuring and warming up, seconds: starting, and stopping, on a quiet machine of two cores. */
const AROUND_SECONDS = { oriel: 8, rival: 2, still: 22 };

/** The name of the run without a network, beside those of the scenarios. */
const STATIC = 'static';

const STILL: Scenario = {
  name: STATIC,
  title: 'a desktop on which nothing moves, no emulated path',
  viewers: [],
  variants: [],
  oneWayMs: 0,
  goals: {},
  hasRivals: false,
  quick: [],
};

/** Oriel, and senders of other designs, on bad networks. A run that fails is reported, and the next one begins. */
export async function network(options: NetworkOptions): Promise<Report> {
  const { only, onProgress } = options;
  const lab = labAvailability();
  if (lab.type === 'unavailable') {
    return { ...description(options), method: `Skipped: ${lab.reason}`, rows: [] };
  }
  const known = [...scenarios.map(({ name }) => name), STATIC];
  const unknown = only.filter((name) => !known.includes(name));
  if (unknown.length > 0) {
    throw new RangeError(`scenarios: expected some of ${known.join(', ')}, got ${unknown.join()}`);
  }
  const plan = planOf(options, hasBbr());
  const runs: NetworkRun[] = [];
  const report = (): Report => ({
    ...description(options),
    rows: runs.map(rowOf),
    details: runs,
  });
  for (const [index, planned] of plan.entries()) {
    progress(plan, index);
    runs.push(...(await planned.run()));
    onProgress(report());
  }
  return report();
}

function description({ seconds, isQuick, lines }: NetworkOptions): Omit<Report, 'rows'> {
  return {
    name: 'bad networks, milliseconds',
    method:
      `The gateway and headless Chromium in network namespaces, an emulated path between them; ${seconds} s each after ` +
      `${(isQuick ? WARM_UP_MS.quick : WARM_UP_MS.full) / 1_000} s. A moving picture of 1280 × ${lines}, 60 a second, with a painted clock, 8 Mbit/s ` +
      'wanted, the pointer moving 20 times a second. video, audio: from capture until complete at the client; glass: from painted ' +
      'to drawn; input: from the browser to the desktop; held: age of the oldest message that the sender has. ' +
      `${rivalNames.join(', ')}: synthetic senders without encoder (test/lab/rivals.ts), cubic or bbr.`,
    goal: 'the column goal: p95 of video; all of them in docs/performance.md (node test/bench/performance-page.ts)',
  };
}

function planOf(options: NetworkOptions, withBbr: boolean): readonly Planned[] {
  const { only, seconds } = options;
  const plan: Planned[] = [];
  for (const scenario of scenarios) {
    if (only.length > 0 && !only.includes(scenario.name)) continue;
    plan.push(
      ...plannedVariants(scenario, options, withBbr),
      ...plannedRivals(scenario, options, withBbr),
    );
  }
  if (only.length === 0 || only.includes(STATIC)) {
    const run = () => still(seconds);
    plan.push({ name: STATIC, seconds: seconds + AROUND_SECONDS.still, run });
  }
  return plan;
}

/** How long a scenario is measured. */
function measureMs({ leastMs = 0 }: Scenario, { seconds, isQuick }: NetworkOptions): number {
  return isQuick ? seconds * 1_000 : Math.max(leastMs, seconds * 1_000);
}

function plannedVariants(
  scenario: Scenario,
  options: NetworkOptions,
  withBbr: boolean,
): readonly Planned[] {
  const chosen = ({ label, congestionControl }: Variant): boolean =>
    (withBbr || congestionControl !== 'bbr') &&
    (!options.isQuick || scenario.quick.includes(label));
  const run = runOptions(scenario, options);
  return scenario.variants.filter(chosen).map((variant) => ({
    name: `${scenario.name}, ${variant.label}`,
    seconds: (run.measureMs + run.warmUpMs) / 1_000 + AROUND_SECONDS.oriel,
    run: async () => {
      const base = { ...baseOf(scenario, variant.label, 'oriel'), lines: options.lines };
      try {
        return orielRuns(base, scenario, await runScenario(scenario, variant, run));
      } catch (error) {
        return [failed(base, error)];
      }
    },
  }));
}

function plannedRivals(
  scenario: Scenario,
  options: NetworkOptions,
  withBbr: boolean,
): readonly Planned[] {
  if (!scenario.hasRivals || (options.isQuick && scenario.goals.timesBetter === undefined))
    return [];
  const controls = withBbr && !options.isQuick ? (['cubic', 'bbr'] as const) : (['cubic'] as const);
  return rivalNames.flatMap((name) =>
    controls.map((congestionControl) =>
      plannedRival(scenario, { name, congestionControl }, runOptions(scenario, options)),
    ),
  );
}

function plannedRival(
  scenario: Scenario,
  {
    name,
    congestionControl,
  }: { readonly name: RivalName; readonly congestionControl: 'cubic' | 'bbr' },
  options: ReturnType<typeof runOptions>,
): Planned {
  const label = `${name} over ${congestionControl}`;
  const rival = { name, ...(congestionControl === 'bbr' && { congestionControl }) };
  return {
    name: `${scenario.name}, ${label}`,
    seconds: (options.measureMs + options.warmUpMs) / 1_000 + AROUND_SECONDS.rival,
    run: async () => {
      const base = { ...baseOf(scenario, label, name), sender: name, congestionControl };
      try {
        return [rivalRun(base, scenario, await runRival(scenario, rival, options))];
      } catch (error) {
        return [failed(base, error)];
      }
    },
  };
}

function runOptions(scenario: Scenario, options: NetworkOptions) {
  const usualMs = options.isQuick ? WARM_UP_MS.quick : WARM_UP_MS.full;
  const warmUpMs = Math.max(usualMs, scenario.leastWarmUpMs ?? 0);
  const { lines } = options;
  return { measureMs: measureMs(scenario, options), warmUpMs, seed: SEED, lines };
}

async function still(seconds: number): Promise<readonly NetworkRun[]> {
  const base = baseOf(STILL, 'websocket, sound on and silent', 'oriel');
  try {
    return [stillRun(base, await stillCosts(seconds, true))];
  } catch (error) {
    return [failed(base, error)];
  }
}

function failed(base: Parameters<typeof failedRun>[0], error: unknown): NetworkRun {
  const run = failedRun(base, error);
  process.stdout.write(`    failed: ${run.failure ?? ''}\n`);
  return run;
}

const begun = performance.now();

/** Tells what runs now, and how long all that is left takes, by how long the runs before took. */
function progress(plan: readonly Planned[], index: number): void {
  const sum = (runs: readonly Planned[]): number =>
    runs.reduce((total, { seconds }) => total + seconds, 0);
  const done = sum(plan.slice(0, index));
  const slowness = index === 0 ? 1 : (performance.now() - begun) / 1_000 / done;
  const minutes = Math.max(1, Math.round((sum(plan.slice(index)) * slowness) / 60));
  const name = plan[index]?.name ?? '';
  process.stdout.write(`  ${index + 1}/${plan.length} ${name}; about ${minutes} min to go\n`);
}
