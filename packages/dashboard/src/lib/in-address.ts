/** Stands in addresses where a name would: the page that adds one. */
const TAKEN = 'new'

/** How something is named in the address of its page: by its name; by its id when that is the page that adds one. */
export function inAddress(name: string, id: string): string {
  return name === TAKEN ? id : name
}
