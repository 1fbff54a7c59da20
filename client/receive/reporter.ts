import type { ReportEntry, ReportValues } from '../../protocol/control/report.ts';
import type { Micros32 } from '../../protocol/time.ts';
import { maxReportEntries } from '../../protocol/limits.ts';

/** Entries kept when reports are held up: four reports' worth; the oldest give way. */
const MAX_KEPT = 4 * maxReportEntries;

/** Messages back in which a repetition is looked for: sound is repeated in the next datagram. */
const RECENT = 32;

/** Collects what REPORT tells the server. A pure core: the connection decides when to send. */
export class Reporter {
  readonly #recent: ReportEntry[] = [];
  #entries: ReportEntry[] = [];
  /** What the player knows about itself; integers. */
  values: ReportValues = {};

  /** Takes the fate of a message; one that was told already, because it came twice, is passed over. */
  add(entry: ReportEntry): void {
    const { flow, seq, status } = entry;
    const isTold = this.#recent.some(
      (told) => told.flow === flow && told.seq === seq && told.status === status,
    );
    if (isTold) return;
    this.#recent.push(entry);
    if (this.#recent.length > RECENT) this.#recent.shift();
    this.#entries.push(entry);
    if (this.#entries.length > MAX_KEPT) this.#entries.shift();
  }

  /**
   * Takes a fate that is known without the message: it did not come whole, or it did and was told, and turned out to be of no use.
   *
   * @param now stamp on the clock of the entries
   */
  addFate(message: Pick<ReportEntry, 'flow' | 'seq' | 'status'>, now: Micros32): void {
    this.add({ ...message, bytes: 0, echo: now, first: now, last: now });
  }

  /** Takes the entries of the next report, oldest first, and the values as they are. */
  take(): { readonly entries: readonly ReportEntry[]; readonly values: ReportValues } {
    return { entries: this.#entries.splice(0, maxReportEntries), values: this.values };
  }
}
