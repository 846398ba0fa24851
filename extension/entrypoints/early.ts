/** In the head of every page, before anything is painted, and while its code is still being loaded. */
import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import { showRememberedAppearance } from '../shared/appearance.ts';
import { beginReading } from '../shared/stored.ts';

export default defineUnlistedScript(() => {
  showRememberedAppearance();
  beginReading();
});
