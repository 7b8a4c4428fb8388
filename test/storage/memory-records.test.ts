import { recordsContract } from "../contracts/records.contract";
import { createMemoryRecords } from "../support/storage/memory-records";

const records = createMemoryRecords();

describe("records in memory", () => {
  recordsContract(() => records);
});
