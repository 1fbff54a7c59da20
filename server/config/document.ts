import { writeFileSync } from 'node:fs';
import { resolve } from 'node:path';

import { settingGroups, type Setting, type SettingGroup } from './settings.ts';

/** Where the generated document lies. */
export const CONFIGURATION_DOCUMENT = resolve(import.meta.dirname, '../../docs/configuration.md');

/** The text of docs/configuration.md; a test checks that the file is this. */
export function configurationDocument(): string {
  return `# Configuration

<!-- Generated from server/config/schema.ts by \`node server/config/document.ts\`. Do not edit. -->

A setting comes from a JSON file (\`--config FILE\` or \`ORIEL_CONFIG\`), from the environment or from a flag; a flag is stronger than
the environment, the environment stronger than the file. Unknown names are refused, with the nearest known one in the message.
\`npm start -- --print-config\` prints what results, without secrets.

- Flag and variable follow from the key: \`video.bitrateKbps\` is \`--video-bitrate-kbps\` and \`ORIEL_VIDEO_BITRATE_KBPS\`. The groups
  \`listen\`, \`auth\` and \`session\` are left out of the name (\`listen.port\` is \`--port\`), and a group's \`enabled\` goes by the name of
  the group (\`--audio\`, \`--no-audio\`).
- Lists are separated by commas; their flag may be repeated. Switches take \`true\` or \`false\` in a variable. An empty variable counts as
  not set.
- Relative paths start from the configuration file that they stand in, else from the working directory.
- Secrets are never flags, since every user of the machine can read those, and not in the configuration file: they come from a variable
  or from a file that is named by the setting ending in \`File\` (\`ORIEL_PASSWORD_FILE=/run/secrets/password\`).

${settingGroups.map(groupSection).join('\n')}
## Example

\`\`\`json
{
  "source": "desktop",
  "listen": { "host": "0.0.0.0", "port": 8443, "publicOrigins": ["https://desk.example.org"] },
  "desktop": { "width": 1920, "height": 1080, "command": "xfce4-session" },
  "video": { "bitrateKbps": 12000 },
  "auth": { "passwordFile": "/run/secrets/oriel-password" }
}
\`\`\`
`;
}

function groupSection({ title, key, settings }: SettingGroup): string {
  const heading = key === undefined ? `## ${title}` : `## ${title} (\`${key}\`)`;
  return `${heading}

| key | flag | variable | value | default | meaning |
| --- | --- | --- | --- | --- | --- |
${settings.map(row).join('')}`;
}

function row(setting: Setting): string {
  const { key, flag, variable, isSecret, type } = setting;
  const cells = [
    isSecret ? '' : `\`${key}\``,
    isSecret ? '' : `\`--${flag}\`${type === 'boolean' ? `, \`--no-${flag}\`` : ''}`,
    `\`${variable}\``,
    `${setting.expected}${setting.unit === undefined ? '' : ` (${setting.unit})`}`,
    setting.defaultText === undefined ? '' : `\`${setting.defaultText}\``,
    setting.description,
  ];
  return `| ${cells.join(' | ')} |\n`;
}

if (import.meta.main) writeFileSync(CONFIGURATION_DOCUMENT, configurationDocument());
