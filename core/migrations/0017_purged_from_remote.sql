-- additive
-- What has been sent on to a Git server is emptied there too.

alter table purged_workspaces
  add column is_pushed boolean not null default false,
  -- How often emptying it has failed; those that fail come last.
  add column failures integer not null default 0;
