/** A call that comes back. */
export function Logo() {
  return (
    <span className="flex items-center gap-2.5">
      <svg viewBox="0 0 32 32" className="size-6" aria-hidden="true">
        <rect width="32" height="32" rx="8" className="fill-accent" />
        <g fill="none" className="stroke-surface" strokeWidth="3" strokeLinecap="round" strokeLinejoin="round">
          <path d="M21.5 10.5A7.5 7.5 0 1 0 23.5 16" />
          <path d="M22.5 5.5v5.5H17" />
        </g>
      </svg>
      <span className="text-[15px] font-semibold tracking-tight">Ringback</span>
    </span>
  )
}
