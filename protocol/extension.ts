/** A header extension (figure-extension.ts and stream-codec.ts); ids that are even may be ignored, odd ones may not. */
export interface Extension {
  readonly id: number;
  /** On decode a view of the unit. */
  readonly bytes: Uint8Array;
}
