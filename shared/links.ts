/** Pages outside that the window leads to, by name. On the desktop it names one and the app opens it; a browser's page opens it itself. */

export const linkNames = ["render", "render_disks"] as const;
export type LinkName = (typeof linkNames)[number];

export const links = {
  render: "https://dashboard.render.com",
  render_disks: "https://render.com/docs/disks",
} as const satisfies Record<LinkName, string>;
