// `webUtils.getPathForFile`: where a file of the page lies on disk. Electron answers at once; here only the main process can ask
// Chromium, so the paths of files that cross the bridge are found out before the preload gets them.
import { page } from "./dom.ts";
import type { FromPage } from "./messages.ts";

export interface FilePaths {
  readonly findPaths: (files: readonly object[]) => Promise<void>;
  /** For the main process: the file of a question. */
  readonly asked: (id: number) => object | undefined;
  readonly onPath: (id: number, path: string) => void;
  /** Empty for a file that a script made. Throws for what is no file. */
  readonly pathOf: (file: unknown) => string;
}

export function createFilePaths(post: (message: FromPage) => void): FilePaths {
  const paths = new WeakMap<object, string>();
  const open = new Map<number, { file: object; done: () => void }>();
  let nextId = 1;

  const find = (file: object): Promise<void> =>
    new Promise((done) => {
      const id = nextId++;
      open.set(id, { file, done });
      post({ type: "file-path", id });
    });

  return {
    async findPaths(files) {
      // What only has a File's prototype was cloned as the plain object that it is.
      await Promise.all(files.filter((file) => file instanceof page.File).map(find));
    },
    asked: (id) => open.get(id)?.file,
    onPath(id, path) {
      const question = open.get(id);
      if (!question) return;
      open.delete(id);
      paths.set(question.file, path);
      question.done();
    },
    pathOf(file) {
      if (!(file instanceof page.File)) throw new TypeError("Error processing argument at index 0, conversion failure");
      return paths.get(file) ?? "";
    },
  };
}
