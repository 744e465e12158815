/** One icon, in the colour of its text. */
import { iconPaths, type IconName } from "./icon-paths.tsx";

export type { IconName } from "./icon-paths.tsx";

export function Icon({ name, small = false }: { readonly name: IconName; readonly small?: boolean }) {
  return (
    <svg className={small ? "i s" : "i"} viewBox="0 0 20 20" aria-hidden="true" focusable="false">
      {iconPaths[name]}
    </svg>
  );
}
