// Runs before the first paint, from a file of its own because the content policy allows no inline script.
;(() => {
  let chosen = null
  try {
    chosen = localStorage.getItem('sallyport-theme')
  } catch {
    // Storage may be blocked; the system's preference then decides.
  }
  if (chosen === 'light' || chosen === 'dark') document.documentElement.dataset.theme = chosen
})()
