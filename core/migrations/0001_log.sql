-- additive
-- The log and what makes reading it fast. Rows of panel_states stay narrow: every append rewrites one.

create table panel_states (
  document      text collate "C" primary key,
  workspace_id  uuid not null,
  panel_id      uuid,                       -- null: the workspace's own document
  version       bigint not null default 0,  -- head of the log
  checkpoint_version bigint not null default 0,  -- newest row of state_checkpoints, 0: none
  log_bytes     bigint not null default 0,  -- bytes of all updates
  tail_bytes    bigint not null default 0,  -- bytes of the updates after the newest checkpoint
  created_at    timestamptz not null default now(),
  updated_at    timestamptz not null default now(),
  deleted_at    timestamptz                 -- set: appends are refused as to a missing document
) with (fillfactor = 80);                   -- room for heap-only updates

create index panel_states_workspace on panel_states (workspace_id);

create table state_history (
  document       text collate "C" not null references panel_states on delete cascade,
  version        bigint not null,
  update_data    bytea not null,
  user_id        text,
  triggered_by   text not null check (triggered_by in ('user', 'ai', 'api', 'system')),
  trigger_source text,
  change_type    text not null check (change_type in ('created', 'updated', 'deleted', 'reverted')),
  client_session text,
  occurred_at    timestamptz not null default now(),
  primary key (document, version)
);

create table state_checkpoints (
  document   text collate "C" not null references panel_states on delete cascade,
  version    bigint not null,
  state      bytea not null,
  created_at timestamptz not null default now(),
  primary key (document, version)
);
