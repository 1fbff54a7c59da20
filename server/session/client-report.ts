import type { MessageStatusName, ReportUnit } from '../../protocol/control/report.ts';

/** What a client did not use, by reason; the statuses of REPORT but `complete`, and what it says about itself. */
export type UnusedReason = Exclude<MessageStatusName, 'complete'> | 'notShown' | 'soundUnderrun';

/** Where the time of one shown frame went, as its client says; microseconds, what is not known is left out. */
export interface ShownFrame {
  readonly total?: number;
  readonly network?: number;
  readonly decode?: number;
  readonly present?: number;
}

/** Most of a kind that one report adds: a client that makes numbers up spoils no more than that. */
const MAX_STEP = 1_000;

/** Times above this are no latencies, microseconds: a minute. */
const MAX_LATENCY_US = 60_000_000;

/** Counts what one client reports: each of its messages that it did not use, frames not shown, sound that ran dry. */
export class ClientReport {
  #notShown = 0;
  #underruns = 0;
  #renderedSeq: number | undefined;

  /** Takes a report; returns what is new in it. */
  take({ entries, values }: ReportUnit): ReadonlyMap<UnusedReason, number> {
    const fresh = new Map<UnusedReason, number>();
    const add = (reason: UnusedReason, count: number): void => {
      if (count > 0) fresh.set(reason, Math.min(MAX_STEP, (fresh.get(reason) ?? 0) + count));
    };
    for (const { status } of entries) {
      if (status !== 'complete') add(status, 1);
    }
    const { lateFrames = this.#notShown, underruns = this.#underruns } = values;
    add('notShown', lateFrames - this.#notShown);
    add('soundUnderrun', underruns - this.#underruns);
    this.#notShown = lateFrames;
    this.#underruns = underruns;
    return fresh;
  }
  /** The frame that was shown last, if the report before did not tell of it. */
  shown({ values }: ReportUnit): ShownFrame | undefined {
    const { renderedSeq, shownLatencyUs, networkUs, decodeUs, presentUs } = values;
    if (renderedSeq === undefined || renderedSeq === this.#renderedSeq) return undefined;
    this.#renderedSeq = renderedSeq;
    return {
      ...plausible('total', shownLatencyUs),
      ...plausible('network', networkUs),
      ...plausible('decode', decodeUs),
      ...plausible('present', presentUs),
    };
  }
}

const plausible = (name: keyof ShownFrame, us: number | undefined): ShownFrame =>
  us === undefined || us > MAX_LATENCY_US ? {} : { [name]: us };
