/** Parent to child, one JSON object per line on the child's standard input. */
export type ControlMessage =
  | {
      /** The first message: build the pipeline, apply the values and play. */
      readonly type: 'start';
      readonly description: string;
      readonly settings: RunTimeSettings;
      /** A pause that lasts so long halts the source as well, in milliseconds; absent: it goes on behind the valve. */
      readonly restAfterMs?: number;
    }
  | {
      /** Change a running pipeline. */
      readonly type: 'set';
      readonly settings: RunTimeSettings;
    }
  | {
      /** The next picture is to be a keyframe. */
      readonly type: 'keyframe';
      readonly by: KeyframeMeans;
    };

/**
 * How an encoder is brought to make a keyframe: by an event, or, where the element ignores that, by caps that differ in the frame rate
 * by a hair, for which it starts its codec anew.
 */
export type KeyframeMeans = 'event' | 'caps';

/** What can change without a new pipeline; absent means unchanged. */
export interface RunTimeSettings {
  /** The encoder's target: the element's property and a value in its unit. */
  readonly bitrate?: { readonly property: string; readonly value: number };
  /** Caps that carry the frame rate. */
  readonly rateCaps?: string;
  /** Caps that carry the encoded size. */
  readonly sizeCaps?: string;
  /** Close the valve before the encoder. */
  readonly paused?: boolean;
}

/** Child to parent, one JSON object per line on file descriptor 4. */
export type ChildMessage =
  | {
      /** The pipeline was told to play. */
      readonly type: 'playing';
    }
  | {
      /** The child ends because of this; a sentence for the log. */
      readonly type: 'failed';
      readonly reason: string;
    };

/** The file descriptor on which the child writes its messages. */
export const messageFd = 4;

/** Longest line that either side takes; a description is about 1 KB. A longer line is skipped to its end. */
const MAX_LINE_BYTES = 64 * 1024;

const NEWLINE = 0x0a;

/** One message as it goes onto the pipe. */
export function encodeLine(message: ControlMessage | ChildMessage): string {
  return `${JSON.stringify(message)}\n`;
}

/**
 * Cuts a byte stream into JSON values, one per line. Holds at most one line of 64 KB; lines that are longer or no JSON
 * are skipped, since a broken child must not break its parent.
 */
export class JsonLines {
  #pending: Uint8Array[] = [];
  #pendingBytes = 0;
  #skipping = false;

  /** Returns the values of the lines that `chunk` completes. */
  push(chunk: Uint8Array): readonly unknown[] {
    const values: unknown[] = [];
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(NEWLINE, start);
      if (end === -1) break;
      this.#hold(chunk.subarray(start, end));
      this.#finish(values);
      start = end + 1;
    }
    this.#hold(chunk.slice(start));
    return values;
  }

  #hold(bytes: Uint8Array): void {
    if (this.#skipping || bytes.length === 0) return;
    this.#pendingBytes += bytes.length;
    if (this.#pendingBytes > MAX_LINE_BYTES) {
      this.#skipping = true;
      this.#pending = [];
    } else {
      this.#pending.push(bytes);
    }
  }

  #finish(values: unknown[]): void {
    if (!this.#skipping && this.#pendingBytes > 0) {
      try {
        values.push(JSON.parse(Buffer.concat(this.#pending).toString('utf8')));
      } catch {
        // Not JSON: the line is noise that some library printed.
      }
    }
    this.#pending = [];
    this.#pendingBytes = 0;
    this.#skipping = false;
  }
}

/** Reads a child's message; undefined for anything else. */
export function parseChildMessage(value: unknown): ChildMessage | undefined {
  if (typeof value !== 'object' || value === null || !('type' in value)) return undefined;
  if (value.type === 'playing') return { type: 'playing' };
  if (value.type === 'failed' && 'reason' in value && typeof value.reason === 'string') {
    return { type: 'failed', reason: value.reason };
  }
  return undefined;
}
