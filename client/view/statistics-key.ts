import { flagsOf } from '../input/keyboard-facts.ts';
import { isStatisticsKey } from '../input/local-keys.ts';

/**
 * Calls `pressed` for the shortcut of the statistics wherever the focus is inside of `screen`; the desktop's own field takes it first.
 * Returns what ends that.
 */
export function whenStatisticsKey(screen: HTMLElement, pressed: () => void): () => void {
  const keyDown = (event: KeyboardEvent): void => {
    if (event.repeat || !isStatisticsKey({ code: event.code, flags: flagsOf(event) })) return;
    event.preventDefault();
    pressed();
  };
  screen.addEventListener('keydown', keyDown);
  return () => screen.removeEventListener('keydown', keyDown);
}
