// Light or dark: as the system says, unless a person chose. The choice is all that is kept beyond the tab.

const item = 'keywheel-theme';
export const themes = ['system', 'light', 'dark'];

/** The theme that was chosen. */
export function theme() {
  const kept = localStorage.getItem(item);
  return themes.includes(kept) ? kept : 'system';
}

/** Shows the theme that was chosen. */
export function applyTheme() {
  const chosen = theme();
  if (chosen === 'system') delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = chosen;
}

export function chooseTheme(name) {
  if (name === 'system') localStorage.removeItem(item);
  else localStorage.setItem(item, name);
  applyTheme();
}
