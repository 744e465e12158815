/** How long the answers of the browser host may be kept. */

export const NO_STORE = "no-store";
/** For files whose name changes with their content. */
export const KEEP_FOREVER = "private, max-age=31536000, immutable";
