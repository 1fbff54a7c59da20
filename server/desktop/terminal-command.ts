import { findProgram } from './desktop-processes.ts';
import type { PixelSize } from './desktop-input.ts';

/** Size of a character of DejaVu Sans Mono 11 at 96 dpi, in pixels, as xterm measures it. */
const CHARACTER: PixelSize = { width: 9, height: 17 };
/** The window that fits an ordinary screen, in characters. */
const COLUMNS = 100;
const ROWS = 30;
/** Room for the border and the title of the window, and for some desktop around it, in pixels. */
const MARGIN: PixelSize = { width: 60, height: 90 };

/**
 * One xterm in a hundred comes up one character large under Openbox and stays so (4 of 480 starts here). Its shell sees that
 * before it starts, and ends: the desktop starts its program again.
 */
const SHELL_IN_A_USABLE_WINDOW = '[ "$(stty size)" = "1 1" ] || exec "${SHELL:-/bin/sh}"';

/** Sixteen colours that can be told apart and read on the dark background. */
const COLOURS: readonly string[] = [
  ...['#3b4252', '#e06c75', '#8fcf7f', '#e5c07b', '#6cb2f2', '#c78bd9', '#5cc5c9', '#d8dee9'],
  ...['#67738a', '#f28b93', '#a9e39a', '#f2d493', '#8cc6fa', '#d9a6e8', '#7fdde0', '#ffffff'],
];

/** The terminal that a desktop shows when nothing else was asked for, in the middle of the screen. */
export function terminalCommand({ width, height }: PixelSize): readonly [string, ...string[]] {
  const columns = Math.min(COLUMNS, Math.floor((width - MARGIN.width) / CHARACTER.width));
  const rows = Math.min(ROWS, Math.floor((height - MARGIN.height) / CHARACTER.height));
  const x = Math.max(0, Math.floor((width - columns * CHARACTER.width) / 2));
  const y = Math.max(0, Math.floor((height - rows * CHARACTER.height) / 2) - 20);
  const resources = [
    'XTerm*internalBorder: 10',
    'XTerm*faceName: DejaVu Sans Mono',
    'XTerm*faceSize: 11',
    'XTerm*saveLines: 10000',
    // Characters go to the shell as they are typed, Alt sends Escape first, as in other terminals.
    'XTerm*utf8: 2',
    'XTerm*metaSendsEscape: true',
    // A request for another size, made while the window manager is still starting, is answered never: in one start of ten
    // the terminal stood without a shell for several waits of 5 s. It takes the size as granted instead.
    'XTerm*waitforwm: false',
    // As in other terminals; Ctrl+C alone belongs to the program.
    'XTerm*VT100.translations: #override \\n Ctrl Shift <Key>C: copy-selection(CLIPBOARD) \\n Ctrl Shift <Key>V: insert-selection(CLIPBOARD)',
    ...COLOURS.map((colour, index) => `XTerm*color${index}: ${colour}`),
  ];
  return [
    findProgram('xterm', 'xterm'),
    ...['-title', 'Terminal', '-bg', '#1b2230', '-fg', '#e3e8f0', '-cr', '#8cc6fa', '+sb'],
    ...['-geometry', `${Math.max(20, columns)}x${Math.max(5, rows)}+${x}+${y}`],
    ...resources.flatMap((resource) => ['-xrm', resource]),
    ...['-e', 'sh', '-c', SHELL_IN_A_USABLE_WINDOW],
  ];
}
