/** What is a dataset name, as the server has it (`headwater/naming.py`). */

const PART = '[A-Za-z0-9_][A-Za-z0-9_\\-]{0,127}';

/** The whole of a name, for an input's `pattern`. */
export const DATASET_PATTERN = `${PART}\\.${PART}`;

const DATASET = new RegExp(`^${DATASET_PATTERN}$`);

export function isDatasetName(name: string): boolean {
  return DATASET.test(name);
}
