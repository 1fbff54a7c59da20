/** What the page and the playback worklet say to each other; `processorOptions` and node.port. */

/** Name under which the worklet registers its processor. */
export const PLAYBACK_PROCESSOR = 'oriel-playback';

/** Start values of the processor; frames at the context's rate. */
export interface PlaybackOptions {
  /** Shared ring; undefined where sound comes through a port instead. */
  readonly ring: SharedArrayBuffer | undefined;
  readonly target: number;
  readonly cap: number;
  /** Linear gain, 0 to 1. */
  readonly gain: number;
  /** Frames of its own output that the worklet keeps; 0 for none. */
  readonly recordFrames: number;
}

/** Sound through a port; the samples are transferred. */
export interface SoundBlock {
  /** Left and right one after the other. */
  readonly samples: Float32Array<ArrayBuffer>;
  /** See SoundRing.write. */
  readonly captureTime: number | undefined;
}

/** Page to worklet. */
export type ToPlayback =
  /** Take sound from this port (its messages are SoundBlocks). The port travels in `transfer`. */
  | { readonly type: 'input'; readonly port: MessagePort }
  /** Hold another fill from now on; frames. */
  | { readonly type: 'configure'; readonly target: number; readonly cap: number }
  /** Play as loud as this from now on. */
  | { readonly type: 'gain'; readonly gain: number }
  | { readonly type: 'takeRecording' }
  | { readonly type: 'takeState' };

/** Worklet to page. */
export type FromPlayback =
  | { readonly type: 'recording'; readonly samples: Float32Array<ArrayBuffer> }
  | {
      readonly type: 'state';
      readonly fill: number;
      readonly target: number;
      readonly underruns: number;
      readonly overruns: number;
      readonly ratePpm: number;
      /** See SoundRing.moment, of the frame that is played next. */
      readonly moment: { readonly outputFrame: number; readonly captureTime: number } | undefined;
    };
