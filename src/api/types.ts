/** The wire models under short names. `schema.ts` is generated from `api/openapi.json`; nobody else imports it. */

import type { components } from './schema';

type Schemas = components['schemas'];

export type Column = Schemas['Column'];
export type ColumnProfile = Schemas['ColumnProfile'];
export type Dataset = Schemas['Dataset'];
export type DatasetPage = Schemas['DatasetPage'];
export type DatasetSummary = Schemas['DatasetSummary'];
export type Difference = Schemas['Difference'];
export type HeadwaterEvent = Schemas['Event'];
export type Job = Schemas['Job'];
export type JobList = Schemas['JobList'];
export type Kind = Schemas['DatasetSummary']['kind'];
export type MaskProposal = Schemas['MaskProposal'];
export type NamespaceList = Schemas['NamespaceList'];
export type NotebookPins = Schemas['NotebookPins'];
export type Passport = Schemas['Passport'];
export type PassportCell = Schemas['PassportCell'];
export type Pin = Schemas['Pin'];
export type PinStatus = Schemas['PinStatus'];
export type Profile = Schemas['Profile'];
export type RowsPage = Schemas['RowsPage'];
export type Link = Schemas['Link'];
export type SampleMethod = Schemas['SampleRequest']['method'];
export type SavedRecipe = Schemas['SavedRecipe'];
export type SavedRecipeList = Schemas['SavedRecipeList'];
export type Source = Schemas['Source'];
export type SourceList = Schemas['SourceList'];
export type SourceTable = Schemas['SourceTable'];
export type SourceTablePage = Schemas['SourceTablePage'];
export type Status = Schemas['Status'];
export type VerifyResult = Schemas['VerifyResult'];
export type Version = Schemas['Version'];
export type VersionChange = Schemas['VersionChange'];
export type VersionPage = Schemas['VersionPage'];

/** A change of one pin; `set` without a version takes the newest, with `pin` it puts back what was there. */
export type IPinChange = Pick<Schemas['PinOperation'], 'op' | 'dataset'> &
  Partial<Schemas['PinOperation']>;

/** A request body: what has a default on the server may be left out. */
type WithDefaults<T, Required extends keyof T> = Pick<T, Required> &
  Partial<Omit<T, Required>>;

export type SampleRequest = WithDefaults<
  Schemas['SampleRequest'],
  'source' | 'table'
>;
export type ImportRequest = WithDefaults<
  Schemas['ImportRequest'],
  'path' | 'name'
>;

/** What a draw would cost: `touches` and `limit` say in words what it reads and what stops it. */
export interface ISampleEstimate {
  rows: number;
  bytes: number;
  seconds: number;
  cost: number;
  touches: string;
  limit: string;
}

/** A table of a set; `rows` is what it would have, null when unknown. */
export interface IPlannedTable {
  table: string;
  dataset: string;
  rows: number | null;
  root: boolean;
  masks: readonly MaskProposal[];
  warnings: readonly string[];
}

/** A foreign key of a set, and what is done with it. `rows` is what following it adds, null when unknown. */
export interface IPlannedLink {
  link: Link;
  name: string;
  direction: 'parent' | 'child';
  choice: 'follow' | 'cut' | 'skip';
  rows: number | null;
  can_cut: boolean;
  reason: string;
}

/** What is known of a sample: what was drawn, what was done to each column, and what was checked of it. */
export interface IProof {
  recipe: string;
  source: string;
  table: string;
  asked: number;
  drawn: number;
  total: number | null;
  orphans: number;
  unique: readonly { columns: readonly string[]; kept: boolean }[];
  columns: readonly IProofColumn[];
  k_anonymity: {
    columns: readonly string[];
    k: number;
    rows_below: number;
  } | null;
  canaries: { planted: number; found: number };
  notes: readonly string[];
}

/** A column of a proof; `distance` is from the source's distribution, 0 for none, null where it was not measured. */
export interface IProofColumn {
  column: string;
  mask: string;
  key_id: string | null;
  domain: string | null;
  reason: string;
  confidence: number | null;
  distance: number | null;
  distance_by: string;
  lost: number | string | null;
}

/** A plan; the later fields are missing where the server cannot tell. */
export type SamplePlan = Schemas['SamplePlan'] & {
  estimate?: ISampleEstimate | null;
  text?: string;
  tables?: readonly IPlannedTable[];
  links?: readonly IPlannedLink[];
  suggested?: readonly Link[];
};

/** What a search of the catalog asks for. */
export interface IDatasetQuery {
  query?: string;
  namespace?: string;
  kind?: Kind;
  sort?: 'relevance' | 'name' | 'updated' | 'rows' | 'bytes';
  descending?: boolean;
  /** Place of the first row, instead of a cursor. */
  offset?: number;
  cursor?: string;
  limit?: number;
}

/** Which rows of a version a preview asks for. */
export interface IRowsQuery {
  offset: number;
  limit: number;
  where?: string;
}
