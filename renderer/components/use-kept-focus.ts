/** Where a button goes away because it has done its work, whoever uses the keyboard is not sent back to the top of the window. */
import { useEffect, useRef } from "react";

/** Each time `sign` changes and the focus was lost with what went away, `selector` gets it. */
export function useKeptFocus(sign: string, selector: string): void {
  const last = useRef(sign);
  useEffect(() => {
    if (last.current === sign) return;
    last.current = sign;
    if (document.activeElement === null || document.activeElement === document.body) document.querySelector<HTMLElement>(selector)?.focus({ preventScroll: true });
  }, [sign, selector]);
}
