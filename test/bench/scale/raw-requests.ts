/** The floor: requests the engine made, sent again as they were, with nobody looking at the answers. */
import { Agent } from "undici";
import type { ChromaConnection } from "../../../electron/engine/chroma/connection.ts";

export interface RawPost {
  readonly collectionId: string;
  readonly action: "get" | "add" | "upsert";
  readonly body: string | Buffer;
}

/** What `work` posts over the connection it is given. */
export async function recordPosts(connection: ChromaConnection, work: (recording: ChromaConnection) => Promise<unknown>): Promise<readonly RawPost[]> {
  const posts: RawPost[] = [];
  await work({
    ...connection,
    post: async (collectionId, action, body, options) => {
      posts.push({ collectionId, action, body });
      return await connection.post(collectionId, action, body, options);
    },
  });
  return posts;
}

/** Lists stand alone, as the pages after them wait for them; two pages are under way at a time, as in the engine. Bytes that came back. */
export async function sendRaw({ address, tenant, database }: ChromaConnection, posts: readonly RawPost[], inFlight = 2): Promise<number> {
  const agent = new Agent({ pipelining: 1, headersTimeout: 0, bodyTimeout: 0 });
  let bytes = 0;
  const send = async ({ collectionId, action, body }: RawPost): Promise<void> => {
    const path = `/api/v2/tenants/${tenant}/databases/${database}/collections/${collectionId}/${action}`;
    const response = await agent.request({ origin: address, path, method: "POST", headers: { "content-type": "application/json" }, body });
    for await (const chunk of response.body) if (Buffer.isBuffer(chunk)) bytes += chunk.length;
    if (response.statusCode >= 300) throw new Error(`${action}: ${response.statusCode}`);
  };
  for (const group of groupsOf(posts)) {
    const waiting = group.values();
    const sender = async (): Promise<void> => {
      for (const post of waiting) await send(post);
    };
    await Promise.all(Array.from({ length: inFlight }, sender));
  }
  await agent.close();
  return bytes;
}

/** Each list of ids, and the pages between two of them. */
function groupsOf(posts: readonly RawPost[]): readonly (readonly RawPost[])[] {
  const groups: RawPost[][] = [];
  let wasList = true;
  for (const post of posts) {
    const isList = post.body.includes('"include":[]');
    if (isList || wasList) groups.push([post]);
    else groups.at(-1)?.push(post);
    wasList = isList;
  }
  return groups;
}
