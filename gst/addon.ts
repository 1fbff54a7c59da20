/**
 * The part of the addon gstreamer-superficial (1.7.4) that the child uses; the package ships no types. Only gst/child.ts
 * may load it: it can abort its process.
 */
export interface Addon {
  readonly Pipeline: new (description: string) => AddonPipeline;
}

/** A pipeline. The addon never frees one, so that a new pipeline means a new process. */
export interface AddonPipeline {
  /** Starts the pipeline; failures come over the bus. */
  play(): void;
  /** Halts sources that are live, which then cost nothing; `play` goes on with the stream as it was. */
  pause(): void;
  /** Sends a force-key-unit event upstream from the element's sink pad. Crashes when there is no such element. */
  forceKeyUnit(element: string, count: number): void;
  /** Wraps an element; keeps a reference for ever, so look each one up once. */
  findChild(name: string): AddonElement | undefined;
  /** Calls back for each bus message, from a thread of libuv's pool that waits for ever. */
  pollBus(callback: (message: AddonMessage) => void): void;
}

/**
 * An element; its GObject properties are accessors. Unknown properties and values out of range are ignored without a
 * word, and enumerations cannot be set.
 */
export type AddonElement = Record<string, string | number | boolean>;

/** A message of the pipeline's bus. */
export interface AddonMessage {
  /** `error`, `eos`, `warning`, `state-changed`… */
  readonly type: string;
  /** The text of an error. */
  readonly message?: string;
  readonly _src_element_name?: string;
}
