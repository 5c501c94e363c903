// What must be settled before the page is painted and its modules run; a file, because the policy forbids inline scripts.

// The theme that was chosen; "system" is the absence of a choice.
try {
  const theme = localStorage.getItem('ringback-theme')
  if (theme === 'light' || theme === 'dark') document.documentElement.dataset.theme = theme
} catch {
  // A browser that keeps nothing shows what the system says.
}

// zod would try whether it may compile its checks, which the policy forbids and reports. It reads this when it is loaded.
globalThis.__zod_globalConfig = { jitless: true }
