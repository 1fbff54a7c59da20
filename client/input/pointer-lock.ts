/** Pointer lock, with the raw movements of the mouse where the browser has them. */

/** `requestPointerLock` answers with a promise in every browser that knows `unadjustedMovement`, with nothing in older ones. */
type LockRequest = (options?: { unadjustedMovement: boolean }) => Promise<void> | undefined;

/**
 * Locks the pointer. Acceleration is switched off where possible; the option makes some systems refuse (NotSupportedError), so
 * the lock is asked for again without it.
 *
 * @returns whether the lock was granted
 */
export async function requestLock(element: HTMLElement): Promise<boolean> {
  const request = element.requestPointerLock.bind(element) as LockRequest;
  try {
    await request({ unadjustedMovement: true });
    return true;
  } catch (refusal) {
    if (!(refusal instanceof DOMException) || refusal.name !== 'NotSupportedError') return false;
  }
  try {
    await request();
    return true;
  } catch {
    // The user or the browser said no; the pointer simply stays absolute.
    return false;
  }
}
