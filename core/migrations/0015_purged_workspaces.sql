-- additive
-- Workspaces that are gone for good, until the worker has removed their repositories too.

create table purged_workspaces (
  workspace_id uuid primary key,
  purged_at    timestamptz not null default now()
);

-- What waits for its grace to end.
create index workspaces_deleted on workspaces (deleted_at) where deleted_at is not null;
create index panels_deleted on panels (deleted_at) where deleted_at is not null;
