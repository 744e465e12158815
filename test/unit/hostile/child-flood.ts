/** Reads a page of one record among millions of values nobody asked for. In a process of its own, whose memory is limited. */
import { parseIds, parseRecordPage } from "../../../electron/engine/chroma/record-page.ts";

const flood = Buffer.from(`{"other":[${"1,".repeat(1_500_000)}1],"ids":["a"]}`);
console.log(parseRecordPage(flood, 1).length + parseIds(flood).length);
