import { settingGroups, type Setting } from './settings.ts';

/** Column in which descriptions start, and the width of a terminal that nobody has made wider. */
const DESCRIPTION_COLUMN = 34;
const WIDTH = 100;

/** The text of `--help`: every flag under the title of its group. */
export function helpText(): string {
  const groups = settingGroups.map(({ title, settings }) => {
    const flags = settings.filter(({ isSecret }) => !isSecret).map(flagLines);
    return `${title}\n${flags.join('')}`;
  });
  return `usage: npm start -- [flags]

${groups.join('\n')}
Other
${entry('--config FILE', 'JSON file with settings; flags and variables are stronger.')}${entry('--print-config', 'Print the settings that result, without secrets, and stop.')}${entry('-h, --help', 'Print this text and stop.')}
Each flag has a variable: --video-bitrate-kbps is ORIEL_VIDEO_BITRATE_KBPS. The password is taken
from ORIEL_PASSWORD or from a file. docs/configuration.md lists everything.
`;
}

function flagLines(setting: Setting): string {
  return entry(`--${flagForm(setting)}`, `${setting.description}${suffix(setting)}`);
}

function flagForm({ flag, type, defaultText, isPath }: Setting): string {
  if (type === 'boolean') return defaultText === 'true' ? `no-${flag}` : flag;
  if (isPath) return `${flag} PATH`;
  const placeholder = { number: 'N', text: 'TEXT', list: 'A,B' }[type];
  return `${flag} ${placeholder}`;
}

function suffix({ type, defaultText, unit, expected }: Setting): string {
  if (type === 'boolean') return defaultText === 'true' ? ' On unless switched off.' : '';
  const choices = expected.startsWith('one of ') ? [expected] : [];
  const value =
    defaultText === undefined
      ? []
      : [`default ${defaultText}${unit === undefined ? '' : ` ${unit}`}`];
  const notes = [...choices, ...value].join('; ');
  return notes === '' ? '' : ` (${notes})`;
}

function entry(left: string, description: string): string {
  const lines: string[] = [];
  let line = `  ${left}`.padEnd(DESCRIPTION_COLUMN);
  if (`  ${left}`.length >= DESCRIPTION_COLUMN) {
    lines.push(`  ${left}`);
    line = ' '.repeat(DESCRIPTION_COLUMN);
  }
  let isFirst = true;
  for (const word of description.split(' ')) {
    if (!isFirst && line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = ' '.repeat(DESCRIPTION_COLUMN);
      isFirst = true;
    }
    line += isFirst ? word : ` ${word}`;
    isFirst = false;
  }
  return `${[...lines, line].join('\n')}\n`;
}
