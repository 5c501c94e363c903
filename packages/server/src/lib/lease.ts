/** What this process leases work to, and what of it is known to be under way; `leases/process-lease.ts` keeps it. */
export interface Lease {
  readonly processId: string
  /** Says that something leased to this id is being worked on. */
  hold(processId: string): void
  /** Says that it has ended. */
  letGo(processId: string): void
}

/** Does the work of a leased item; its lease is held meanwhile. */
export async function holding(lease: Lease, leasedBy: string, work: () => Promise<void>): Promise<void> {
  lease.hold(leasedBy)
  try {
    await work()
  } finally {
    lease.letGo(leasedBy)
  }
}
