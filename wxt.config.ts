import preact from '@preact/preset-vite';
import { defineConfig } from 'wxt';

/** The service on this machine needs no further permission; any other address is asked for when it is added. */
const LOOPBACK = ['http://127.0.0.1/*', 'http://localhost/*'];

/** All that the extension is built from, for reviewers of stores who build it themselves. */
const SOURCES = [
  'extension/**',
  'protocol/**',
  'docs/store/building.md',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'wxt.config.ts',
  '.nvmrc',
  'LICENSE',
];

/**
 * Takes out the one place where Preact would make a document of a string (`dangerouslySetInnerHTML`): nobody here
 * uses it, so it must not be there for anybody who finds a way to.
 *
 * @throws Error when Preact has changed and it is not found.
 */
const withoutInnerHtml = {
  name: 'without-inner-html',
  transform(code: string, id: string) {
    if (!/[\\/]preact[\\/]dist[\\/]preact(\.module)?\.m?js/.test(id)) return undefined;
    const changed = code.replace(/\w+\.innerHTML=\w+\.__html/, 'void 0');
    if (changed === code) throw new Error(`There is no innerHTML any more in ${id}.`);
    return { code: changed, map: null };
  },
};

interface ModuleGraph {
  getModuleInfo(id: string): { readonly importedIds: readonly string[] } | null;
}

/**
 * All that the popup is made of is one file, and its styles another: its first picture waits for each that it loads, 2
 * to 4 ms (measured in Chromium).
 */
const popupInOneFile = {
  name: 'popup-in-one-file',
  outputOptions(options: { readonly format?: string }) {
    if (options.format !== 'es') return options;
    const popup = new URL('extension/entrypoints/popup/main.tsx', import.meta.url).pathname;
    let inPopup: ReadonlySet<string> | undefined;
    const name = (id: string, graph: ModuleGraph) => {
      inPopup ??= reachable(popup, graph);
      const is = (inPopup.has(id) && id !== popup) || id.includes('wxt-html-plugins');
      return is ? 'popup' : null;
    };
    return { ...options, codeSplitting: { groups: [{ name, debugName: 'popup' }] } };
  },
};

function reachable(id: string, graph: ModuleGraph, found = new Set<string>()): Set<string> {
  if (found.has(id)) return found;
  found.add(id);
  for (const imported of graph.getModuleInfo(id)?.importedIds ?? [])
    reachable(imported, graph, found);
  return found;
}

export default defineConfig({
  srcDir: 'extension',
  publicDir: 'extension/public',
  outDir: 'dist',
  imports: false,
  manifestVersion: 3,
  vite: () => ({
    plugins: [preact(), withoutInnerHtml, popupInOneFile],
    // as in the manifest; what is older would get lists of languages for :dir()
    build: {
      cssTarget: ['chrome128', 'firefox142'],
      // both know it
      modulePreload: { polyfill: false },
    },
  }),
  zip: { includeSources: SOURCES, dotSources: true },
  manifest: ({ browser }) => ({
    // what the browser itself shows is in public/_locales
    default_locale: 'en',
    name: '__MSG_name__',
    description: '__MSG_description__',
    permissions: ['storage', 'alarms', 'notifications', 'contextMenus'],
    host_permissions: LOOPBACK,
    optional_host_permissions: ['http://*/*', 'https://*/*'],
    content_security_policy: {
      extension_pages:
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src http: https:",
    },
    action: {
      default_title: 'Agentlight',
      // else Firefox hides the button in a menu, where no badge can be seen
      ...(browser === 'firefox' && { default_area: 'navbar' }),
    },
    commands: {
      '_execute_action': { suggested_key: { default: 'Alt+Shift+A' } },
      'next-attention': {
        suggested_key: { default: 'Alt+Shift+N' },
        description: '__MSG_nextAttention__',
      },
    },
    omnibox: { keyword: 'al' },
    ...(browser === 'firefox'
      ? {
          browser_specific_settings: {
            gecko: {
              id: 'agentlight@agentlight.dev',
              // the first that knows what the next line says, on Android, too
              strict_min_version: '142.0',
              data_collection_permissions: { required: ['none'] },
            },
          },
        }
      : {
          minimum_chrome_version: '128',
          externally_connectable: { ids: [] },
          // Firefox takes policies without a schema
          storage: { managed_schema: 'managed-schema.json' },
        }),
  }),
});
