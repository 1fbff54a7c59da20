/** The gateway's own figures as words: pure functions of two answers of GET /api/statistics. */
import { bitrate, type Fact, type FactGroup } from './facts.ts';

/** How an encoder stands. */
interface EncoderFigures {
  readonly isRunning: boolean;
  readonly restarts: number;
  readonly faults: number;
}

/** What the gateway says of itself. */
export interface GatewayFigures {
  readonly uptimeSeconds: number;
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  readonly viewers: Readonly<Record<string, number>>;
  readonly video: EncoderFigures;
  readonly askedBps: number;
}

/** The figures of an answer; undefined where it is no such answer. */
export function readGatewayFigures(answer: unknown): GatewayFigures | undefined {
  const { uptimeSeconds, cpuSeconds, memoryBytes, askedBps, viewers, video } = record(answer);
  const numbers = [uptimeSeconds, cpuSeconds, memoryBytes, askedBps];
  const { isRunning, restarts, faults } = record(video);
  if (!numbers.every(isNumber) || !isNumber(restarts) || !isNumber(faults)) return undefined;
  const counts = Object.entries(record(viewers)).filter((entry): entry is [string, number] =>
    isNumber(entry[1]),
  );
  return {
    uptimeSeconds: Number(uptimeSeconds),
    cpuSeconds: Number(cpuSeconds),
    memoryBytes: Number(memoryBytes),
    askedBps: Number(askedBps),
    viewers: Object.fromEntries(counts),
    video: { isRunning: isRunning === true, restarts, faults },
  };
}

/** @param before the answer before this one, from which the load follows */
export function gatewayFacts(
  { viewers, video, ...now }: GatewayFigures,
  before: GatewayFigures | undefined,
): FactGroup {
  const connections = Object.values(viewers).reduce((sum, count) => sum + count, 0);
  const facts: readonly Fact[] = [
    {
      label: 'Connections',
      value: String(connections),
      detail: Object.entries(viewers)
        .map(([transport, count]) => `${transport}: ${count}`)
        .join(', '),
    },
    { label: 'Encoder', value: video.isRunning ? 'Running' : 'Not running' },
    { label: 'Asked for', value: bitrate(now.askedBps), detail: 'Of the picture’s encoder' },
    count('Encoder restarts', video.restarts, 'Times that the picture’s encoder was started again'),
    count('Encoder faults', video.faults, 'Packets and pictures of the encoder that were wrong'),
    {
      label: 'CPU',
      value: load(now, before),
      detail: 'Of the gateway alone, in parts of one core',
    },
    { label: 'Memory', value: `${Math.round(now.memoryBytes / 2 ** 20)} MiB` },
    { label: 'Running for', value: duration(now.uptimeSeconds) },
  ];
  return { title: 'Gateway', facts };
}

function count(label: string, value: number, detail: string): Fact {
  return { label, value: String(value), detail, isLoss: value > 0 };
}

/** Since the answer before; since the start where there is none, or the gateway is another one. */
function load(
  now: Pick<GatewayFigures, 'cpuSeconds' | 'uptimeSeconds'>,
  before: GatewayFigures | undefined,
): string {
  const isSame = before !== undefined && before.uptimeSeconds < now.uptimeSeconds;
  const seconds = now.uptimeSeconds - (isSame ? before.uptimeSeconds : 0);
  const busy = now.cpuSeconds - (isSame ? before.cpuSeconds : 0);
  return `${Math.round((Math.max(0, busy) / Math.max(seconds, 0.001)) * 100)} %`;
}

function duration(seconds: number): string {
  if (seconds < 120) return `${Math.floor(seconds)} s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)} min`;
  return `${Math.floor(seconds / 3_600)} h`;
}

const isNumber = (value: unknown): value is number =>
  typeof value === 'number' && Number.isFinite(value);

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
