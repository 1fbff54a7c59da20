import { Priority } from '../../protocol/flow.ts';

/** What the cursor, the clipboard and bulk keep of each second, each priority for itself, while media fills the link. */
export const RESERVED_SHARE = 0.05;

const reservedPriorities = [Priority.interface, Priority.bulk] as const;

/** Whether a priority has a reserved share. */
const isReserved = (priority: number): boolean =>
  reservedPriorities.some((reserved) => reserved === priority);

/**
 * Counts what each low priority is owed. Bytes that others send while it waits earn it 5 % of the sum; once the
 * credit pays for a piece, that piece goes before video. Nothing is earned while nothing waits.
 */
export class ReservedShare {
  readonly #owed = new Map<number, number>();

  /** A piece of `bytes` at `priority` was sent while the priorities in `waiting` had something to send. */
  onSent(priority: number, bytes: number, waiting: ReadonlySet<number>): void {
    for (const reserved of reservedPriorities) {
      const owed = this.#owed.get(reserved) ?? 0;
      if (reserved === priority) {
        this.#owed.set(reserved, Math.max(0, owed - bytes));
      } else {
        const earned = (bytes * RESERVED_SHARE) / (1 - RESERVED_SHARE);
        this.#owed.set(reserved, waiting.has(reserved) ? owed + earned : 0);
      }
    }
  }

  /** Whether a priority may send `bytes` now, ahead of its turn. */
  pays(priority: number, bytes: number): boolean {
    return isReserved(priority) && (this.#owed.get(priority) ?? 0) >= Math.max(1, bytes);
  }
}
