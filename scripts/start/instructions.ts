/** The text that `npm start` prints when all is running. */
import { CHROME_BUILD, FIREFOX_BUILD } from '../browser/extension-build.ts';

export interface Running {
  readonly url: string;
  readonly dataDir: string;
  readonly serviceLog: string;
  /** Names of the agents that can be run. */
  readonly agents: readonly string[];
  readonly pairing: { readonly code: string; readonly expiresAt: string };
}

/** @param inBrowser whether a browser with the extension in it is open already. */
export function instructions(running: Running, inBrowser: boolean): string {
  const { url, dataDir, serviceLog, agents } = running;
  return `
Agentlight is running.

  Service  ${url}
           data in ${dataDir}, log in ${serviceLog}
  Agents   ${agents.join(', ')}
           from agentlight.config.json

${inBrowser ? inOpenBrowser(running) : inOwnBrowser(running)}

Later:

  Another code       npm run -s agentlight -- pair
  Your own command   npm run -s agentlight -- run -- make test
  All commands       npm run -s agentlight -- --help
  Firefox            npm run build:firefox, then on about:debugging#/runtime/this-firefox
                     "Load Temporary Add-on…": ${FIREFOX_BUILD}/manifest.json

Ctrl-C stops everything.
`;
}

function inOwnBrowser(running: Running): string {
  return `To see it in Chrome (or Chromium, Edge, Brave):

  1. Open         chrome://extensions
  2. Switch on    "Developer mode", at the top right
  3. Press        "Load unpacked", and choose the folder
                  ${CHROME_BUILD}
  4. Pin it       with the puzzle piece beside the address bar, so that its icon stays visible
  5. Click        the Agentlight icon, and type
${pairing(running)}
  6. Press        Run, at "${running.agents[0]}", and watch the icon

  Or let "npm start -- --open" do 1 to 4, in a browser window of its own.`;
}

function inOpenBrowser(running: Running): string {
  return `A browser window with Agentlight in it is open:

  1. Type         there, if it asks
${pairing(running)}
  2. Pin it       with the puzzle piece beside the address bar, so that its icon stays visible
  3. Press        Run, at "${running.agents[0]}", and watch the icon`;
}

function pairing({ url, pairing: { code, expiresAt } }: Running): string {
  const until = new Date(expiresAt).toTimeString().slice(0, 5);
  return `                  code     ${code}   (good once, until ${until})
                  address  ${url}`;
}
