/** The colours of the roles, as the theme shows them now: for canvases, which know no CSS variables. */
export function roleColours(element: HTMLElement): (role: string) => string {
  return (role) => {
    const probe = document.createElement('span')
    probe.style.color = `var(--${role})`
    element.append(probe)
    const found = getComputedStyle(probe).color
    probe.remove()
    return found
  }
}
