/** Before each file of the project `unit`, whose files share a process: what one puts in the place of a module the next would get too. */
import { vi } from "vitest";

function refuse(): never {
  throw new Error("A file that puts something in the place of a module needs a process of its own: name it in vitest.config.ts, `unitAlone`.");
}

Object.assign(vi, { mock: refuse, doMock: refuse });
