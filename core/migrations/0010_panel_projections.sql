-- additive
-- The state of every panel as JSON, for SQL: reports, searches, joins with other data. Derived and a few minutes old; written by
-- the snapshot worker for the versions of each commit.

create table panel_projections (
  panel_id     uuid primary key references panels on delete cascade,
  workspace_id uuid not null references workspaces on delete cascade,
  version      bigint not null,
  state        jsonb not null,              -- what stands below `$state`; a NUL character is written U+FFFD
  updated_at   timestamptz not null default now()
);

create index panel_projections_workspace on panel_projections (workspace_id);
