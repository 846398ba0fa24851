import preact from '@preact/preset-vite';
import { defineConfig } from 'wxt';

/** The service on this machine needs no further permission; any other address is asked for when it is added. */
const LOOPBACK = ['http://127.0.0.1/*', 'http://localhost/*'];

export default defineConfig({
  srcDir: 'extension',
  publicDir: 'extension/public',
  outDir: 'dist',
  imports: false,
  manifestVersion: 3,
  vite: () => ({
    plugins: [preact()],
    // as in the manifest; what is older would get lists of languages for :dir()
    build: { cssTarget: ['chrome128', 'firefox140'] },
  }),
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
    action: { default_title: 'Agentlight' },
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
              strict_min_version: '140.0',
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
