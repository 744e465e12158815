/** The host's own few pages: plain HTML without script and style, so that they work under the strictest policy. */

function page(title: string, sentence: string, head = ""): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Account Keeper</title>${head}
</head>
<body>
<main>
<h1>${title}</h1>
<p>${sentence}</p>
</main>
</body>
</html>
`;
}

export const NOT_LET_IN_PAGE = page("Account Keeper is running", "Open the link that the terminal shows.");

export const USED_LINK_PAGE = page("This link was used already", "Each link works once. Press Enter in the terminal where Account Keeper runs for a new one, or start it again. If it was not you who used it, end Account Keeper there with Ctrl+C.");

export const OTHER_USER_PAGE = page("This link is for somebody else", "Open the link that the terminal shows.");

export const WRONG_ADDRESS_PAGE = page("This is not the address of Account Keeper", "Open the link that the terminal shows. Through a tunnel, use the same port on both sides.");

export const NOT_FOUND_PAGE = page("There is nothing here", 'Go to <a href="/">Account Keeper</a>.');

/**
 * Goes on to the window. Not a redirect: browsers hold a SameSite=Strict cookie back while a redirect that another
 * program or page began is under way, and the window would say that nobody was let in.
 */
export const ENTERED_PAGE = page("Account Keeper", 'One moment … <a href="/">Open Account Keeper</a>', '\n<meta http-equiv="refresh" content="0; url=/">');
