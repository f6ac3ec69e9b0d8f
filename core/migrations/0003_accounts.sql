-- additive
-- Accounts, as better-auth 1.7 keeps them (its compileMigrations(), with our names). Only `api` writes these tables.

create table users (
  id             text primary key,
  name           text not null,
  email          text not null unique,        -- lower case
  email_verified boolean not null,
  image          text,
  plan           text not null default 'free' check (plan in ('free', 'pro', 'enterprise')),
  created_at     timestamptz not null default current_timestamp,
  updated_at     timestamptz not null default current_timestamp
);

create table sessions (
  id         text primary key,                -- `sid` of the access tokens made from it
  expires_at timestamptz not null,            -- moves on while the session is used
  token      text not null unique,            -- opaque; what the cookie holds
  created_at timestamptz not null default current_timestamp,
  updated_at timestamptz not null,
  ip_address text,
  user_agent text,
  user_id    text not null references users (id) on delete cascade
);

create index sessions_user on sessions (user_id);

-- Ways to sign in; provider 'credential' has the argon2 hash in `password`.
create table accounts (
  id                       text primary key,
  account_id               text not null,
  provider_id              text not null,
  user_id                  text not null references users (id) on delete cascade,
  access_token             text,
  refresh_token            text,
  id_token                 text,
  access_token_expires_at  timestamptz,
  refresh_token_expires_at timestamptz,
  scope                    text,
  password                 text,
  created_at               timestamptz not null default current_timestamp,
  updated_at               timestamptz not null
);

create index accounts_user on accounts (user_id);

create table verifications (
  id         text primary key,
  identifier text not null,
  value      text not null,
  expires_at timestamptz not null,
  created_at timestamptz not null default current_timestamp,
  updated_at timestamptz not null default current_timestamp
);

create index verifications_identifier on verifications (identifier);

-- Keys that sign access tokens. Every process reads the public ones; the private ones are encrypted with AUTH_SECRET.
create table jwks (
  id          text primary key,               -- `kid`
  public_key  text not null,                  -- JWK as JSON text
  private_key text not null,
  created_at  timestamptz not null,
  expires_at  timestamptz,
  alg         text,
  crv         text
);
