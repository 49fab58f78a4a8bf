/** What is a dataset name, as the server has it (`headwater/naming.py`). */

const DATASET =
  /^[A-Za-z0-9_][A-Za-z0-9_-]{0,127}\.[A-Za-z0-9_][A-Za-z0-9_-]{0,127}$/;

export function isDatasetName(name: string): boolean {
  return DATASET.test(name);
}
