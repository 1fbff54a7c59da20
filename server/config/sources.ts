import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';

import { GivenSettings, valueOfText } from './given-settings.ts';
import { nearestName } from './nearest-name.ts';
import { ENV_PREFIX, settingGroups, settings, type Setting } from './settings.ts';

/** Variable that names the configuration file; `--config` is stronger. */
const CONFIG_VARIABLE = `${ENV_PREFIX}CONFIG`;

/** What the command line asks for beside settings. */
export interface CommandLine {
  readonly given: GivenSettings;
  readonly wantsHelp: boolean;
  readonly wantsConfig: boolean;
  readonly configFile: string | undefined;
}

const flags: ReadonlyMap<string, Setting> = new Map(
  settings.filter(({ isSecret }) => !isSecret).map((setting) => [setting.flag, setting]),
);
const flagNames = [...flags.keys(), 'config', 'help', 'print-config'];

/** Reads the flags of the command line, without the program's own name. */
export function readFlags(argv: readonly string[], cwd: string): CommandLine {
  const given = new GivenSettings();
  let configFile: string | undefined;
  let wantsHelp = false;
  let wantsConfig = false;
  let afterUnknown = false;
  for (const token of tokensOf(argv)) {
    const isStray = token.kind === 'positional' && !afterUnknown;
    if (isStray) given.problems.push(`argument ${token.value}: expected flags only, see --help`);
    afterUnknown = false;
    if (token.kind !== 'option') continue;
    if (token.name === 'help') wantsHelp = true;
    else if (token.name === 'print-config') wantsConfig = true;
    else if (token.name === 'config') {
      if (token.value === undefined) given.problems.push('--config: expected the path of a file');
      configFile = token.value;
    } else afterUnknown = !readFlag(given, token, cwd);
  }
  return { given, wantsHelp, wantsConfig, configFile };
}

/** What parseArgs makes of the command line; its own types know this only for options that are literals. */
type Token =
  | {
      readonly kind: 'option';
      readonly name: string;
      readonly rawName: string;
      readonly value?: string | undefined;
    }
  | { readonly kind: 'positional'; readonly value: string }
  | { readonly kind: 'option-terminator' };
type OptionToken = Extract<Token, { kind: 'option' }>;

function tokensOf(argv: readonly string[]): readonly Token[] {
  const options: Record<string, { type: 'string' | 'boolean'; short?: string }> = {
    help: { type: 'boolean', short: 'h' },
    'print-config': { type: 'boolean' },
    config: { type: 'string' },
  };
  for (const [flag, { type }] of flags) {
    options[flag] = { type: type === 'boolean' ? 'boolean' : 'string' };
  }
  // Not strict: the words of its errors name neither the setting nor the nearest flag.
  const { tokens } = parseArgs({
    args: [...argv],
    options,
    strict: false,
    allowPositionals: true,
    tokens: true,
  });
  return tokens;
}

/** Whether the flag is known. */
function readFlag(given: GivenSettings, token: OptionToken, cwd: string): boolean {
  const { name, rawName, value } = token;
  const negated = name.startsWith('no-') ? flags.get(name.slice(3)) : undefined;
  const setting = flags.get(name) ?? (negated?.type === 'boolean' ? negated : undefined);
  if (setting === undefined) {
    given.problems.push(unknownFlag(name, rawName));
    return false;
  }
  const at = { from: rawName, directory: cwd };
  if (setting.type === 'boolean') {
    const isSwitch = value === undefined || setting === negated;
    given.set(setting, {
      ...at,
      value: isSwitch ? setting !== negated : valueOfText(setting, value),
    });
  } else if (value === undefined || value === '') {
    given.problems.push(`${rawName}: expected ${setting.expected}, got nothing`);
  } else {
    const before = setting.type === 'list' ? given.get(setting.key)?.value : undefined;
    const parsed = valueOfText(setting, value);
    const joined = Array.isArray(before) && Array.isArray(parsed) ? before.concat(parsed) : parsed;
    given.set(setting, { ...at, value: joined });
  }
  return true;
}

function unknownFlag(name: string, rawName: string): string {
  const secret = settings.find((setting) => setting.isSecret && setting.flag === name);
  if (secret !== undefined) {
    return (
      `${rawName}: a secret on the command line can be read by every user of the machine; ` +
      `use --${name}-file or ${secret.variable}`
    );
  }
  const meant = nearestName(name, flagNames);
  return `${rawName}: unknown flag${meant === undefined ? ', see --help' : `, did you mean --${meant}?`}`;
}

/** Reads the variables that start with ORIEL_. An empty one counts as not set, as container files write it. */
export function readEnvironment(
  env: Readonly<Record<string, string | undefined>>,
  cwd: string,
): { readonly given: GivenSettings; readonly configFile: string | undefined } {
  const given = new GivenSettings();
  const variables = new Map(settings.map((setting) => [setting.variable, setting]));
  for (const [name, text] of Object.entries(env)) {
    if (!name.startsWith(ENV_PREFIX) || name === CONFIG_VARIABLE) continue;
    const setting = variables.get(name);
    if (setting === undefined) {
      const meant = nearestName(name, [...variables.keys(), CONFIG_VARIABLE]);
      const hint = meant === undefined ? '' : `, did you mean ${meant}?`;
      given.problems.push(`${name}: unknown variable${hint}`);
    } else if (text !== undefined && text !== '') {
      given.set(setting, { value: valueOfText(setting, text), from: name, directory: cwd });
    }
  }
  const configFile = env[CONFIG_VARIABLE];
  return { given, configFile: configFile === '' ? undefined : configFile };
}

/** Reads a configuration file: a JSON object, with settings in the groups of the schema. */
export function readConfigFile(file: string): GivenSettings {
  const given = new GivenSettings();
  const root = parseFile(file, given);
  if (root === undefined) return given;
  for (const [key, value] of Object.entries(root)) {
    const group = settingGroups.find((candidate) => candidate.key === key);
    if (group === undefined) readFileValue(given, { file, path: [key], value });
    else if (!isRecord(value)) given.problems.push(`${key} in ${file}: expected an object`);
    else {
      for (const [inner, innerValue] of Object.entries(value)) {
        readFileValue(given, { file, path: [key, inner], value: innerValue });
      }
    }
  }
  return given;
}

function parseFile(
  file: string,
  given: GivenSettings,
): Readonly<Record<string, unknown>> | undefined {
  try {
    const root: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isRecord(root)) return root;
    given.problems.push(`configuration file ${file}: expected a JSON object`);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    given.problems.push(`configuration file ${file}: expected a readable JSON file: ${reason}`);
  }
  return undefined;
}

interface FileValue {
  readonly file: string;
  readonly path: readonly string[];
  readonly value: unknown;
}

function readFileValue(given: GivenSettings, { file, path, value }: FileValue): void {
  const key = path.join('.');
  const setting = settings.find((candidate) => candidate.key === key);
  if (setting === undefined) {
    const groupKeys = settingGroups.map((group) => group.key ?? '');
    const meant = nearestName(key, [...settings.map((candidate) => candidate.key), ...groupKeys]);
    const hint = meant === undefined ? '' : `, did you mean ${meant}?`;
    given.problems.push(`${key} in ${file}: unknown key${hint}`);
  } else if (setting.isSecret) {
    given.problems.push(
      `${key} in ${file}: a secret does not belong here; use ${key}File or ${setting.variable}`,
    );
  } else {
    given.set(setting, { value, from: `${key} in ${file}`, directory: dirname(file) });
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
