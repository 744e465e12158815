/** The look (light, dark, more contrast) and the library's provider. Its variables come from a file: the policy allows no style element. */
import { MantineProvider } from "@mantine/core";
import { useEffect, useSyncExternalStore } from "react";
import { Mishap } from "../components/Mishap.tsx";
import { useSettings } from "../stores/settings.ts";
import { theme } from "../theme/mantine.ts";
import { Frame } from "./frame/Frame.tsx";

function useMedia(query: string): boolean {
  return useSyncExternalStore(
    (onChange) => {
      const media = window.matchMedia(query);
      media.addEventListener("change", onChange);
      return () => media.removeEventListener("change", onChange);
    },
    () => window.matchMedia(query).matches,
  );
}

export function Root() {
  const settings = useSettings();
  const prefersDark = useMedia("(prefers-color-scheme: dark)");
  const prefersMore = useMedia("(prefers-contrast: more)");
  const scheme = settings.theme === "system" ? (prefersDark ? "dark" : "light") : settings.theme;
  const isMore = settings.contrast === "more" || prefersMore;
  useEffect(() => {
    const page = document.documentElement;
    page.dataset["theme"] = scheme;
    if (isMore) page.dataset["contrast"] = "more";
    else delete page.dataset["contrast"];
  }, [scheme, isMore]);
  return (
    <MantineProvider theme={theme} forceColorScheme={scheme} withCssVariables={false} withGlobalClasses={false} withStaticClasses>
      <Mishap>
        <Frame />
      </Mishap>
    </MantineProvider>
  );
}
