/** The mark of Nexus. Decoration: the word stands beside it. */
export const Logo = ({ className = 'size-7' }: { className?: string }) => (
  <svg aria-hidden viewBox="0 0 32 32" className={className}>
    <rect width="32" height="32" rx="8" fill="var(--color-accent)" />
    <path
      d="M10 22V10l12 12V10"
      fill="none"
      stroke="#fff"
      strokeWidth="2.4"
      strokeLinecap="round"
      strokeLinejoin="round"
    />
    <circle cx="10" cy="10" r="2.4" fill="#fff" />
    <circle cx="22" cy="22" r="2.4" fill="#fff" />
  </svg>
)
