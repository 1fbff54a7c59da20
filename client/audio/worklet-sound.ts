/** Whether sound can be decoded in a worker and played by a worklet; both are withheld from pages that are not secure. */
export const hasWorkletSound = (): boolean =>
  typeof AudioDecoder !== 'undefined' && typeof AudioWorkletNode !== 'undefined';
