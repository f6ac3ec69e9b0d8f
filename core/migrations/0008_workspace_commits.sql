-- additive
-- The commits of each workspace's repository, so that they are listed and restored from without the repository at hand.
-- Derived: written again from the repository where rows are missing.

create table workspace_commits (
  workspace_id   uuid not null references workspaces on delete cascade,
  hash           text collate "C" not null,   -- 40 hex digits
  number         bigint not null,             -- 1 is the first on the branch
  message        text not null,               -- without trailers
  author_name    text not null,
  author_email   text not null,
  committed_at   timestamptz not null,
  panels_changed integer not null,
  snapshot_id    uuid,                        -- the first of those it was made for
  manifest       jsonb not null,              -- {panel id: version}
  primary key (workspace_id, hash)
);

create unique index workspace_commits_number on workspace_commits (workspace_id, number);
