/** The one button. Blocked ones stay focusable and say why. */
import { Tooltip } from "@mantine/core";
import type { ComponentPropsWithRef, ReactNode } from "react";
import { Icon, type IconName } from "./Icon.tsx";

export interface ButtonProps extends Omit<ComponentPropsWithRef<"button">, "disabled"> {
  readonly rank?: "primary" | "secondary" | "quiet";
  readonly size?: "s" | "m" | "l";
  readonly icon?: IconName;
  readonly iconAfter?: IconName;
  /** Why it cannot be pressed now. */
  readonly blocked?: string | undefined;
  readonly children: ReactNode;
}

export function Button({ rank = "secondary", size = "m", icon, iconAfter, blocked, children, className, onClick, type = "button", ...rest }: ButtonProps) {
  const classes = ["btn", rank === "primary" ? "pri" : rank === "quiet" ? "ghost" : "", size === "l" ? "lg" : size === "s" ? "sm" : "", className ?? ""];
  return (
    // Around every button: one that is blocked only now would be another element else, and whoever is on it would lose the focus.
    <Tooltip label={blocked ?? ""} disabled={blocked === undefined} events={{ hover: true, focus: true, touch: true }}>
      <button {...rest} type={type} className={classes.filter((name) => name !== "").join(" ")} aria-disabled={blocked === undefined ? undefined : true} onClick={blocked === undefined ? onClick : (event) => event.preventDefault()}>
        {icon !== undefined && <Icon name={icon} />}
        {children}
        {iconAfter !== undefined && <Icon name={iconAfter} />}
      </button>
    </Tooltip>
  );
}

interface IconButtonProps extends Omit<ComponentPropsWithRef<"button">, "children" | "aria-label"> {
  readonly icon: IconName;
  readonly label: string;
}

/** Only for close, more, and copy in rows. */
export function IconButton({ icon, label, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip label={label} events={{ hover: true, focus: true, touch: false }}>
      <button {...rest} type="button" className={`btn ghost icon sm plain ${className ?? ""}`} aria-label={label}>
        <Icon name={icon} />
      </button>
    </Tooltip>
  );
}
