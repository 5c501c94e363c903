import type { JobDetail } from '@ringback/contract'
import { Eraser } from 'lucide-react'
import { useState } from 'react'
import { useExpungeJob } from '../../api/jobs.ts'
import { Button } from '../../ui/button.tsx'
import { ConfirmDialog } from '../../ui/confirm-dialog.tsx'
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
        <ConfirmDialog
          title="Remove what this job was about?"
          hint="Input, result, documents, webhook bodies and answers are gone for good, and its deliveries cannot be sent again. The record of what happened stays."
          action="Remove for good"
          doing={expunge}
          onConfirm={() => expunge.mutate(undefined, { onSuccess: () => toast('It was removed for good.') })}
          onClose={() => setAsking(false)}
        />
      )}
    </>
  )
}
