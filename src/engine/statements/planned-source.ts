/** What the files of the kinds of upstream hand to CREATE SOURCE. */
import type { Id } from '../../catalog/ids.ts';
import type { ColumnRecord, SourceDetail } from '../../catalog/records.ts';
import type { Target } from '../support/resolve.ts';

/** A relation that comes with a source: one for each upstream table. */
export interface PlannedSubsource {
  readonly target: Target;
  readonly columns: readonly ColumnRecord[];
  readonly externalReference: readonly string[];
}

/** What one kind of upstream makes of the statement. */
export interface PlannedSource {
  readonly columns: readonly ColumnRecord[];
  readonly dependsOn: readonly Id[];
  readonly subsources: readonly PlannedSubsource[];
  /** Name of the progress relation's column. */
  readonly progressColumn: string;
  /** `subsourceIds` are in the order of `subsources`. */
  detail(subsourceIds: readonly Id[]): SourceDetail;
}
