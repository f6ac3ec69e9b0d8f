-- additive
-- Requests that were carried out, by the key their sender gave them, so that sending one again changes nothing. Written with
-- the entries they became, in one commit; thrown away after a day.

create table append_receipts (
  document    text collate "C" not null references panel_states on delete cascade,
  -- Hash of who sent it and the key.
  id          text collate "C" not null,
  -- Hash of what was asked.
  fingerprint text not null,
  -- The version the request became, or found when it changed nothing.
  version     bigint not null,
  created_at  timestamptz not null default now(),
  primary key (document, id)
);

create index append_receipts_created on append_receipts (created_at);
