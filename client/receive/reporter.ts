import type { ReportEntry, ReportValues } from '../../protocol/control/report.ts';
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
    if (this.#recent.some(({ flow, seq }) => flow === entry.flow && seq === entry.seq)) return;
    this.#recent.push(entry);
    if (this.#recent.length > RECENT) this.#recent.shift();
    this.#entries.push(entry);
    if (this.#entries.length > MAX_KEPT) this.#entries.shift();
  }

  /** Takes the entries of the next report, oldest first, and the values as they are. */
  take(): { readonly entries: readonly ReportEntry[]; readonly values: ReportValues } {
    return { entries: this.#entries.splice(0, maxReportEntries), values: this.values };
  }
}
