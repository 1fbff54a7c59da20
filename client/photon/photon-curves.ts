import { distributionOf, type Curves } from '../compare/curves.ts';
import type { PhotonSample } from './photon-probe.ts';

/** The part of the presses, in percent, that were answered within x ms. */
export function photonCurves(samples: readonly PhotonSample[]): Curves {
  return distributionOf([samples.map(({ totalMs }) => totalMs)]);
}
