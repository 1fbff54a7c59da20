/** The last reports, kept in this browser's IndexedDB (https://www.w3.org/TR/IndexedDB/). */
import type { ComparisonReport } from './report.ts';
import { MAX_REPORTS, sortStored } from './stored-report.ts';

const DATABASE = 'oriel.comparisons';
const STORE = 'reports';

/**
 * Keeps reports, where the browser allows it; where it does not (a private window, a full disk), what was kept lasts as long as the page.
 * No method rejects.
 */
export class ReportStore {
  #memory: readonly ComparisonReport[] = [];
  #database: Promise<IDBDatabase | undefined> | undefined;

  /** The reports, newest first; damaged ones and those too many are deleted. */
  async list(): Promise<readonly ComparisonReport[]> {
    const database = await this.#open();
    if (database === undefined) return this.#memory;
    try {
      const store = database.transaction(STORE, 'readwrite').objectStore(STORE);
      const values: Promise<readonly unknown[]> = done(store.getAll());
      const [keys, reports] = await Promise.all([done(store.getAllKeys()), values]);
      // All keys that this store was ever given are ids.
      const stored = keys.map((key, index) => ({ key: key as string, value: reports[index] }));
      const { kept, dropped } = sortStored(stored);
      for (const key of dropped) store.delete(key);
      return kept;
    } catch {
      return this.#memory;
    }
  }

  /** Adds a report and gives the list with it. */
  async add(report: ComparisonReport): Promise<readonly ComparisonReport[]> {
    this.#memory = [report, ...this.#memory].slice(0, MAX_REPORTS);
    await this.#write((store) => store.put(report, report.id));
    return this.list();
  }

  /** Deletes a report and gives the list without it. */
  async delete(id: string): Promise<readonly ComparisonReport[]> {
    this.#memory = this.#memory.filter((report) => report.id !== id);
    await this.#write((store) => store.delete(id));
    return this.list();
  }

  async #write(action: (store: IDBObjectStore) => IDBRequest): Promise<void> {
    const database = await this.#open();
    try {
      const store = database?.transaction(STORE, 'readwrite').objectStore(STORE);
      if (store !== undefined) await done(action(store));
    } catch {
      // No room: the page keeps it in memory.
    }
  }

  #open(): Promise<IDBDatabase | undefined> {
    this.#database ??= openDatabase().catch(() => undefined);
    return this.#database;
  }
}

async function openDatabase(): Promise<IDBDatabase> {
  const request = indexedDB.open(DATABASE, 1);
  request.onupgradeneeded = () => request.result.createObjectStore(STORE);
  return done(request);
}

function done<Result>(request: IDBRequest<Result>): Promise<Result> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error('IndexedDB refused'));
  });
}
