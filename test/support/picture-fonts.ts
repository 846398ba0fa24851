/** The fonts of the pictures: the same on every machine that has fontconfig, whatever is installed there. */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { onTestFinished } from 'vitest';

const require = createRequire(import.meta.url);
const FONTS = dirname(require.resolve('dejavu-fonts-ttf/ttf/DejaVuSans.ttf'));

/**
 * Environment of a browser that has these fonts alone, and draws them in one way. What they lack is an empty box.
 * https://www.freedesktop.org/software/fontconfig/fontconfig-user.html
 */
export async function pictureFonts(): Promise<Record<string, string>> {
  const dir = await mkdtemp(join(tmpdir(), 'agentlight-fonts-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true, maxRetries: 5 }));
  const file = join(dir, 'fonts.conf');
  await writeFile(
    file,
    `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig>
  <dir>${FONTS}</dir>
  <cachedir>${dir}</cachedir>
  ${prefer('sans-serif', 'DejaVu Sans')}
  ${prefer('system-ui', 'DejaVu Sans')}
  ${prefer('monospace', 'DejaVu Sans Mono')}
  <match target="pattern">
    <edit name="family" mode="append_last"><string>DejaVu Sans</string></edit>
  </match>
  <match target="font">
    <edit name="antialias"><bool>true</bool></edit>
    <edit name="autohint"><bool>false</bool></edit>
    <edit name="hinting"><bool>false</bool></edit>
    <edit name="hintstyle"><const>hintnone</const></edit>
    <edit name="lcdfilter"><const>lcdnone</const></edit>
    <edit name="rgba"><const>none</const></edit>
  </match>
</fontconfig>
`,
  );
  return { FONTCONFIG_FILE: file };
}

function prefer(family: string, font: string): string {
  return `<alias binding="same">
    <family>${family}</family>
    <prefer><family>${font}</family></prefer>
  </alias>`;
}
