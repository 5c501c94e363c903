/**
 * Deliveries that are discarded in one transaction when a webhook is switched off. A million in one held up everybody: the
 * embedded database for 6 s; on PostgreSQL for 24 s all attempts in whose batch one of the same address was, and with a
 * slower disk the answer would have come too late, so that the webhook could not be switched off at all. A step takes some
 * ten milliseconds.
 */
export const DISCARD_STEP = 2_000

/** Steps for which whoever switches a webhook off waits: a few seconds. */
const STEPS_AWAITED = 20

/**
 * Takes steps until one says that nothing is left. When there are many, the rest of them goes on when this has resolved; if
 * it breaks off, claims discard what they find of a webhook that is off.
 */
export async function discardInSteps(step: () => Promise<boolean>): Promise<void> {
  for (let count = 0; count < STEPS_AWAITED; count++) if (!(await step())) return
  void goOn(step)
}

async function goOn(step: () => Promise<boolean>): Promise<void> {
  try {
    while (await step());
  } catch {
    // Claims go on, as said above.
  }
}
