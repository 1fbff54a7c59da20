/** Something that was started and has to be ended. */
export interface Closeable {
  close(): void | Promise<void>;
}

/** What a gateway has started, to be ended in the opposite order. */
export class Lifetime {
  readonly #parts: Closeable[] = [];

  /** Ends this part when everything ends, before all that was given earlier. Returns the part; undefined is nothing to end. */
  own<Part extends Closeable | undefined>(part: Part): Part {
    if (part !== undefined) this.#parts.push(part);
    return part;
  }

  /** The same for what ends by a call. */
  ownEnd(end: (() => void | Promise<void>) | undefined): void {
    if (end !== undefined) this.#parts.push({ close: end });
  }

  /** Ends every part, the last one first; idempotent. */
  async close(): Promise<void> {
    for (const part of this.#parts.splice(0).reverse()) await part.close();
  }
}
