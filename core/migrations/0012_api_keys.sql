-- additive
-- Keys for programs. A key is shown once, when it is made; revoking one deletes its row.

create table api_keys (
  id            uuid primary key,
  user_id       text not null references users (id) on delete cascade,
  name          text not null check (char_length(name) between 1 and 100),
  key_hash      text collate "C" not null unique,   -- SHA-256, base64url; 256 random bits need no slow hash
  key_start     text not null,                      -- its first characters, so that people tell theirs apart
  scopes        text[] not null check (cardinality(scopes) > 0),
  workspace_ids uuid[],                             -- null: all its owner may see
  created_at    timestamptz not null default now(),
  expires_at    timestamptz,                        -- null: never
  last_used_at  timestamptz                         -- to the minute
);

create index api_keys_user on api_keys (user_id, created_at);
