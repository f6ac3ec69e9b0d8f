-- additive
-- How far the repository of a workspace has been pushed to the remote of the installation.

alter table workspace_git
  -- The commit the remote has; null: none yet.
  add column pushed_commit text collate "C",
  add column pushed_at timestamptz,
  -- Of the last try; null: it worked.
  add column push_error text,
  -- Failed in a row.
  add column push_failures integer not null default 0,
  -- Not before; while a worker pushes, when another may take over.
  add column push_next_at timestamptz;
