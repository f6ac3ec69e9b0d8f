-- additive
-- How people come into a workspace, and who did what there.

create table invitations (
  id           uuid primary key,
  workspace_id uuid not null references workspaces on delete cascade,
  email        text not null,                       -- lower case
  role         text not null check (role in ('editor', 'viewer')),
  token_hash   text collate "C" not null unique,    -- SHA-256, base64url, of 256 random bits
  invited_by   text not null references users (id) on delete cascade,
  created_at   timestamptz not null default now(),
  expires_at   timestamptz not null,
  unique (workspace_id, email)
);

create index invitations_email on invitations (email);
create index invitations_expires on invitations (expires_at);

-- Kept when the people in it are gone.
create table audit_events (
  id           uuid primary key,                    -- UUIDv7: in the order of time
  workspace_id uuid not null references workspaces on delete cascade,
  occurred_at  timestamptz not null default now(),
  user_id      text not null,
  user_name    text not null,                       -- at that time
  api_key_id   uuid,                                -- null: the person themselves
  address      text,                                -- of the client
  action       text not null check (char_length(action) between 1 and 40),
  details      jsonb not null default '{}'          -- nothing secret
);

create index audit_events_workspace on audit_events (workspace_id, id desc);
create index audit_events_occurred on audit_events (occurred_at);
