/** The version of this front end; equal to that of package.json, which a test compares. */
export const VERSION = '0.1.0';
