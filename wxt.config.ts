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
  vite: () => ({ plugins: [preact()] }),
  manifest: ({ browser }) => ({
    name: 'Agentlight',
    description: 'A status light for your agents: see them run, hear of failures, answer at once.',
    permissions: ['storage', 'alarms', 'notifications'],
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
      : { minimum_chrome_version: '128', externally_connectable: { ids: [] } }),
  }),
});
