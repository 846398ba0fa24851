/** In the head of every page, before anything is painted. */
import { defineUnlistedScript } from 'wxt/utils/define-unlisted-script';
import { showRememberedAppearance } from '../shared/appearance.ts';

export default defineUnlistedScript(() => showRememberedAppearance());
