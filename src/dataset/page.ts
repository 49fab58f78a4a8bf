/** Rows of a preview that are asked for at once, and drawn from. */
export const ROWS_PAGE = 100;
