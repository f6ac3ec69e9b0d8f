-- additive
-- Accounts that are closed and given back, links in mails, and when a session was last used.

alter table users
  -- Closed by its owner; null: open.
  add column deleted_at timestamptz,
  -- From then on it is removed for good; until then it can be given back.
  add column deletes_at timestamptz;

create index users_deletes on users (deletes_at) where deletes_at is not null;

-- Whose account it was deleted with, so that it comes back with it; null: deleted by itself, or not at all.
alter table workspaces add column deleted_with_account text;

create index workspaces_deleted_with on workspaces (deleted_with_account) where deleted_with_account is not null;

-- Null: not since it was begun. `updated_at` moves on once a day only.
alter table sessions add column last_used_at timestamptz;

-- Links in mails. The token itself is only in the mail; using it deletes the row.
create table account_tokens (
  hash       bytea primary key,               -- SHA-256 of the token
  purpose    text not null check (purpose in ('reset_password', 'verify_email')),
  user_id    text not null references users (id) on delete cascade,
  email      text not null,                   -- the address the mail went to
  created_at timestamptz not null default current_timestamp,
  expires_at timestamptz not null
);

create index account_tokens_user on account_tokens (user_id, purpose);
create index account_tokens_expires on account_tokens (expires_at);
