/**
 * Physical keys: `KeyboardEvent.code` to the evdev codes of the wire.
 *
 * The names are those of W3C UI Events KeyboardEvent code values; the numbers are KEY_* of Linux's input-event-codes.h
 * (an X keycode is the same number plus 8). Codes above 247 have no X keycode and are left out.
 */

/** The rows of a keyboard whose evdev codes follow each other, by the first code of the row. */
const rows: readonly (readonly [first: number, names: string])[] = [
  [
    1,
    'Escape Digit1 Digit2 Digit3 Digit4 Digit5 Digit6 Digit7 Digit8 Digit9 Digit0 Minus Equal Backspace',
  ],
  [15, 'Tab KeyQ KeyW KeyE KeyR KeyT KeyY KeyU KeyI KeyO KeyP BracketLeft BracketRight Enter'],
  [29, 'ControlLeft KeyA KeyS KeyD KeyF KeyG KeyH KeyJ KeyK KeyL Semicolon Quote Backquote'],
  [42, 'ShiftLeft Backslash KeyZ KeyX KeyC KeyV KeyB KeyN KeyM Comma Period Slash ShiftRight'],
  [55, 'NumpadMultiply AltLeft Space CapsLock F1 F2 F3 F4 F5 F6 F7 F8 F9 F10 NumLock ScrollLock'],
  [71, 'Numpad7 Numpad8 Numpad9 NumpadSubtract Numpad4 Numpad5 Numpad6 NumpadAdd'],
  [79, 'Numpad1 Numpad2 Numpad3 Numpad0 NumpadDecimal'],
  [85, 'Lang5 IntlBackslash F11 F12 IntlRo Lang3 Lang4 Convert KanaMode NonConvert'],
  [96, 'NumpadEnter ControlRight NumpadDivide PrintScreen AltRight'],
  [102, 'Home ArrowUp PageUp ArrowLeft ArrowRight End ArrowDown PageDown Insert Delete'],
  [113, 'AudioVolumeMute AudioVolumeDown AudioVolumeUp Power NumpadEqual NumpadChangeSign Pause'],
  [121, 'NumpadComma Lang1 Lang2 IntlYen MetaLeft MetaRight ContextMenu BrowserStop Again Props'],
  [131, 'Undo Select Copy Open Paste Find Cut Help'],
  [158, 'BrowserBack BrowserForward'],
  [163, 'MediaTrackNext MediaPlayPause MediaTrackPrevious MediaStop MediaRecord MediaRewind'],
  [172, 'BrowserHome BrowserRefresh'],
  [179, 'NumpadParenLeft NumpadParenRight'],
  [183, 'F13 F14 F15 F16 F17 F18 F19 F20 F21 F22 F23 F24'],
  [207, 'MediaPlay MediaFastForward'],
  [224, 'BrightnessDown BrightnessUp'],
  [231, 'MailSend MailReply MailForward'],
];

/** Keys that stand alone in the number space, and the older names that browsers still send. */
const singles: Readonly<Record<string, number>> = {
  LaunchApp2: 140,
  Sleep: 142,
  WakeUp: 143,
  LaunchApp1: 144,
  LaunchMail: 155,
  BrowserFavorites: 156,
  Eject: 161,
  MediaSelect: 171,
  MediaPause: 201,
  BrowserSearch: 217,
  OSLeft: 125,
  OSRight: 126,
  VolumeMute: 113,
  VolumeDown: 114,
  VolumeUp: 115,
  NumpadStar: 55,
  NumpadBackspace: 14,
};

/** Every key that the wire can name. */
export const evdevCodes: ReadonlyMap<string, number> = new Map([
  ...rows.flatMap(([first, names]) =>
    names.split(' ').map((name, index): [string, number] => [name, first + index]),
  ),
  ...Object.entries(singles),
]);

/** The evdev code of a `KeyboardEvent.code`; 0 where the browser does not know the key, or X has none for it. */
export function evdevCode(code: string): number {
  return evdevCodes.get(code) ?? 0;
}
