import type { AccessUnit, AccessUnitSink } from './access-unit.ts';

/** Hands each access unit to everybody who subscribed. */
export class FanOut {
  readonly #sinks = new Set<AccessUnitSink>();
  #failed = 0;

  /** Subscribers that threw and were unsubscribed. */
  get failed(): number {
    return this.#failed;
  }

  /** Adds a sink for all access units from now on; the returned function removes it. */
  subscribe(sink: AccessUnitSink): () => void {
    this.#sinks.add(sink);
    return () => {
      this.#sinks.delete(sink);
    };
  }

  /** A sink that throws is removed, so that the others are not hurt. */
  deliver(unit: AccessUnit): void {
    for (const sink of this.#sinks) {
      try {
        sink.accessUnit(unit);
      } catch (error) {
        this.#failed += 1;
        this.#sinks.delete(sink);
        sink.failed?.(error);
      }
    }
  }
}
