-- additive
-- How large repositories are, and which have no room for another commit.

alter table workspace_git
  -- Of its files: what was written, and all of it whenever it is packed.
  add column size_bytes bigint not null default 0,
  -- Why nothing more is committed, for people to read; null: it is.
  add column commit_error text;

-- A code of docs/errors.md; null: `internal`.
alter table state_snapshots add column error_code text;
