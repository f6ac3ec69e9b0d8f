-- additive
-- How far the repository of a workspace is packed.

alter table workspace_git
  -- The number of the newest commit when it was packed last; 0: never.
  add column packed_number bigint not null default 0,
  -- The newest commit, when its own files were packed too, as is done for archived workspaces.
  add column packed_whole_at text collate "C";
