import type { MediaSource } from '../media/media-source.ts';
import type { ViewerStatus } from '../session/viewer-status.ts';

/** How an encoder stands. */
export interface EncoderStatistics {
  readonly isRunning: boolean;
  /** How often it was started again. */
  readonly restarts: number;
  /** What was wrong with its output, all kinds together. */
  readonly faults: number;
}

/** The gateway's own figures, which no page can measure. They name nobody. */
export interface GatewayStatistics {
  readonly uptimeSeconds: number;
  /** Of this process, user and system, since its start; the encoders' is their own. */
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
  /** Connections that have joined, by transport. */
  readonly viewers: Readonly<Partial<Record<ViewerStatus['transport'], number>>>;
  readonly video: EncoderStatistics;
  /** Absent where there is no sound. */
  readonly audio?: EncoderStatistics;
  /** What the picture's encoder is asked for. */
  readonly askedBps: number;
}

type Counted = Pick<MediaSource, 'faults' | 'restarts' | 'isRunning'>;

export interface StatisticsParts {
  readonly video: Counted;
  readonly audio: Counted | undefined;
  readonly session: {
    readonly viewers: readonly Pick<ViewerStatus, 'transport'>[];
    readonly askedBps: number;
  };
}

/** Reads them as they stand. */
export function gatewayStatistics({ video, audio, session }: StatisticsParts): GatewayStatistics {
  const viewers: Partial<Record<ViewerStatus['transport'], number>> = {};
  for (const { transport } of session.viewers) viewers[transport] = (viewers[transport] ?? 0) + 1;
  const { user, system } = process.cpuUsage();
  return {
    uptimeSeconds: process.uptime(),
    cpuSeconds: (user + system) / 1e6,
    memoryBytes: process.memoryUsage.rss(),
    viewers,
    video: encoderStatistics(video),
    ...(audio === undefined ? {} : { audio: encoderStatistics(audio) }),
    askedBps: session.askedBps,
  };
}

function encoderStatistics({ isRunning, restarts, faults }: Counted): EncoderStatistics {
  return { isRunning, restarts, faults: sum(faults) };
}

const sum = (faults: Counted['faults']): number =>
  Object.values<number>({ ...faults }).reduce((total, count) => total + count, 0);
