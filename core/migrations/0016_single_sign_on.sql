-- additive
-- Single sign-on by the OpenID Connect provider of the installation.

create table sso_identities (
  issuer     text not null,
  subject    text not null,                   -- the provider's name for the person, never given to another
  user_id    text not null references users (id) on delete cascade,
  created_at timestamptz not null default current_timestamp,
  primary key (issuer, subject),
  -- One person of a provider each: an address that has gone to somebody else there does not open the account of who had it.
  unique (user_id, issuer)
);

-- Answers of the provider that have been taken: none counts twice, on whatever server it comes in.
create table sso_answers (
  state_hash bytea primary key,               -- SHA-256 of the answer's `state`
  expires_at timestamptz not null             -- nobody can show it from then on
);

create index sso_answers_expires on sso_answers (expires_at);
