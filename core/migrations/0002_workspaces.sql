-- additive
-- What lives beside the documents: whose they are, what they are called, where their snapshots are.

create table workspaces (
  id          uuid primary key,
  name        text not null check (char_length(name) between 1 and 200),
  description text not null default '' check (char_length(description) <= 2000),
  owner_id    text not null,
  status      text not null default 'active' check (status in ('active', 'suspended', 'archived')),
  created_at  timestamptz not null default now(),
  updated_at  timestamptz not null default now(),
  deleted_at  timestamptz
);

create index workspaces_owner on workspaces (owner_id) where deleted_at is null;

create table workspace_members (
  workspace_id uuid not null references workspaces on delete cascade,
  user_id      text not null,
  role         text not null check (role in ('owner', 'editor', 'viewer')),
  joined_at    timestamptz not null default now(),
  primary key (workspace_id, user_id)
);

create index workspace_members_user on workspace_members (user_id);

create table panels (
  id           uuid primary key,
  workspace_id uuid not null references workspaces on delete cascade,
  name         text not null check (char_length(name) between 1 and 200),
  panel_type   text not null check (char_length(panel_type) between 1 and 64),
  position     double precision not null,   -- order in the sidebar; ties by id
  status       text not null default 'active' check (status in ('active', 'archived')),
  created_by   text not null,
  created_at   timestamptz not null default now(),
  updated_at   timestamptz not null default now(),
  deleted_at   timestamptz
);

create index panels_workspace on panels (workspace_id, position, id) where deleted_at is null;

create table state_snapshots (
  id               uuid primary key,
  workspace_id     uuid not null references workspaces on delete cascade,
  type             text not null check (type in ('manual', 'auto', 'pre_ai_edit')),
  description      text not null default '',
  created_by       text,                      -- null: the timer
  commit_to_git    boolean not null default true,
  state            text not null default 'requested' check (state in ('requested', 'created', 'failed')),
  manifest         jsonb,                     -- {panel id: version}
  panel_count      integer,
  total_size_bytes bigint,
  git_commit       text,                      -- 40 hex digits
  git_branch       text,
  error            text,
  created_at       timestamptz not null default now(),
  completed_at     timestamptz
);

create index state_snapshots_workspace on state_snapshots (workspace_id, created_at desc);
create index state_snapshots_requested on state_snapshots (created_at) where state = 'requested';

-- The ledger: which versions of a workspace are in which commit, and which worker commits it now.
create table workspace_git (
  workspace_id uuid primary key references workspaces on delete cascade,
  branch       text not null default 'main',
  head_commit  text,
  manifest     jsonb not null default '{}',   -- {panel id: version} of head_commit
  fingerprint  text not null default '',      -- of everything the commit shows; equal: nothing to commit
  committed_at timestamptz,
  lease_owner  text,
  lease_until  timestamptz
);
