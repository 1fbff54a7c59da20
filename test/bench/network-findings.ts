import { isMet, verdictsOf, type Verdict } from './network-goals.ts';
import type { NetworkRun, Point } from './network-run.ts';
import { marginOf } from './network-tables.ts';

/** What is known of a miss beside its trace: from the simulated clock, or from how the parts work. */
interface Cause {
  readonly scenario: string;
  /** Begins the name of the goal, or several. */
  readonly goals: readonly string[];
  readonly text: string;
}

const causes: readonly Cause[] = [
  {
    scenario: 'step',
    goals: ['video', 'audio'],
    text:
      'Until a report tells of the slower path 100 to 150 ms pass: the way there, the time of two pictures on it, up to 20 ms between reports, the way back. 8 Mbit/s ' +
      'go into 5 as long, and what stands on the path then is before everything that follows, sound too. Simulated, where no machine is busy: 56 ms of video and 36 ms of ' +
      'sound at p95 over WebTransport, 49 and 34 ms over WebSocket, and 145 ms of sound at worst.',
  },
  {
    scenario: 'step',
    goals: ['oldest'],
    text:
      'What the encoder has begun when the path is found to be slower has the size of the old rate, and waits until the queue on the path has gone; no more is encoded ' +
      'meanwhile. Simulated: 94 ms over WebTransport, 146 ms over WebSocket, where only a queue of 50 ms is told from the delay that a lost packet makes.',
  },
  {
    scenario: 'narrow',
    goals: ['bitrate'],
    text:
      'The picture gets at most 87 % of the path while a queue stands there, sound that is sent twice takes 0.35 Mbit/s of it, and x264 with a buffer of 50 ms makes 62 to 70 % ' +
      'of what it is asked for (it is asked for 1.5 times as much at most). Simulated: 3.8 to 3.9 Mbit/s over WebTransport, 3.8 to 4.2 over WebSocket.',
  },
  {
    scenario: 'narrow',
    goals: ['video'],
    text: 'On a path that is nearly full a picture of twice the mean takes 30 ms there and waits for the one before. Simulated, where no machine is busy: 60 ms at p95.',
  },
  {
    scenario: 'poor',
    goals: ['audio', 'video'],
    text:
      'A packet takes 10 ms of 1 Mbit/s, and two may leave at once, so that sound stands 20 ms behind them; it has the 30 ms of the path, and 10 ms of its own packet. ' +
      'Simulated, where no machine is busy: 66 ms of sound and 116 ms of video at p95.',
  },
  {
    scenario: 'keyframes',
    goals: ['audio'],
    text:
      'A tenth of all sound is made while a keyframe is sent, and so is the whole of the worst hundredth. The pacer puts sound behind 12 ms of it; before a report tells how ' +
      'long the path takes, a capacity that was measured too high lets more out. Simulated, where no machine is busy: 45 ms at p99 over WebSocket and 44 over WebTransport, 38 and 36 at p95.',
  },
  {
    scenario: 'keyframes',
    goals: ['oldest'],
    text:
      'A keyframe of 200 KB takes 160 ms of 10 Mbit/s: its sender has something of it for so long whatever it does, and over WebSocket until it is acknowledged. Sound and ' +
      'input pass it. Who has control gets such keyframes from encoders alone that do not keep to their rate: x264, the usual one, makes 50 KB at 8 Mbit/s.',
  },
  {
    scenario: 'loss',
    goals: ['oldest'],
    text:
      'What TCP has not delivered counts as held. A packet that is lost holds up all behind it for a round trip, and one whose repetition is lost as well, of which there are ' +
      'one in 2,500, for 0.2 to 0.3 s; no sender above TCP can take anything back of that.',
  },
  {
    scenario: 'loss',
    goals: ['new pictures', 'freezes'],
    text:
      'Pictures behind a lost packet come late, and together: some are passed over for newer ones, and a repetition that is lost as well is a freeze of 0.2 to 0.3 s. CUBIC ' +
      'takes each loss for congestion and carries about 1.7 Mbit/s; the kernel gets BBR from the gateway once a WebSocket is the choice. Over WebRTC a picture waits for one packet ' +
      'at a time to be sent again. Simulated over BBR, where no machine is busy: 60 pictures a second, 90 ms at p95.',
  },
  {
    scenario: 'two-viewers',
    goals: ['oldest'],
    text:
      'On the slower link nothing but keyframes gets through, and at its coarsest libvpx makes 60 KB of this picture, which take 240 ms of 2 Mbit/s ' +
      '([ADR 0010](adr/0010-small-keyframes-for-narrow-links.md)). No more than one of them is held, and the next one is asked for when it is nearly through.',
  },
];

/** The text for a missed goal; empty where none is kept. */
export function causeOf({ scenario, what }: Pick<Verdict, 'scenario' | 'what'>): string {
  const isMeant = (cause: Cause): boolean =>
    cause.scenario === scenario && cause.goals.some((goal) => what.startsWith(goal));
  return causes.find(isMeant)?.text ?? '';
}

/** Every missed goal of every run, by how much it is missed, what the trace shows, and why. */
export function findings(runs: readonly NetworkRun[]): string {
  const lines = runs.flatMap((run) =>
    verdictsOf([run])
      .filter((verdict) => !isMet(verdict))
      .map((verdict) => lineOf(verdict, run, runs)),
  );
  return lines.length === 0 ? 'No goal is missed.\n' : `${lines.join('\n')}\n`;
}

function lineOf(verdict: Verdict, run: NetworkRun, runs: readonly NetworkRun[]): string {
  const texts = [traceOf(verdict, run), onCleanPath(verdict, run, runs), causeOf(verdict)];
  const told = texts.filter((text) => text !== '').join(' ');
  const { scenario, what } = verdict;
  return `- **${scenario}, ${verdict.run}, ${what}**, ${marginOf(verdict).replaceAll('*', '')}. ${told}`;
}

/** What the samples of the run say about this goal. */
function traceOf({ what, limit }: Verdict, run: NetworkRun): string {
  if (what.startsWith('oldest')) return worstHeld(run);
  if (what.startsWith('video')) {
    const late = densestSecond(run.series?.video ?? [], limit);
    const encodeMs = run.page?.stages['encode'];
    return encodeMs === undefined
      ? late
      : `${late} Encoding alone took ${encodeMs.toFixed(0)} ms in the middle.`.trimStart();
  }
  if (what.startsWith('audio')) return densestSecond(run.series?.audio ?? [], limit);
  return '';
}

/** When the sender held something for longest, and the largest picture that arrived then. */
function worstHeld({ series }: NetworkRun): string {
  const backlog = series?.backlog ?? [];
  const worst = backlog.reduce<readonly [number, number] | undefined>(
    (most, look) => (most === undefined || look[1] > most[1] ? look : most),
    undefined,
  );
  if (series === undefined || worst === undefined) return '';
  const [atMs, ageMs] = worst;
  const near = series.video.filter(([at]) => at >= atMs - ageMs && at <= atMs + ageMs);
  const bytes = Math.max(0, ...near.map(([, , size]) => size));
  const rateBps = series.link.findLast((sample) => sample.atMs <= atMs)?.rateBps ?? 0;
  const time = rateBps > 0 ? `, ${((bytes * 8_000) / rateBps).toFixed(0)} ms of the path` : '';
  const largest =
    bytes > 0 ? `; the largest picture around it has ${(bytes / 1_000).toFixed(0)} KB${time}` : '';
  return `The worst is ${ageMs.toFixed(0)} ms at ${seconds(atMs)}${largest}.`;
}

/** How many samples are beyond the goal, and in which second most of them are. */
function densestSecond(points: readonly Point[], limit: number): string {
  const late = points.filter(([, latencyMs]) => latencyMs > limit).map(([atMs]) => atMs);
  if (late.length === 0) return '';
  const inSecondFrom = (from: number): number =>
    late.filter((at) => at >= from && at < from + 1_000).length;
  const from = late.reduce((best, at) => (inSecondFrom(at) > inSecondFrom(best) ? at : best));
  return (
    `${late.length} of ${points.length} took longer than ${limit} ms, ${inSecondFrom(from)} of them in the ` +
    `second from ${seconds(from)} on.`
  );
}

/** The same quantity on the clean path: what the machine alone takes. */
function onCleanPath({ what }: Verdict, run: NetworkRun, runs: readonly NetworkRun[]): string {
  if (run.scenario === 'clean') return '';
  const isAlike = ({ scenario, page }: NetworkRun): boolean =>
    scenario === 'clean' && page?.transport === run.page?.transport;
  const clean = runs.find(isAlike) ?? runs.find(({ scenario }) => scenario === 'clean');
  const figures = clean?.figures;
  if (clean === undefined || figures === undefined) return '';
  const told = (name: string, ms: number): string =>
    `On the clean path ${name} took ${ms.toFixed(0)} ms (load ${clean.load.toFixed(1)}; here ${run.load.toFixed(1)}).`;
  if (what === 'audio p99') return told('p99 of sound', figures.audio.p99);
  if (what === 'audio p95') return told('p95 of sound', figures.audio.p95);
  return what === 'video p95' ? told('p95 of video', figures.video.p95) : '';
}

const seconds = (ms: number): string => `${(ms / 1_000).toFixed(1)} s`;
