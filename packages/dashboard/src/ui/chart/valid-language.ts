/*
 * To be imported before uPlot, which makes a format of numbers of the browser's language when it is loaded. Where the machine's
 * language is "C", Chrome says `en-US@posix` for it; that is no language tag (BCP 47), and the format throws.
 */
try {
  Intl.getCanonicalLocales(navigator.language)
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en-US' })
}
