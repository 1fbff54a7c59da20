import type { LinkEstimateSnapshot } from '../schedule/path-estimate.ts';
import type { ObservedViewer } from './session-observer.ts';
import type { CarriedSample } from './carried-seconds.ts';

/** How a connection stands. */
export interface ViewerStatus extends ObservedViewer {
  /** The connection itself, to tell it from others. */
  readonly viewer: object;
  readonly controls: boolean;
  readonly carried: CarriedSample;
  readonly path: LinkEstimateSnapshot | undefined;
}
