/** Export and import of settings. Tokens are not settings, so they are never exported. Pure. */
import { t } from '../i18n/options.ts';
import type { SettingKey, Settings } from './settings.ts';
import { FIELDS, SETTING_KEYS } from './settings.ts';

/** Larger files can't be settings files. */
export const MOST_FILE_CHARS = 200_000;
const FORMAT = 'agentlight-settings';
const VERSION = 1;

export function formatSettingsFile(settings: Settings): string {
  return `${JSON.stringify({ format: FORMAT, version: VERSION, settings }, undefined, 2)}\n`;
}

/** All settings of the file, or why none of them can be imported. */
export type FileContent =
  | { readonly settings: Partial<Settings>; readonly problem?: undefined }
  | { readonly settings?: undefined; readonly problem: string };

export function parseSettingsFile(text: string): FileContent {
  const content = parse(text);
  if (content?.['format'] !== FORMAT) {
    return { problem: t('file.foreign') };
  }
  if (content['version'] !== VERSION) {
    return { problem: t('file.newer') };
  }
  const { settings } = content;
  if (!isRecord(settings)) return { problem: t('file.empty') };
  for (const [key, value] of Object.entries(settings)) {
    if (!isKey(key)) return { problem: t('file.unknown', { key: key.slice(0, 60) }) };
    if (FIELDS[key].read(value) === undefined) {
      return { problem: t('file.invalid', { key, value: shown(value) }) };
    }
  }
  return { settings };
}

/** What an import would change, one line per setting, such as `theme: system → dark`. */
export function differences(settings: Settings, offered: Partial<Settings>): readonly string[] {
  return SETTING_KEYS.filter((key) => key in offered)
    .map((key) => [key, shown(settings[key]), shown(offered[key])] as const)
    .filter(([, before, after]) => before !== after)
    .map(([key, before, after]) => `${key}: ${before} → ${after}`);
}

const SHOWN_CHARS = 80;

function shown(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return text.length > SHOWN_CHARS ? `${text.slice(0, SHOWN_CHARS)}…` : text;
}

function isKey(key: string): key is SettingKey {
  return Object.hasOwn(FIELDS, key);
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function parse(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const content = JSON.parse(text) as unknown;
    return isRecord(content) ? content : undefined;
  } catch {
    return undefined;
  }
}
