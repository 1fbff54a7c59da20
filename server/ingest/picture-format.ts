import type { VideoParameters } from './access-unit.ts';
import type { FaultCounters } from './faults.ts';
import type { PictureAssembly } from './picture-assembly.ts';

/** What became of a payload; `ignored`: it is well formed and holds nothing of a picture. */
export type PayloadResult = 'ok' | 'malformed' | 'unsupported' | 'ignored';

/** What is known about a whole picture. */
export interface PictureFacts {
  /** A decoder can start here. */
  readonly key: boolean;
  /** Some later picture may refer to this one. */
  readonly isReference: boolean;
  /** 0 = base. */
  readonly temporalLayer: number;
}

/**
 * How one format travels in RTP. `PictureDepacketizer` finds where pictures begin and end; a format puts their bytes into the
 * assembly and says what they are. It holds no bytes of its own but parameter sets.
 */
export interface PictureFormat {
  /** What the newest keyframe says; undefined before the first. */
  readonly parameters: VideoParameters | undefined;
  /** The next payload is the first of a picture. */
  begin(): void;
  /** Reads one payload. A malformed one may have left some bytes in the assembly before its fault was found. */
  read(payload: Uint8Array): PayloadResult;
  /** Ends the picture; undefined when something of it is missing. */
  finish(): PictureFacts | undefined;
  /** Forgets a part that lacks its end, since what follows was lost. */
  reset(): void;
}

/** What a format works with; both belong to its depacketizer. */
export interface PictureFormatParts {
  readonly assembly: PictureAssembly;
  readonly faults: FaultCounters;
}
