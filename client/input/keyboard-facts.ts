/** What the keyboard logic knows of an event: plain facts, so that it runs without a browser. */

/** The keyboards that behave differently below a browser. */
export type KeyboardPlatform = 'mac' | 'windows' | 'other';

/** The modifier state that keyboard and pointer events carry. */
export interface ModifierFlags {
  readonly shift: boolean;
  readonly control: boolean;
  readonly alt: boolean;
  readonly meta: boolean;
  /** `getModifierState('AltGraph')`; not every browser reports it. */
  readonly altGraph: boolean;
}

/** The facts of one keydown or keyup. */
export interface KeyFacts {
  readonly key: string;
  readonly code: string;
  readonly location: number;
  readonly repeat: boolean;
  /** An input method has the key: `isComposing`, or the key code 229. */
  readonly isComposing: boolean;
  readonly flags: ModifierFlags;
}

/** Reads the modifier flags of a keyboard, pointer or wheel event. */
export function flagsOf(event: KeyboardEvent | MouseEvent): ModifierFlags {
  return {
    shift: event.shiftKey,
    control: event.ctrlKey,
    alt: event.altKey,
    meta: event.metaKey,
    altGraph: event.getModifierState('AltGraph'),
  };
}

/** The key code that browsers give to a key that an input method swallowed. */
const COMPOSING_KEY_CODE = 229;

/** Reads the facts of a keyboard event. */
export function factsOf(event: KeyboardEvent): KeyFacts {
  return {
    key: event.key,
    code: event.code,
    location: event.location,
    repeat: event.repeat,
    // The only sign that some browsers give for a key that an input method took.
    // eslint-disable-next-line @typescript-eslint/no-deprecated
    isComposing: event.isComposing || event.keyCode === COMPOSING_KEY_CODE,
    flags: flagsOf(event),
  };
}

/** Tells the platform from what the browser says about itself. */
export function platformOf(description: string): KeyboardPlatform {
  if (/mac|iphone|ipad|ipod/i.test(description)) return 'mac';
  if (/win/i.test(description)) return 'windows';
  return 'other';
}
