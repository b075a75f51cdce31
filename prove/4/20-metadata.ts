/** What runs on a folder of 100,000 messages write beside item parts. */
import { measureMetadata, METADATA_LIMITS } from '../../tests/end-to-end/metadata-written.ts';
import { conclude } from '../conclude.ts';

const { added, flagged, quiet } = await measureMetadata(100_000);
const limits = METADATA_LIMITS;
const kilobytes = (bytes: number): string => `${(bytes / 1000).toFixed(1)} KB`;
conclude({
  title:
    'metadata of an incremental run with 200 new messages in a folder of 100,000: at most 150 KB; of one flag: 60 KB',
  figure: `${kilobytes(added)}; ${kilobytes(flagged)}; of a run without a change ${kilobytes(quiet)}`,
  pass: added <= limits.added && flagged <= limits.flagged && quiet <= limits.quiet,
});
