/** How far a redeploy is, as a short bar beside the title. */
export function Track({ step, of, label }: { readonly step: number; readonly of: number; readonly label: string }) {
  return (
    <div className="track-wrap">
      <span className="sm b">{label}</span>
      <div className="track" aria-hidden="true">
        {Array.from({ length: of }, (_, index) => index + 1).map((number) => (
          <i key={number} className={number < step ? "on" : number === step ? "cur" : undefined} />
        ))}
      </div>
    </div>
  );
}
