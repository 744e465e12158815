/** The library's theme: damson in ten steps. Every other colour comes from tokens.css through library.css. */
import { createTheme, type MantineColorsTuple } from "@mantine/core";

const damson: MantineColorsTuple = ["#F7EBF3", "#EBD3E2", "#DDB5CF", "#CC92B9", "#B96CA1", "#A14C88", "#8A3C73", "#742A5F", "#5F204D", "#3F1633"];

export const theme = createTheme({
  colors: { damson },
  primaryColor: "damson",
  primaryShade: { light: 7, dark: 5 },
  cursorType: "default",
  respectReducedMotion: true,
  focusRing: "never",
});
