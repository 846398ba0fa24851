/** Runs in the head of every page: before the first paint, while the page's code is still loading. */
import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import { showRememberedAppearance } from '../shared/appearance.ts';
import { beginReading } from '../shared/stored.ts';

export default defineUnlistedScript(() => {
  showRememberedAppearance();
  beginReading();
});
