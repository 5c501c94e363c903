import type { JobDetail } from '@ringback/contract'
import { Eraser } from 'lucide-react'
import { useState } from 'react'
import { useExpungeJob } from '../../api/jobs.ts'
import { Button } from '../../ui/button.tsx'
import { Dialog, DialogActions } from '../../ui/dialog.tsx'
import { FormError } from '../../ui/states.tsx'
import { toast } from '../../ui/toast.tsx'

/** Removes what a job was about, after a question; only for one that has ended and has something to remove. */
export function ExpungeJob({ job }: { readonly job: JobDetail }) {
  const [isAsking, setAsking] = useState(false)
  const expunge = useExpungeJob(job.id)
  if (job.finished_at === null || job.payload_removed_at !== null) return null
  return (
    <>
      <Button size="sm" look="quiet" icon={<Eraser className="size-3.5" />} onClick={() => setAsking(true)}>
        Expunge
      </Button>
      {isAsking && (
        <Dialog
          open
          onClose={() => setAsking(false)}
          title="Remove what this job was about?"
          hint="Input, result, documents, webhook bodies and answers are gone for good, and its deliveries cannot be sent again. The record of what happened stays."
        >
          <FormError error={expunge.error} />
          <DialogActions>
            <Button onClick={() => setAsking(false)}>Keep it</Button>
            <Button
              look="danger"
              busy={expunge.isPending}
              onClick={() => expunge.mutate(undefined, { onSuccess: () => toast('It was removed for good.') })}
            >
              Remove for good
            </Button>
          </DialogActions>
        </Dialog>
      )}
    </>
  )
}
